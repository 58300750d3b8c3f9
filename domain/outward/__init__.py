"""What other programs see of orders and say of them: their own ids, tags, and the changes that are sent to them."""
