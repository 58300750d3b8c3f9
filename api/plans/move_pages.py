"""Pages of the moves of many products' stock in one question."""

import binascii
from base64 import b64decode, urlsafe_b64encode
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from api.database import read_rows
from api.plans.fragments import all_of, below, one_of
from api.plans.keyset import FoundPage, FoundRow, PageRequest
from domain.errors import InvalidInput

_PREFIX: Final = "move:"
_LARGEST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class MovesOf:
    """Which part of the history of a product's stock is wanted, newest first."""

    product_id: int
    request: PageRequest


async def read_moves(wanted: list[MovesOf]) -> list[FoundPage]:
    """Find the pages; products of which the same is wanted share one question."""
    alike: defaultdict[PageRequest, list[int]] = defaultdict(list)
    for one in wanted:
        alike[one.request].append(one.product_id)
    pages: dict[MovesOf, FoundPage] = {}
    for request, product_ids in alike.items():
        for product_id, page in (await _read(product_ids, request)).items():
            pages[MovesOf(product_id, request)] = page
    return [pages[one] for one in wanted]


def check_place(cursor: str) -> int:
    """Return the move at a place.

    Raises InvalidInput for what is not a place in a history.
    """
    try:
        plain = b64decode(cursor, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    number = plain.removeprefix(_PREFIX)
    if number == plain or not number.isdigit() or len(number) > 19 or int(number) > _LARGEST:
        raise InvalidInput("This cursor is no place in this history; start again without it.", path=("after",))
    return int(number)


async def _read(product_ids: list[int], request: PageRequest) -> dict[int, FoundPage]:
    bounds = [] if request.after is None else [below("id", check_place(request.after))]
    condition = all_of([one_of("product_id", product_ids), *bounds])
    ranked = await read_rows(
        "SELECT id, product_id FROM (SELECT id, product_id, "
        "ROW_NUMBER() OVER (PARTITION BY product_id ORDER BY id DESC) AS place "
        f"FROM stock_move WHERE {condition.sql}) ranked WHERE place <= ? ORDER BY product_id, id DESC",
        [*condition.parameters, request.size + 1],
    )
    found: defaultdict[int, list[int]] = defaultdict(list)
    for row in ranked:
        found[row["product_id"]].append(row["id"])
    return {product_id: _page(found[product_id], request) for product_id in product_ids}


def _page(found: list[int], request: PageRequest) -> FoundPage:
    rows = tuple(FoundRow(row_id, _place(row_id)) for row_id in found[: request.size])
    return FoundPage(rows, len(found) > request.size, request.after is not None)


def _place(move_id: int) -> str:
    return urlsafe_b64encode(f"{_PREFIX}{move_id}".encode()).decode()
