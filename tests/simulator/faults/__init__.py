"""Each fault, proved on the wire."""
