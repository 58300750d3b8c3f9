"""Plugins of the whole test run."""

pytest_plugins = ["tests.counted", "tests.fixtures", "tests.simulator.conformance.tally"]
