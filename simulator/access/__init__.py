"""Who may call: Login with Amazon, its tokens, and what a caller is allowed to see."""
