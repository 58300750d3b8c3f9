"""Products, their stock, what is reserved of it, and which seller SKU means which product."""
