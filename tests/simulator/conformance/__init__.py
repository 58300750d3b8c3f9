"""The simulator's answers held against Amazon's own published models."""
