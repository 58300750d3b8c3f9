"""Amazon's static sandbox: the cases of its models, answered word for word."""
