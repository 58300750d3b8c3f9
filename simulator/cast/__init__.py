"""Who takes part: sellers with their products, buyers with their addresses."""
