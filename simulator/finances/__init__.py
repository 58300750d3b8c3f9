"""What orders brought and what was paid back."""
