"""The compiler of the filters of commerce orders: input in, condition on `commerce_order` out."""

from collections.abc import Iterator
from typing import Final

from api.plans.conditions import (
    amounts_within,
    check_size,
    choice,
    instants_within,
    name_digest,
    of_anybody,
    of_rows,
    on_email,
    on_name,
    on_text,
)
from api.plans.fragments import EVERYTHING, Fragment, all_of, any_of, containing, equal, negated, within
from api.plans.texts import is_amazon_number, searchable
from api.schema.commerce_filters import CommerceOrderWhere
from api.schema.ids import typed_id
from domain.buyer_names import EMAILS, Digest, NameOf
from domain.commerce.customers import made_up_for
from domain.commerce.lifecycle import CommerceOrderState
from domain.sealing import Sealer
from domain.timeline import EventKind

_OF_LINE: Final = "commerce_order.id IN (SELECT line.order_id FROM commerce_order_line line WHERE {})"
_OF_TAG: Final = "commerce_order.channel_order_id IN (SELECT tagged.order_id FROM order_tag tagged WHERE {})"
_ORDER_ID: Final = "commerce_order.channel_order_id"
_NONE_TOLD: Final = Fragment(
    f"(NOT EXISTS (SELECT 1 FROM buyer_term told WHERE told.order_id = {_ORDER_ID} "
    f"AND told.term >= ? AND told.term < ?) "
    f"AND NOT EXISTS (SELECT 1 FROM event lost WHERE lost.order_id = {_ORDER_ID} AND lost.kind = ?))",
    (EMAILS.low, EMAILS.high, EventKind.REDACTED.value),
)
_ON_HOLD: Final = equal("state", CommerceOrderState.ON_HOLD.value)


def compile_commerce_where(where: CommerceOrderWhere | None, sealer: Sealer) -> Fragment:
    """Return the condition that a filter stands for; no filter lets everything through.

    Buyers are found by digests made with the sealer's key. Raises InvalidInput for malformed ids, currencies and texts,
    LimitExceeded for a filter that is too deep or too big.
    """
    if not where:
        return EVERYTHING
    check_size(where)
    return _condition(where, name_digest(sealer))


def _condition(where: CommerceOrderWhere, digest: Digest) -> Fragment:
    return all_of(
        [
            *_groups(where, digest),
            *_identities(where),
            *_states(where),
            *_bounds(where),
            *_texts(where),
            *_buyers(where, digest),
        ]
    )


def _groups(where: CommerceOrderWhere, digest: Digest) -> Iterator[Fragment]:
    if where.all_of:
        yield all_of(_condition(part, digest) for part in where.all_of)
    if where.any_of is not None:
        yield any_of(_condition(part, digest) for part in where.any_of)
    if where.negated:
        yield negated(_condition(where.negated, digest))


def _identities(where: CommerceOrderWhere) -> Iterator[Fragment]:
    if where.ids is not None:
        yield of_rows("id", [typed_id(text, "CommerceOrder", path=("where", "ids")) for text in where.ids])
    if where.store_id:
        asked = where.store_id.one_of if where.store_id.eq is None else [where.store_id.eq]
        yield of_rows("store_id", [typed_id(text, "Store", path=("where", "storeId")) for text in asked or ()])


def _states(where: CommerceOrderWhere) -> Iterator[Fragment]:
    if where.state:
        yield choice("state", where.state)
    if where.on_hold is not None:
        yield _ON_HOLD if where.on_hold else negated(_ON_HOLD)
    if where.is_guest is not None:
        yield Fragment("customer_id IS NULL" if where.is_guest else "customer_id IS NOT NULL")


def _bounds(where: CommerceOrderWhere) -> Iterator[Fragment]:
    for column, wanted in (
        ("created_at", where.created_at),
        ("updated_at", where.updated_at),
        ("purchased_at", where.purchased_at),
    ):
        if wanted:
            yield from instants_within(column, wanted)
    if where.total:
        yield from amounts_within("total_minor", where.total, "total")
    if where.base_total:
        yield from amounts_within("base_total_minor", where.base_total, "baseTotal", currency="base_currency")
    if where.total_refunded:
        yield from amounts_within("refunded_minor", where.total_refunded, "totalRefunded")


def _texts(where: CommerceOrderWhere) -> Iterator[Fragment]:
    for column, wanted, field in (
        ("number", where.number, "number"),
        ("channel_number", where.amazon_order_id, "amazonOrderId"),
        ("store_view", where.store_view, "storeView"),
        ("status", where.status, "status"),
    ):
        if wanted:
            yield on_text(column, wanted, field)
    if where.sku:
        yield within(_OF_LINE, on_text("line.sku", where.sku, "sku"))
    if where.tag:
        yield within(_OF_TAG, on_text("tagged.tag", where.tag, "tag"))


def _buyers(where: CommerceOrderWhere, digest: Digest) -> Iterator[Fragment]:
    if where.bill_to_name:
        yield on_name(_ORDER_ID, where.bill_to_name, NameOf.BUYER, "billToName", digest)
    if where.ship_to_name:
        yield on_name(_ORDER_ID, where.ship_to_name, NameOf.RECIPIENT, "shipToName", digest)
    if where.customer_email is not None:
        yield _on_email(where.customer_email, digest)
    if where.search is not None and (text := searchable(where.search, path=("where", "search")).strip()):
        yield _search(text, digest)


def _on_email(email: str, digest: Digest) -> Fragment:
    """Return a condition on the address that an order shows: a made-up one names the order that it can belong to."""
    told = on_email(_ORDER_ID, email, "customerEmail", digest)
    number = made_up_for(email)
    return told if number is None else all_of([equal("channel_number", number), any_of([told, _NONE_TOLD])])


def _search(text: str, digest: Digest) -> Fragment:
    if is_amazon_number(text):
        return any_of([equal("channel_number", text), equal("number", text)])
    return any_of(
        [
            containing("number", text),
            containing("channel_number", text),
            within(_OF_LINE, any_of([containing("line.sku", text), containing("line.title", text)])),
            of_anybody(_ORDER_ID, text, digest),
        ]
    )
