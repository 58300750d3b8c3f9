"""The client of Amazon's Selling Partner API."""
