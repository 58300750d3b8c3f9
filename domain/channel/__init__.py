"""The bridge: decides what becomes of an Amazon order, makes the commerce order, ships, and confirms."""
