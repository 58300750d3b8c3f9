"""Plugins of the whole test run."""

pytest_plugins = ["tests.fixtures", "tests.simulator.conformance.tally"]
