"""One story for each row of the feature table that a person in a back office works with."""
