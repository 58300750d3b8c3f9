"""Who sells and where: accounts with their credentials and budgets, stores with their settings and cursors."""
