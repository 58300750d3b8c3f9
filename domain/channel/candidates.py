"""Products that an item may mean, the likeliest first: found by index near its SKU, ASIN and title, then compared."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from typing import Final

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection

from domain.amazon.records import AmazonItem
from domain.catalog.records import Product
from domain.json_rows import encode_rows, json_rows, placeholder

MOST: Final = 5
"""So many candidates are given for an item."""

PLAIN_SKU: Final = (
    "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(LOWER(sku), '-', ''), '_', ''), ' ', ''), '.', ''), '/', '')"
)
"""A SKU without case and punctuation, as the index has it."""

_NEAR: Final = 20  # so many neighbours are looked at on each side of a SKU and of a title
_MOST_PARTS: Final = 8
_SIGNS: Final = re.compile(r"[-_ ./]+")
_WORDS: Final = re.compile(r"\w+")
_LEAST: Final = Decimal("0.45")

# Every arm walks an index and stops: the whole does not grow with the catalog.
_NEIGHBOURS: Final = """
    SELECT id FROM product WHERE {plain} IN (SELECT key FROM {keys} k)
    UNION SELECT id FROM (SELECT id FROM product WHERE asin = {asin} ORDER BY id LIMIT {near}) e
    UNION SELECT id FROM (SELECT id FROM product WHERE {plain} >= {sku} ORDER BY {plain}, id LIMIT {near}) a
    UNION SELECT id FROM (SELECT id FROM product WHERE {plain} < {sku} ORDER BY {plain} DESC, id DESC LIMIT {near}) b
    UNION SELECT id FROM (SELECT id FROM product WHERE LOWER(name) >= {title} ORDER BY LOWER(name), id LIMIT {near}) c
    UNION SELECT id FROM (
        SELECT id FROM product WHERE LOWER(name) < {title} ORDER BY LOWER(name) DESC, id DESC LIMIT {near}) d"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A product that an item may mean; `score` is from 0 to 1, two decimals."""

    product: Product
    score: Decimal
    because: str


async def candidates_of(items: Sequence[AmazonItem]) -> dict[int, tuple[Candidate, ...]]:
    """Return for each item, by its row, the products that it may mean: the likeliest first, at most five."""
    near = {item.id: await _near(item) for item in items}
    wanted = {product_id for ids in near.values() for product_id in ids}
    products = {product.id: product for product in await Product.filter(id__in=wanted)}
    return {item.id: likeliest(item, [products[one] for one in near[item.id] if one in products]) for item in items}


def likeliest(item: AmazonItem, products: Iterable[Product]) -> tuple[Candidate, ...]:
    """Return those of some products that an item may mean, the likeliest first; equally likely ones by SKU."""
    wanted = _Wanted(item)
    found = [max(_reasons(wanted, product), key=lambda one: one.score) for product in products]
    likely = sorted((one for one in found if one.score >= _LEAST), key=lambda one: (-one.score, one.product.sku))
    return tuple(likely[:MOST])


def plain(sku: str) -> str:
    """Return a SKU without the case of its ASCII letters and without punctuation, as the database does."""
    return _SIGNS.sub("", _lower(sku))


class _Wanted:
    """What an item says about its product, made ready to be compared with many."""

    def __init__(self, item: AmazonItem) -> None:
        self.sku = plain(item.seller_sku or "")
        self.parts = _parts(item.seller_sku or "")
        self.asin = item.asin
        self._words = _words(item.title or "")
        self._matcher = SequenceMatcher(None, "", self.sku, autojunk=False)

    def alike(self, sku: str) -> float:
        """Return how alike two plain SKUs are; 0 where a quick look tells that they are too different."""
        self._matcher.set_seq1(sku)
        return self._matcher.ratio() if sku and self.sku and self._matcher.quick_ratio() >= _LEAST else 0.0

    def in_common(self, name: str) -> float:
        """Return how many of all the words of the two titles both have."""
        words = _words(name)
        return len(words & self._words) / len(words | self._words) if words and self._words else 0.0


def _reasons(wanted: _Wanted, product: Product) -> Iterator[Candidate]:
    suffix = "" if product.enabled else "; it is disabled"
    sku = plain(product.sku)
    if sku and sku == wanted.sku:
        yield _candidate(product, 0.98, f"the same SKU but for case and punctuation{suffix}")
    elif sku in wanted.parts:
        share = len(sku) / len(wanted.sku)
        yield _candidate(product, 0.70 + 0.25 * share, f"its SKU is a part of the seller SKU{suffix}")
    if wanted.asin and product.asin == wanted.asin:
        yield _candidate(product, 0.90, f"the same ASIN, as other products have{suffix}")
    yield _candidate(product, 0.90 * wanted.alike(sku), f"a similar SKU{suffix}")
    yield _candidate(product, 0.85 * wanted.in_common(product.name), f"a similar title{suffix}")


def _candidate(product: Product, score: float, because: str) -> Candidate:
    return Candidate(product, Decimal(str(score)).quantize(Decimal("0.01"), ROUND_HALF_UP), because)


def _words(title: str) -> set[str]:
    return set(_WORDS.findall(title.casefold()))


def _parts(sku: str) -> set[str]:
    """Return what remains of a SKU when parts are left off its ends, such as a condition or a channel."""
    words = [word for word in _SIGNS.split(_lower(sku)) if word][:_MOST_PARTS]
    runs = {"".join(words[at:to]) for at in range(len(words)) for to in range(at + 1, len(words) + 1)}
    return {run for run in runs if len(run) > 2}


async def _near(item: AmazonItem) -> list[int]:
    connection = get_connection("default")
    sku = item.seller_sku or ""
    keys = sorted(_parts(sku) | {plain(sku)} - {""})
    values = [encode_rows([[key] for key in keys]), item.asin, plain(sku), _lower(item.title or "")]
    _, rows = await connection.execute_query(_statement(connection), values)
    return sorted(row["id"] for row in rows)


def _statement(connection: BaseDBAsyncClient) -> str:
    return _NEIGHBOURS.format(
        plain=PLAIN_SKU,
        keys=json_rows(connection, {"key": "text"}),
        asin=placeholder(connection, 2),
        sku=placeholder(connection, 3),
        title=placeholder(connection, 4),
        near=_NEAR,
    )


def _lower(text: str) -> str:
    """Lower the ASCII letters only: the database's LOWER knows no others on every dialect."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
