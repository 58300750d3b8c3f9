"""What people read of an order line: how far it has come, in one word."""

from enum import StrEnum

from domain.commerce.lifecycle import LineQuantities


class LineStatus(StrEnum):
    """How far an order line has come."""

    ORDERED = "ORDERED"
    INVOICED = "INVOICED"
    SHIPPED = "SHIPPED"
    REFUNDED = "REFUNDED"
    CANCELED = "CANCELED"
    PARTIAL = "PARTIAL"  # some of it is billed or has left, some not
    MIXED = "MIXED"  # anything else, such as some shipped and all of that given back


def line_status(line: LineQuantities) -> LineStatus:
    """Return how far a line has come; what is canceled or given back is no longer wanted."""
    wanted = line.ordered - line.canceled - line.refunded
    if line.ordered == 0 or not (line.invoiced or line.shipped or line.refunded or line.canceled):
        return LineStatus.ORDERED
    if line.canceled == line.ordered:
        return LineStatus.CANCELED
    if line.refunded == line.ordered or (wanted <= 0 and line.refunded and not line.shipped):
        return LineStatus.REFUNDED
    if wanted > 0 and line.shipped >= wanted and line.invoiced >= wanted:
        return LineStatus.SHIPPED
    if wanted > 0 and line.invoiced >= wanted and not line.shipped:
        return LineStatus.INVOICED
    return LineStatus.PARTIAL if line.shipped < wanted else LineStatus.MIXED
