"""The one compiler of order filters: input in, condition on `amazon_order` out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from api.plans.fragments import (
    EVERYTHING,
    Fragment,
    all_of,
    any_of,
    at_least,
    below,
    containing,
    equal,
    negated,
    one_of,
    starting_with,
    within,
)
from api.plans.texts import searchable
from api.schema.ids import NodeId, typed_id
from api.schema.order_filters import AmazonOrderWhere, DateTimeRange, MoneyRange, StringFilter
from domain.errors import InvalidInput, LimitExceeded
from domain.instant import to_text
from domain.money import decimals_of

DEEPEST: Final = 5
MOST_CONDITIONS: Final = 50
MOST_VALUES: Final = 100

_OF_ITEM: Final = (
    "EXISTS (SELECT 1 FROM amazon_item item WHERE item.order_id = amazon_order.id AND item.gone_at IS NULL AND {})"
)
_OF_COMMERCE_ORDER: Final = (
    "EXISTS (SELECT 1 FROM commerce_order made WHERE made.id = amazon_order.commerce_order_id AND {})"
)
_OF_BLOCKER: Final = (
    "EXISTS (SELECT 1 FROM attention seen WHERE seen.order_id = amazon_order.id AND seen.kind = 'BLOCKER' "
    "AND seen.state = 'OPEN' AND {})"
)


def compile_where(where: AmazonOrderWhere | None) -> Fragment:
    """Return the condition that a filter stands for; no filter lets everything through.

    Raises InvalidInput for malformed ids, currencies and texts, LimitExceeded for a filter that is too deep or too big.
    """
    if not where:
        return EVERYTHING
    _check_size(where)
    return _condition(where)


def _condition(where: AmazonOrderWhere) -> Fragment:
    return all_of([*_groups(where), *_identities(where), *_states(where), *_bounds(where), *_texts(where)])


def _groups(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.all_of:
        yield all_of(_condition(part) for part in where.all_of)
    if where.any_of is not None:
        yield any_of(_condition(part) for part in where.any_of)
    if where.negated:
        yield negated(_condition(where.negated))


def _identities(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.ids is not None:
        yield _rows("id", [typed_id(text, "AmazonOrder", path=("where", "ids")) for text in where.ids])
    if where.store_id:
        asked = where.store_id.one_of if where.store_id.eq is None else [where.store_id.eq]
        yield _rows("store_id", [typed_id(text, "Store", path=("where", "storeId")) for text in asked or ()])


def _rows(column: str, ids: Sequence[NodeId]) -> Fragment:
    if len(ids) == 1:
        return equal(column, ids[0].row_id)
    return one_of(column, [found.row_id for found in ids])


def _states(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.status:
        yield _choice("amazon_status", where.status)
    if where.display_status:
        yield _choice("display_status", where.display_status)
    if where.fulfillment_channel:
        yield _choice("fulfillment_channel", where.fulfillment_channel)
    if where.import_outcome:
        yield _choice("import_state", where.import_outcome)
    if where.blocker_kind:
        yield within(_OF_BLOCKER, _choice("seen.blocker_kind", where.blocker_kind))


def _choice(column: str, choice: Any) -> Fragment:
    if choice.eq:
        return equal(column, str(choice.eq))
    if choice.one_of is not None:
        return one_of(column, _words(choice.one_of))
    return negated(one_of(column, _words(choice.not_in)))


def _words(chosen: Sequence[str]) -> list[str]:
    return [str(member) for member in chosen]


def _bounds(where: AmazonOrderWhere) -> Iterator[Fragment]:
    for column, wanted in (
        ("purchased_at", where.purchased_at),
        ("updated_at", where.last_updated_at),
        ("latest_ship_at", where.latest_ship_at),
    ):
        if wanted:
            yield from instants_within(column, wanted)
    if where.total:
        yield from _amounts_within(where.total)


def instants_within(column: str, wanted: DateTimeRange) -> Iterator[Fragment]:
    """Return the conditions of a half-open range of instants."""
    if wanted.gte:
        yield at_least(column, _instant(wanted.gte))
    if wanted.lt:
        yield below(column, _instant(wanted.lt))


def _instant(bound: datetime) -> str:
    """Round up to the millisecond that is stored: no stored instant lies between."""
    text = to_text(bound)
    return text if bound.microsecond % 1000 == 0 else f"{text[:-1]}~"


def _amounts_within(wanted: MoneyRange) -> Iterator[Fragment]:
    _known_currency(wanted.currency_code)
    yield equal("currency", wanted.currency_code)
    if wanted.gte is not None:
        yield at_least("total_minor", _minor(wanted.gte, wanted.currency_code))
    if wanted.lt is not None:
        yield below("total_minor", _minor(wanted.lt, wanted.currency_code))


def _known_currency(code: str) -> None:
    try:
        decimals_of(code)
    except InvalidInput as unknown:
        unknown.path = ("where", "total", "currencyCode")
        raise


def _minor(bound: Decimal, currency: str) -> int:
    """Round up to the minor unit: no stored amount lies between."""
    return int(bound.scaleb(decimals_of(currency)).to_integral_value(ROUND_CEILING))


def _texts(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.amazon_order_id:
        yield _text("number", where.amazon_order_id, "amazonOrderId")
    if where.commerce_number:
        yield within(_OF_COMMERCE_ORDER, _text("made.number", where.commerce_number, "commerceNumber"))
    if where.sku:
        yield within(_OF_ITEM, _text("item.seller_sku", where.sku, "sku"))
    if where.search is not None and (text := searchable(where.search, path=("where", "search")).strip()):
        yield _search(text)


def _text(column: str, wanted: StringFilter, field: str) -> Fragment:
    path = ("where", field)
    if wanted.eq is not None:
        return equal(column, searchable(wanted.eq, path=(*path, "eq")))
    if wanted.one_of is not None:
        return one_of(column, [searchable(text, path=(*path, "oneOf")) for text in wanted.one_of])
    if wanted.starts_with is not None:
        return starting_with(column, searchable(wanted.starts_with, path=(*path, "startsWith")))
    return containing(column, searchable(wanted.contains or "", path=(*path, "contains")))


def _search(text: str) -> Fragment:
    return any_of(
        [
            containing("number", text),
            within(_OF_COMMERCE_ORDER, containing("made.number", text)),
            within(_OF_ITEM, any_of([containing("item.seller_sku", text), containing("item.title", text)])),
        ]
    )


def _check_size(where: AmazonOrderWhere) -> None:
    """Refuse a filter that is too deep or too big, before anything is made of it."""
    open_parts, conditions = [(where, 1)], 0
    while open_parts:
        part, depth = open_parts.pop()
        conditions += 1
        if depth > DEEPEST or conditions > MOST_CONDITIONS:
            raise LimitExceeded(
                f"A filter nests at most {DEEPEST} deep and has at most {MOST_CONDITIONS} parts.", path=("where",)
            )
        _check_lists(part)
        open_parts.extend((inner, depth + 1) for inner in _parts_of(part))


def _parts_of(where: AmazonOrderWhere) -> Iterator[AmazonOrderWhere]:
    yield from where.all_of or ()
    yield from where.any_of or ()
    if where.negated:
        yield where.negated


def _check_lists(where: AmazonOrderWhere) -> None:
    _check_length(where.ids, ("where", "ids"))
    for name in where.CHOICES:
        choice = getattr(where, name)
        for member, asked in (("one_of", "oneOf"), ("not_in", "notIn")):
            _check_length(getattr(choice, member, None), ("where", to_camel_case(name), asked))


def _check_length(values: Sequence[Any] | None, path: tuple[str, ...]) -> None:
    if len(values or ()) > MOST_VALUES:
        raise LimitExceeded(f"A list in a filter has at most {MOST_VALUES} values.", path=path)
