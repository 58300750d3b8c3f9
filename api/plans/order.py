"""By what a list can be sorted; the id is the hidden tie-break."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from api.plans.fragments import Fragment
from api.schema.commerce_filters import CommerceOrderOrder, CommerceOrderOrderField, CommerceOrderWhere
from api.schema.filters import OrderDirection
from api.schema.order_filters import AmazonOrderOrder, AmazonOrderOrderField, AmazonOrderWhere
from domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Sort:
    """One column, a direction, and the id as tie-break; rows without a value come last in both directions."""

    name: str  # as it stands in a cursor
    column: str
    kind: type  # of the values in a cursor: str or int
    descending: bool
    nullable: bool = False
    computed: bool = False  # the column is an expression that an index has

    @property
    def key(self) -> str:
        """What a cursor has to agree with."""
        return f"{self.name}:{'DESC' if self.descending else 'ASC'}"


_AMAZON: Final = {
    AmazonOrderOrderField.PURCHASED_AT: ("purchased_at", str, False),
    AmazonOrderOrderField.UPDATED_AT: ("updated_at", str, False),
    AmazonOrderOrderField.NUMBER: ("number", str, False),
    AmazonOrderOrderField.SHIP_BY: ("latest_ship_at", str, True),
    AmazonOrderOrderField.TOTAL: ("total_minor", int, True),
}
_COMMERCE: Final = {
    CommerceOrderOrderField.CREATED_AT: ("created_at", str, False),
    CommerceOrderOrderField.UPDATED_AT: ("updated_at", str, False),
    CommerceOrderOrderField.PURCHASED_AT: ("purchased_at", str, False),
    CommerceOrderOrderField.NUMBER: ("number", str, False),
    CommerceOrderOrderField.TOTAL: ("total_minor", int, False),
    CommerceOrderOrderField.TOTAL_REFUNDED: ("refunded_minor", int, False),
}


def order_sort(order_by: AmazonOrderOrder | None, where: AmazonOrderWhere | None) -> Sort:
    """Return how to sort Amazon orders: the newest first if nothing is asked for.

    Raises InvalidInput for a sort by total without one currency: amounts of two currencies have no order.
    """
    field = order_by.field if order_by else AmazonOrderOrderField.PURCHASED_AT
    descending = order_by is None or order_by.direction is OrderDirection.DESC
    if field is AmazonOrderOrderField.TOTAL:
        _check_currency(field, _names_a_currency(where, ("total",)))
    column, kind, nullable = _AMAZON[field]
    return Sort(field.value, column, kind, descending, nullable)


def commerce_sort(order_by: CommerceOrderOrder | None, where: CommerceOrderWhere | None) -> Sort:
    """Return how to sort commerce orders: the newest first if nothing is asked for.

    Raises InvalidInput for a sort by an amount without one currency: amounts of two currencies have no order.
    """
    field = order_by.field if order_by else CommerceOrderOrderField.CREATED_AT
    descending = order_by is None or order_by.direction is OrderDirection.DESC
    column, kind, nullable = _COMMERCE[field]
    if kind is int:
        _check_currency(field, _names_a_currency(where, ("total", "total_refunded")))
    return Sort(field.value, column, kind, descending, nullable)


def order_by_sql(sort: Sort, *, backward: bool) -> str:
    """Return the ORDER BY of a page; a page read backward is turned round by its reader."""
    direction = "DESC" if sort.descending != backward else "ASC"
    nulls = (" NULLS FIRST" if backward else " NULLS LAST") if sort.nullable else ""
    return f"ORDER BY {sort.column} {direction}{nulls}, id {direction}"


def beyond(sort: Sort, value: str | int | None, row_id: int, *, backward: bool) -> Fragment:
    """Return what lies after a place in the list, or before it."""
    sign = "<" if sort.descending != backward else ">"
    if value is None:
        at_end = Fragment(f"({sort.column} IS NULL AND id {sign} ?)", (row_id,))
        return Fragment(f"({sort.column} IS NOT NULL OR {at_end.sql})", at_end.parameters) if backward else at_end
    following = f"({sort.column}, id) {sign} (?, ?)"
    if sort.computed:  # an index of an expression finds no pair, but where its first part begins
        return Fragment(f"{sort.column} {sign}= ? AND {following}", (value, value, row_id))
    if sort.nullable and not backward:
        following = f"({following} OR {sort.column} IS NULL)"
    return Fragment(following, (value, row_id))


def _check_currency(field: StrEnum, is_named: bool) -> None:
    if not is_named:
        raise InvalidInput(
            f"Sorting by {field.value} needs `total: {{currencyCode: …}}` in `where`.", path=("orderBy", "field")
        )


def _names_a_currency(where: Any, amounts: tuple[str, ...]) -> bool:
    """Whether all orders that fulfil a filter have the same currency."""
    if not where:
        return False
    named = any(getattr(where, name) for name in amounts)
    return named or any(_names_a_currency(part, amounts) for part in where.all_of or ())
