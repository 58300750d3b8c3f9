"""Scripted failures: rules that say which call, order, feed or message goes wrong, and how."""
