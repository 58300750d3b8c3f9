"""Amazon's side of an order: what it reported, how that is read, and what we asked it to do."""
