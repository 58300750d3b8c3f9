"""Background work: conversations with Amazon, in small steps that never open a transaction of their own."""
