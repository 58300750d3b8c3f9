"""Listings Items: what is on offer, how much of it, and how orders take from it."""
