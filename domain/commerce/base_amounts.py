"""What orders and their papers come to in the base currency, by the rate that each order got when it was made."""

from decimal import Decimal

from domain.commerce.records import CommerceOrder
from domain.exchange import convert


def in_base(order: CommerceOrder, minor: int) -> int | None:
    """Return an amount of an order in minor units of its base currency, half a unit to the even one; None without."""
    if order.base_currency is None or order.base_rate is None:
        return None
    return convert(minor, source=order.currency, target=order.base_currency, rate=Decimal(order.base_rate))


def base_of_paper(order: CommerceOrder, *, before: int, amount: int) -> int | None:
    """Return what a paper of `amount` comes to in the base currency, after papers of its kind of `before` together.

    It is what all come to with it less what they came to without: papers that make the order's total in its own
    currency make it in the base currency too, whatever the steps, and no more is given back than was billed.
    """
    all_of_them, earlier = in_base(order, before + amount), in_base(order, before)
    return None if all_of_them is None or earlier is None else all_of_them - earlier
