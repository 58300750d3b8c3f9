"""The Orders API v0, as a view of the same orders: reading ends on 2027-03-27."""
