"""Transactions as the Finances API 2024-06-19 shows them.

Amounts are what buyers paid and got back; Amazon's fees and withheld taxes are not simulated. The names of the
breakdowns are those of the components of an order adjustment.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Final

from simulator.chance import digest
from simulator.finances.asking import RELEASED
from simulator.finances.ledger import CHARGE, REFUND, Key
from simulator.instants import wire_time
from simulator.marketplaces import MARKETPLACES, decimals_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.finances.accounts import Account
    from simulator.finances.charges import Parts
    from simulator.orders.book import SimulatedOrder
    from simulator.orders.documents import Document
    from simulator.world import World

DESCRIPTIONS: Final = {CHARGE: "Order Payment", REFUND: "Refund Order"}
IDENTIFIERS: Final = {CHARGE: "SHIPMENT_ID", REFUND: "REFUND_ID"}
NETWORKS: Final = {"AMAZON": "AFN", "MERCHANT": "MFN"}
ID_LENGTH: Final = 43


def show_transaction(world: World, key: Key) -> Document:
    """Return one posting of the ledger as an answer carries it."""
    posted, place = key
    order_id, kind, number = place.rsplit(" ", 2)
    order = world.book.get(order_id)
    assert order is not None
    account = world.ledger.account(order)
    lines = _charged(account, int(number)) if kind == CHARGE else _refunded(account, int(number))
    sign = 1 if kind == CHARGE else -1
    items = [_item(world, order, place, item_id, line, account.currency, sign) for item_id, line in lines.items()]
    total = sum(sum(parts.values()) for parts, _ in lines.values())
    transaction: Document = {
        "sellingPartnerMetadata": {"sellingPartnerId": order.seller, "accountType": "Standard Orders"},
        "relatedIdentifiers": [
            _related("ORDER_ID", order_id),
            _related(IDENTIFIERS[kind], _identifier(world, place, "identifier")[:20]),
        ],
        "transactionType": kind,
        "transactionId": _identifier(world, place, "transaction"),
        "transactionStatus": RELEASED,
        "description": DESCRIPTIONS[kind],
        "postedDate": wire_time(posted),
        "totalAmount": _amount(sign * total, account.currency),
        "items": items,
    }
    marketplace = MARKETPLACES.get(account.marketplace_id or "")
    if marketplace is not None:
        transaction["sellingPartnerMetadata"]["marketplaceId"] = marketplace.marketplace_id
        transaction["marketplaceDetails"] = {
            "marketplaceId": marketplace.marketplace_id,
            "marketplaceName": marketplace.name,
        }
    return transaction


def _charged(account: Account, number: int) -> Mapping[str, tuple[Parts, int | None]]:
    return {item_id: (one.parts, one.units) for item_id, one in account.charges[number - 1].items.items()}


def _refunded(account: Account, number: int) -> Mapping[str, tuple[Parts, int | None]]:
    return {item.item_id: (item.parts, item.quantity) for item in account.refunds[number - 1].items}


def _item(
    world: World,
    order: SimulatedOrder,
    place: str,
    item_id: str,
    line: tuple[Parts, int | None],
    currency: str,
    sign: int,
) -> Document:
    parts, units = line
    product: Document = next(
        (one["product"] for one in order.read()["orderItems"] if one["orderItemId"] == item_id), {}
    )
    context: Document = {
        "contextType": "ProductContext",
        "asin": product.get("asin"),
        "sku": product.get("sellerSku"),
        "quantityShipped": units if sign > 0 else None,
        "fulfillmentNetwork": NETWORKS.get(order.fulfilled_by or ""),
    }
    item: Document = {
        "description": product.get("title"),
        "totalAmount": _amount(sign * sum(parts.values()), currency),
        "breakdowns": [
            {"breakdownType": name, "breakdownAmount": _amount(sign * amount, currency)}
            for name, amount in parts.items()
        ],
        "contexts": [{name: value for name, value in context.items() if value is not None}],
    }
    if sign < 0:
        name = "ORDER_ADJUSTMENT_ITEM_ID"
        value = _identifier(world, f"{place} {item_id}", "adjustment")[:20]
        item["relatedIdentifiers"] = [{"itemRelatedIdentifierName": name, "itemRelatedIdentifierValue": value}]
    return {name: value for name, value in item.items() if value is not None}


def _related(name: str, value: str) -> Document:
    return {"relatedIdentifierName": name, "relatedIdentifierValue": value}


def _amount(minor: int, currency: str) -> Document:
    """Spell an amount as this API does: a number, not a text."""
    decimals = decimals_of(currency)
    return {"currencyCode": currency, "currencyAmount": minor / 10**decimals if decimals else minor}


def _identifier(world: World, place: str, purpose: str) -> str:
    return base64.urlsafe_b64encode(digest(world.seed, purpose, place)).decode()[:ID_LENGTH]
