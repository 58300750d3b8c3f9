"""The running service: it carries requests in, and talks to Amazon."""
