"""The compiler of the filters of Amazon orders: input in, condition on `amazon_order` out."""

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
    on_name,
    on_text,
)
from api.plans.fragments import EVERYTHING, Fragment, all_of, any_of, containing, equal, negated, within
from api.plans.texts import is_amazon_number, searchable
from api.schema.ids import typed_id
from api.schema.order_filters import AmazonOrderWhere
from domain.buyer_names import Digest, NameOf
from domain.commerce.lifecycle import CommerceOrderState
from domain.sealing import Sealer

_OF_ITEM: Final = "amazon_order.id IN (SELECT item.order_id FROM amazon_item item WHERE item.gone_at IS NULL AND {})"
_OF_COMMERCE_ORDER: Final = "amazon_order.id IN (SELECT made.channel_order_id FROM commerce_order made WHERE {})"
_OF_TAG: Final = "amazon_order.id IN (SELECT tagged.order_id FROM order_tag tagged WHERE {})"
_OF_BLOCKER: Final = (
    "EXISTS (SELECT 1 FROM attention seen WHERE seen.order_id = amazon_order.id AND seen.kind = 'BLOCKER' "
    "AND seen.state = 'OPEN' AND {})"
)
_ON_HOLD: Final = within(_OF_COMMERCE_ORDER, Fragment("made.state = ?", (CommerceOrderState.ON_HOLD.value,)))


def compile_where(where: AmazonOrderWhere | None, sealer: Sealer) -> Fragment:
    """Return the condition that a filter stands for; no filter lets everything through.

    Buyers are found by digests made with the sealer's key. Raises InvalidInput for malformed ids, currencies and texts,
    LimitExceeded for a filter that is too deep or too big.
    """
    if not where:
        return EVERYTHING
    check_size(where)
    return _condition(where, name_digest(sealer))


def _condition(where: AmazonOrderWhere, digest: Digest) -> Fragment:
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


def _groups(where: AmazonOrderWhere, digest: Digest) -> Iterator[Fragment]:
    if where.all_of:
        yield all_of(_condition(part, digest) for part in where.all_of)
    if where.any_of is not None:
        yield any_of(_condition(part, digest) for part in where.any_of)
    if where.negated:
        yield negated(_condition(where.negated, digest))


def _identities(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.ids is not None:
        yield of_rows("id", [typed_id(text, "AmazonOrder", path=("where", "ids")) for text in where.ids])
    if where.store_id:
        asked = where.store_id.one_of if where.store_id.eq is None else [where.store_id.eq]
        yield of_rows("store_id", [typed_id(text, "Store", path=("where", "storeId")) for text in asked or ()])


def _states(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.status:
        yield choice("amazon_status", where.status)
    if where.display_status:
        yield choice("display_status", where.display_status)
    if where.fulfillment_channel:
        yield choice("fulfillment_channel", where.fulfillment_channel)
    if where.import_outcome:
        yield choice("import_state", where.import_outcome)
    if where.blocker_kind:
        yield within(_OF_BLOCKER, choice("seen.blocker_kind", where.blocker_kind))
    if where.on_hold is not None:
        yield _ON_HOLD if where.on_hold else negated(_ON_HOLD)


def _bounds(where: AmazonOrderWhere) -> Iterator[Fragment]:
    for column, wanted in (
        ("purchased_at", where.purchased_at),
        ("updated_at", where.last_updated_at),
        ("latest_ship_at", where.latest_ship_at),
    ):
        if wanted:
            yield from instants_within(column, wanted)
    if where.total:
        yield from amounts_within("total_minor", where.total, "total")


def _texts(where: AmazonOrderWhere) -> Iterator[Fragment]:
    if where.amazon_order_id:
        yield on_text("number", where.amazon_order_id, "amazonOrderId")
    if where.commerce_number:
        yield within(_OF_COMMERCE_ORDER, on_text("made.number", where.commerce_number, "commerceNumber"))
    if where.sku:
        yield within(_OF_ITEM, on_text("item.seller_sku", where.sku, "sku"))
    if where.tag:
        yield within(_OF_TAG, on_text("tagged.tag", where.tag, "tag"))


def _buyers(where: AmazonOrderWhere, digest: Digest) -> Iterator[Fragment]:
    if where.buyer_name:
        yield on_name("amazon_order.id", where.buyer_name, NameOf.BUYER, "buyerName", digest)
    if where.search is not None and (text := searchable(where.search, path=("where", "search")).strip()):
        yield _search(text, digest)


def _search(text: str, digest: Digest) -> Fragment:
    if is_amazon_number(text):
        return equal("number", text)
    return any_of(
        [
            containing("number", text),
            within(_OF_COMMERCE_ORDER, containing("made.number", text)),
            within(_OF_ITEM, any_of([containing("item.seller_sku", text), containing("item.title", text)])),
            of_anybody("amazon_order.id", text, digest),
        ]
    )
