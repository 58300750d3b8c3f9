"""Notifications: destinations, subscriptions, and the messages that go out when orders change."""
