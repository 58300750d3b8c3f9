"""Feeds: what sellers send in bulk, and what becomes of it."""
