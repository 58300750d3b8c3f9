"""Plugins of the whole test run."""

pytest_plugins = ["pytester", "tests.counted", "tests.fixtures", "tests.simulator.conformance.tally"]
