"""Scenarios: what happens when, and what is expected of it, written as YAML."""
