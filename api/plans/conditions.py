"""What the compilers of filters share: inputs in, conditions on columns out."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any, Final

from strawberry.utils.str_converters import to_camel_case

from api.plans.fragments import (
    NOTHING,
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
from api.schema.filters import DateTimeRange, MoneyRange, NameFilter, StringFilter
from api.schema.ids import NodeId
from domain.buyer_names import PURPOSE, Digest, NameOf, Span, anybody, beginnings, email_term, whole_name
from domain.errors import InvalidInput, LimitExceeded
from domain.instant import to_text
from domain.money import decimals_of
from domain.sealing import Sealer

DEEPEST: Final = 5
MOST_CONDITIONS: Final = 50
MOST_VALUES: Final = 100

Path = tuple[str, ...]


def name_digest(sealer: Sealer) -> Digest:
    """Return what makes the terms that buyers are found by."""
    return sealer.digester(PURPOSE)


def of_rows(column: str, ids: Sequence[NodeId]) -> Fragment:
    """Return a condition on ids."""
    if len(ids) == 1:
        return equal(column, ids[0].row_id)
    return one_of(column, [found.row_id for found in ids])


def choice(column: str, chosen: Any) -> Fragment:
    """Return a condition on words of an enum."""
    if chosen.eq:
        return equal(column, str(chosen.eq))
    if chosen.one_of is not None:
        return one_of(column, _words(chosen.one_of))
    return negated(one_of(column, _words(chosen.not_in)))


def _words(chosen: Sequence[str]) -> list[str]:
    return [str(member) for member in chosen]


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


def amounts_within(column: str, wanted: MoneyRange, field: str, *, currency: str = "currency") -> Iterator[Fragment]:
    """Return the conditions of a half-open range of amounts of one currency, which is in a column of its own.

    Raises InvalidInput for an unknown currency.
    """
    _known_currency(wanted.currency_code, field)
    yield equal(currency, wanted.currency_code)
    if wanted.gte is not None:
        yield at_least(column, _minor(wanted.gte, wanted.currency_code))
    if wanted.lt is not None:
        yield below(column, _minor(wanted.lt, wanted.currency_code))


def _known_currency(code: str, field: str) -> None:
    try:
        decimals_of(code)
    except InvalidInput as unknown:
        unknown.path = ("where", field, "currencyCode")
        raise


def _minor(bound: Decimal, currency: str) -> int:
    """Round up to the minor unit: no stored amount lies between."""
    return int(bound.scaleb(decimals_of(currency)).to_integral_value(ROUND_CEILING))


def on_text(column: str, wanted: StringFilter, field: str) -> Fragment:
    """Return a condition on a text.

    Raises LimitExceeded or InvalidInput for a text that nobody searches for.
    """
    path = ("where", field)
    if wanted.eq is not None:
        return equal(column, searchable(wanted.eq, path=(*path, "eq")))
    if wanted.one_of is not None:
        return one_of(column, [searchable(text, path=(*path, "oneOf")) for text in wanted.one_of])
    if wanted.starts_with is not None:
        return starting_with(column, searchable(wanted.starts_with, path=(*path, "startsWith")))
    return containing(column, searchable(wanted.contains or "", path=(*path, "contains")))


def on_name(order_id: str, wanted: NameFilter, whose: NameOf, field: str, digest: Digest) -> Fragment:
    """Return a condition on whose order it is; `order_id` is the column with the Amazon order's row.

    Raises LimitExceeded or InvalidInput for a text that nobody searches for.
    """
    path = ("where", field)
    if wanted.eq is not None:
        name = searchable(wanted.eq, path=(*path, "eq"))
        return _found(order_id, one_of("term", whole_name(name, whose, digest)))
    text = searchable(wanted.starts_with or "", path=(*path, "startsWith"))
    words = beginnings(text, whose, digest)
    if not words:
        raise InvalidInput("Write at least one letter of the name.", path=(*path, "startsWith"))
    return all_of(_found(order_id, _spans(spans)) for spans in words)


def on_email(order_id: str, email: str, field: str, digest: Digest) -> Fragment:
    """Return a condition on the buyer's e-mail address.

    Raises LimitExceeded or InvalidInput for a text that nobody searches for.
    """
    wanted = searchable(email, path=("where", field))
    return _found(order_id, equal("term", email_term(wanted, digest)))


def of_anybody(order_id: str, text: str, digest: Digest) -> Fragment:
    """Return the condition that a text is somebody's e-mail address, or how their names begin."""
    if "@" in text:
        return _found(order_id, equal("term", email_term(text, digest)))
    words = anybody(text, digest)
    return all_of(_found(order_id, _spans(spans)) for spans in words) if words else NOTHING


def _found(order_id: str, terms: Fragment) -> Fragment:
    return within(f"{order_id} IN (SELECT order_id FROM buyer_term WHERE {{}})", terms)


def _spans(spans: Sequence[Span]) -> Fragment:
    return any_of(Fragment("(term >= ? AND term < ?)", (span.low, span.high)) for span in spans)


def check_size(where: Any) -> None:
    """Refuse a filter that is too deep or too big, before anything is made of it.

    Raises LimitExceeded.
    """
    open_parts, conditions = [(where, 1)], 0
    while open_parts:
        part, depth = open_parts.pop()
        conditions += 1
        if depth > DEEPEST or conditions > MOST_CONDITIONS:
            raise LimitExceeded(
                f"A filter nests at most {DEEPEST} deep and has at most {MOST_CONDITIONS} parts.", path=("where",)
            )
        _check_lists(part)
        open_parts.extend((inner, depth + 1) for inner in parts_of(part))


def parts_of(where: Any) -> Iterator[Any]:
    """Return the filters inside a filter."""
    yield from where.all_of or ()
    yield from where.any_of or ()
    if where.negated:
        yield where.negated


def _check_lists(where: Any) -> None:
    _check_length(where.ids, ("where", "ids"))
    for name in where.CHOICES:
        chosen = getattr(where, name)
        for member, asked in (("one_of", "oneOf"), ("not_in", "notIn")):
            _check_length(getattr(chosen, member, None), ("where", to_camel_case(name), asked))


def _check_length(values: Sequence[Any] | None, path: Path) -> None:
    if len(values or ()) > MOST_VALUES:
        raise LimitExceeded(f"A list in a filter has at most {MOST_VALUES} values.", path=path)
