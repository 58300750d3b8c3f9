"""Plugins of the whole test run."""

pytest_plugins = [
    "pytester",
    "tests.counted",
    "tests.fixtures",
    "tests.measured",
    "tests.simulator.conformance.tally",
]
