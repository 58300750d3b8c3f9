"""One line of a product file, read strictly: what it says, or why it cannot be taken."""

import re
from collections.abc import Mapping
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


_NOTHING: Final[frozenset[ProductField]] = frozenset()


class ProductRow(NamedTuple):
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
    clears: frozenset[ProductField] = _NOTHING


def read_row(row: ProductRow) -> Wish:
    """Read one line.

    Raises RequiredInput or InvalidInput, with the column as path.
    """
    texts = [text.strip() if text else "" for text in row[1:]]
    sku, name, price, currency, quantity, enabled, manages_stock, asin, clear = texts
    wish = Wish(
        row.line,
        _sku(sku),
        _one_line(name, "name") or None,
        _price(price, currency),
        _quantity(quantity),
        _flag(enabled, "enabled"),
        _flag(manages_stock, "manages_stock"),
        _asin(asin),
        frozenset(map(ProductField, clear.split())) if clear else _NOTHING,
    )
    if wish.clears and wish.clears & _given(wish):
        raise InvalidInput("Give what a product has, or clear it, not both.", path=("clear",))
    return wish


def plain_name(text: str) -> str:
    """Return somebody else's title as a name on one line, without control characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _given(wish: Wish) -> set[ProductField]:
    values = ((ProductField.PRICE, wish.price), (ProductField.ASIN, wish.asin))
    return {field for field, value in values if value is not None}


def _one_line(text: str, column: str) -> str:
    if text.isprintable():  # most texts are, and asking is faster than searching
        return text
    if found := _CONTROL.search(text):
        raise InvalidInput(
            f"The {column} holds a control character (U+{ord(found[0]):04X}), such as a line break; write it on one "
            "line, without.",
            path=(column,),
        )
    return text


def _sku(sku: str) -> str:
    if not sku:
        raise RequiredInput("A product needs a SKU.", path=("sku",))
    if len(sku) > _LONGEST_SKU:
        raise InvalidInput(f"A SKU has at most {_LONGEST_SKU} characters.", path=("sku",))
    return _one_line(sku, "sku")


def _asin(text: str) -> str | None:
    if len(text) > _LONGEST_ASIN:
        raise InvalidInput(f"An ASIN has at most {_LONGEST_ASIN} characters.", path=("asin",))
    return _one_line(text, "asin") or None


def _price(amount: str, currency: str) -> Money | None:
    if not amount and not currency:
        return None
    if not amount or not currency:
        missing = "currency" if amount else "price"
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


def _quantity(text: str) -> int | None:
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise InvalidInput("This is not a quantity; write a whole number from 0.", path=("quantity",))
    if (quantity := int(text)) > MOST_ON_HAND:
        raise InvalidInput(f"At most {MOST_ON_HAND:,} of a product are counted.", path=("quantity",))
    return quantity


def _flag(text: str, column: str) -> bool | None:
    if not text:
        return None
    if (flag := _WORDS.get(text.lower())) is None:
        raise InvalidInput(f"{text[:20]!r} is neither yes nor no; write true or false.", path=(column,))
    return flag
