"""Finding anything again by its id."""

from collections.abc import Sequence
from typing import Any

from api.schema.attention import AttentionItem
from api.schema.context import Context
from api.schema.ids import TYPE_OF_RECORD, NodeId, parse_id
from api.schema.stores import find_store, settings_of
from api.schema.system_messages import system_messages
from domain.channel.records import Attention
from domain.errors import InvalidInput, LimitExceeded

MOST_IDS = 100
_RECORD_OF_TYPE: dict[str, Any] = {name: record for record, name in TYPE_OF_RECORD.items()}


async def find_node(context: Context, text: str, *, path: tuple[str, ...] = ("id",)) -> Any:
    """Return what an id names, None if there is nothing.

    Raises InvalidInput for a malformed id.
    """
    wanted = parse_id(text, path=path)
    if wanted.type_name == "OrderSettings":
        store = await find_store(context, wanted)
        return await settings_of(store, context) if store else None
    if wanted.type_name == "SystemMessage":
        return next(
            (
                message
                for message in await system_messages(context)
                if wanted == NodeId("SystemMessage", 0, message.number)
            ),
            None,
        )
    if wanted.type_name == "AttentionItem":
        entry = await context.loaders.row(Attention).load(wanted.row_id)
        return AttentionItem(entry=entry) if entry and entry.account_id == wanted.account_id else None
    record = _RECORD_OF_TYPE.get(wanted.type_name)
    if record is None:
        raise InvalidInput("This is not an id of this API; pass an `id` as a query returned it.", path=path)
    found = await context.loaders.row(record).load(wanted.row_id)
    if found is None or (getattr(found, "account_id", None) or 0) != wanted.account_id or not _is_node(found):
        return None
    return found


async def find_nodes(context: Context, texts: Sequence[str]) -> list[Any]:
    """Return what each id names, in the same order.

    Raises InvalidInput for a malformed id, LimitExceeded for more than 100.
    """
    if len(texts) > MOST_IDS:
        raise LimitExceeded(f"At most {MOST_IDS} ids at a time.", path=("ids",))
    return [await find_node(context, text, path=("ids", str(at))) for at, text in enumerate(texts)]


def _is_node(record: Any) -> bool:
    """Whether clients see the record: not every event is an order's, nor every attention a blocker."""
    kind = TYPE_OF_RECORD[type(record)]
    if kind == "OrderEvent":
        return record.order_id is not None
    return kind != "Blocker" or record.blocker_kind is not None
