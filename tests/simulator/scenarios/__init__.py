"""Scenarios: their language, what comes with the simulator, and how they are played."""
