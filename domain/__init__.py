"""What an order means, and every transaction that changes one."""
