"""Pictures of orders: what about an order changes with time and is no buyer data; and what events changed in them.

A picture leaves out what is null and, among quantities and amounts, what is 0. The names in it stay, as the events of
released databases are written in them: a name may be added, none may change its meaning.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

import orjson
from tortoise.backends.base.client import BaseDBAsyncClient

from domain.json_rows import encode_rows, json_rows
from domain.merge_patch import difference, merge

Picture = dict[str, Any]

_WORDS: Final = {
    "sqlite": {"object": "json_object", "group": "json_group_object", "json": "json", "bare": "json_patch('{}', "},
    "postgres": {
        "object": "jsonb_build_object",
        "group": "jsonb_object_agg",
        "json": "",
        "bare": "jsonb_strip_nulls(",
    },
}
"""How each dialect makes objects, groups rows to one, keeps JSON as such, and leaves out nulls."""

_LINE: Final = """{object}('sku', NULLIF(line.sku, item.seller_sku),
    'ordered', NULLIF(line.quantity_ordered, 0), 'invoiced', NULLIF(line.quantity_invoiced, 0),
    'shipped', NULLIF(line.quantity_shipped, 0), 'refunded', NULLIF(line.quantity_refunded, 0),
    'canceled', NULLIF(line.quantity_canceled, 0), 'total', NULLIF(line.total_minor, 0))"""

_ITEM: Final = f"""{{object}}('position', item.position, 'sku', item.seller_sku,
    'ordered', NULLIF(item.quantity_ordered, 0), 'shipped', NULLIF(item.quantity_shipped, 0),
    'total', item.total_minor, 'currency', item.currency, 'gone_at', item.gone_at,
    'line', {{json}}(CASE WHEN line.id IS NULL THEN NULL ELSE {_LINE} END))"""

_COMMERCE: Final = """{object}('number', made.number, 'state', made.state, 'status', made.status,
    'currency', made.currency, 'subtotal', NULLIF(made.subtotal_minor, 0), 'shipping', NULLIF(made.shipping_minor, 0),
    'gift_wrap', NULLIF(made.gift_wrap_minor, 0), 'tax', NULLIF(made.tax_minor, 0),
    'discount', NULLIF(made.discount_minor, 0), 'other', NULLIF(made.other_minor, 0),
    'total', NULLIF(made.total_minor, 0), 'paid', NULLIF(made.paid_minor, 0),
    'refunded', NULLIF(made.refunded_minor, 0))"""

_HOLD: Final = "{object}('reason', held.reason, 'placed_at', held.placed_at, 'until', held.until_at)"

_PICTURE: Final = f"""SELECT seen.id, CAST({{bare}}{{object}}(
    'amazon_status', seen.amazon_status, 'raw_status', seen.raw_status, 'display_status', seen.display_status,
    'import_state', seen.import_state, 'fulfillment_channel', seen.fulfillment_channel,
    'updated_at', seen.updated_at, 'latest_ship_at', seen.latest_ship_at,
    'total', seen.total_minor, 'currency', seen.currency,
    'cancel_requested_at', seen.cancel_requested_at, 'completed_at', seen.completed_at,
    'items', {{json}}((SELECT {{group}}(CAST(item.id AS TEXT), {_ITEM}) FROM amazon_item item
        LEFT JOIN commerce_order_line line ON line.order_id = seen.commerce_order_id AND line.item_id = item.id
        WHERE item.order_id = seen.id)),
    'commerce', {{json}}(CASE WHEN made.id IS NULL THEN NULL ELSE {_COMMERCE} END),
    'hold', {{json}}((SELECT {_HOLD} FROM order_hold held WHERE held.order_id = made.id AND held.ended_at IS NULL
        ORDER BY held.id LIMIT 1))
    )) AS TEXT) AS picture
    FROM amazon_order seen LEFT JOIN commerce_order made ON made.id = seen.commerce_order_id"""

_PICTURES: Final = {dialect: _PICTURE.format(**words) for dialect, words in _WORDS.items()}


def fold(changes: Iterable[str]) -> Picture:
    """Return the picture that events leave, by what each of them changed; the first one's is a whole picture.

    Raises ValueError without any.
    """
    first, *following = changes
    picture: Picture = orjson.loads(first)
    for change in following:
        merge(picture, orjson.loads(change))
    return picture


async def pictures(connection: BaseDBAsyncClient, order_ids: Collection[int]) -> dict[int, Picture]:
    """Return the orders' pictures as the rows are now."""
    return {order_id: orjson.loads(text) for order_id, text in (await _pictures(connection, order_ids)).items()}


async def differences(
    connection: BaseDBAsyncClient, order_ids: Collection[int], *, told_before: Collection[int]
) -> dict[int, str]:
    """Return as JSON what of each order is otherwise than its events say, all of it where there is no earlier event.

    `told_before` are those with earlier events; where nothing is otherwise there is no entry.
    """
    if not order_ids:
        return {}
    now = await _pictures(connection, order_ids)
    known = await _told(connection, told_before)
    found = {}
    for order_id, text in now.items():
        earlier = known.get(order_id)
        if earlier is None:
            found[order_id] = text
        elif earlier != [text] and (patch := difference(fold(earlier), orjson.loads(text))):
            found[order_id] = orjson.dumps(patch).decode()
    return found


async def _pictures(connection: BaseDBAsyncClient, order_ids: Collection[int]) -> dict[int, str]:
    wanted = json_rows(connection, {"id": "integer"})
    sql = _PICTURES[connection.capabilities.dialect]
    _, rows = await connection.execute_query(
        f"{sql} WHERE seen.id IN (SELECT id FROM {wanted} wanted)", [encode_rows([[one] for one in order_ids])]
    )
    return {row["id"]: row["picture"] for row in rows}


async def _told(connection: BaseDBAsyncClient, order_ids: Collection[int]) -> dict[int, list[str]]:
    if not order_ids:
        return {}
    wanted = json_rows(connection, {"id": "integer"})
    _, rows = await connection.execute_query(
        f"SELECT order_id, difference FROM event WHERE order_id IN (SELECT id FROM {wanted} wanted) "
        "AND difference IS NOT NULL ORDER BY order_id, sequence",
        [encode_rows([[one] for one in order_ids])],
    )
    told: defaultdict[int, list[str]] = defaultdict(list)
    for row in rows:
        told[row["order_id"]].append(row["difference"])
    return told
