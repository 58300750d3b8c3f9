"""Requests that are generated, by Amazon's own models or by nothing but chance."""
