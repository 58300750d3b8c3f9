"""The blind index of buyers: which orders a name belongs to, without the name; it lives and goes with buyer data."""

from collections.abc import Mapping
from typing import Any, Final

from tortoise import fields
from tortoise.connection import get_connection
from tortoise.indexes import Index
from tortoise.models import Model

from domain.buyer_names import PURPOSE, terms_of
from domain.json_rows import encode_rows, json_rows
from domain.sealing import Sealer

INDEXED: Final = 1
"""The way terms are made now; what was indexed in an older way, or never, is indexed again."""


class BuyerTerm(Model):
    """That an Amazon order is found under a term: a keyed digest of a part of a name, a whole name or an e-mail."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    order_id = fields.BigIntField()
    term = fields.CharField(max_length=64)

    class Meta:
        """Storage."""

        table = "buyer_term"
        unique_together = (("order_id", "term"),)
        indexes = (Index(fields=("term", "order_id"), name="ix_buyer_term"),)


async def index_orders(orders: Mapping[int, tuple[int, Mapping[str, Any]]], *, sealer: Sealer) -> None:
    """Let Amazon orders be found by what is kept of their buyers, inside the caller's change.

    `orders` maps their rows to their accounts and to that buyer data.
    """
    if not orders:
        return
    digest = sealer.digester(PURPOSE)
    wanted = [
        [account_id, order_id, term]
        for order_id, (account_id, values) in orders.items()
        for term in sorted(terms_of(**_names(values), digest=digest))
    ]
    connection = get_connection("default")
    columns = {"account_id": "integer", "order_id": "integer", "term": "text"}
    asked = json_rows(connection, columns)
    ids = json_rows(connection, {"id": "integer"}, parameter=2)
    rows = encode_rows(wanted)
    await connection.execute_query(
        f"DELETE FROM buyer_term WHERE order_id IN (SELECT id FROM {ids} kept) "
        f"AND (order_id, term) NOT IN (SELECT order_id, term FROM {asked} asked)",
        [rows, encode_rows([[order_id] for order_id in orders])],
    )
    await connection.execute_query(
        f"INSERT INTO buyer_term (account_id, order_id, term) SELECT account_id, order_id, term FROM {asked} asked "
        "WHERE true ON CONFLICT (order_id, term) DO NOTHING",
        [rows],
    )


async def forget_orders(order_ids: list[int]) -> None:
    """Let Amazon orders no longer be found by their buyers; inside the caller's change."""
    await BuyerTerm.filter(order_id__in=order_ids).delete()


def _names(values: Mapping[str, Any]) -> dict[str, str | None]:
    buyer, address = values.get("buyer") or {}, values.get("address") or {}
    return {"buyer": buyer.get("name"), "recipient": address.get("name"), "email": buyer.get("email")}
