"""One line of a product file, read strictly: what it says, or why it cannot be taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from domain.errors import InvalidInput, RequiredInput
from domain.money import Money, UnknownCurrency

_WORDS: Final = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_WHOLE: Final = re.compile(r"\d{1,12}")
MOST_ON_HAND: Final = 1_000_000_000  # what clients read as a whole number has 31 bits
_LONGEST_SKU: Final = 200
_LONGEST_ASIN: Final = 20
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # and line and paragraph separators


class ProductField(StrEnum):
    """What a product can do without."""

    PRICE = "PRICE"
    ASIN = "ASIN"


COLUMNS_OF: Final[Mapping[ProductField, tuple[str, ...]]] = MappingProxyType(
    {ProductField.PRICE: ("price_minor", "currency"), ProductField.ASIN: ("asin",)}
)
"""The columns in which what a product can do without is stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRow:
    """One line as the file has it; a missing or blank field leaves a product as it is, but for what `clear` names."""

    line: int
    sku: str | None = None
    name: str | None = None
    price: str | None = None
    currency: str | None = None
    quantity: str | None = None
    enabled: str | None = None
    manages_stock: str | None = None
    asin: str | None = None
    clear: str | None = None  # words of ProductField, with blanks between


class Wish(NamedTuple):
    """What a line asks for; None: as it is, but for what it clears."""

    line: int
    sku: str
    name: str | None
    price: Money | None
    quantity: int | None
    enabled: bool | None
    manages_stock: bool | None
    asin: str | None
    clears: frozenset[ProductField] = frozenset()


def read_row(row: ProductRow) -> Wish:
    """Read one line.

    Raises RequiredInput or InvalidInput, with the column as path.
    """
    wish = Wish(
        line=row.line,
        sku=_sku(row.sku),
        name=_one_line(_filled(row.name), "name"),
        price=_price(_filled(row.price), _filled(row.currency)),
        quantity=_quantity(_filled(row.quantity)),
        enabled=_flag(_filled(row.enabled), "enabled"),
        manages_stock=_flag(_filled(row.manages_stock), "manages_stock"),
        asin=_asin(_filled(row.asin)),
        clears=_clears(row.clear),
    )
    if wish.clears and wish.clears & _given(wish):
        raise InvalidInput("Give what a product has, or clear it, not both.", path=("clear",))
    return wish


def plain_name(text: str) -> str:
    """Return somebody else's title as a name on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _clears(words: str | None) -> frozenset[ProductField]:
    return frozenset(map(ProductField, words.split())) if words else frozenset()


def _given(wish: Wish) -> set[ProductField]:
    values = ((ProductField.PRICE, wish.price), (ProductField.ASIN, wish.asin))
    return {field for field, value in values if value is not None}


def _filled(text: str | None) -> str | None:
    return (text or "").strip() or None


def _one_line(text: str | None, column: str) -> str | None:
    found = _CONTROL.search(text) if text else None
    if found is not None:
        raise InvalidInput(
            f"The {column} holds a control character (U+{ord(found[0]):04X}), such as a line break; write it on one "
            "line, without.",
            path=(column,),
        )
    return text


def _sku(text: str | None) -> str:
    sku = _filled(text)
    if sku is None:
        raise RequiredInput("A product needs a SKU.", path=("sku",))
    if len(sku) > _LONGEST_SKU:
        raise InvalidInput(f"A SKU has at most {_LONGEST_SKU} characters.", path=("sku",))
    _one_line(sku, "sku")
    return sku


def _asin(text: str | None) -> str | None:
    if text and len(text) > _LONGEST_ASIN:
        raise InvalidInput(f"An ASIN has at most {_LONGEST_ASIN} characters.", path=("asin",))
    return _one_line(text, "asin")


def _price(amount: str | None, currency: str | None) -> Money | None:
    if amount is None and currency is None:
        return None
    if amount is None or currency is None:
        missing = "price" if amount is None else "currency"
        raise RequiredInput("Price and currency go together; one of them is missing.", path=(missing,))
    try:
        price = Money.parse(amount, currency)
    except UnknownCurrency:
        why = "This is not a currency of ISO 4217; use a code such as EUR."
        raise InvalidInput(why, path=("currency",)) from None
    except InvalidInput:
        why = "This is not an amount of its currency; write a plain decimal such as 19.90, with its decimals at most."
        raise InvalidInput(why, path=("price",)) from None
    if price.minor < 0:
        raise InvalidInput("A price is not negative.", path=("price",))
    return price


def _quantity(text: str | None) -> int | None:
    if text is not None and not _WHOLE.fullmatch(text):
        raise InvalidInput("This is not a quantity; write a whole number from 0.", path=("quantity",))
    if text is not None and int(text) > MOST_ON_HAND:
        raise InvalidInput(f"At most {MOST_ON_HAND:,} of a product are counted.", path=("quantity",))
    return None if text is None else int(text)


def _flag(text: str | None, column: str) -> bool | None:
    if text is None:
        return None
    if text.lower() not in _WORDS:
        raise InvalidInput(f"{text[:20]!r} is neither yes nor no; write true or false.", path=(column,))
    return _WORDS[text.lower()]
