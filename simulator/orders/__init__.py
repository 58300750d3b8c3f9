"""Orders: how they come about, what happens to them, and the Orders API that shows them."""
