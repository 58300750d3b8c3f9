"""From what a client selects, filters and sorts to SQL."""
