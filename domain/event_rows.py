"""The lines of a timeline on their way into the database: as plain rows, since a file may bring 100,000 of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient

from domain.instant import to_text
from domain.json_rows import encode_rows, json_rows, placeholder
from domain.timeline import Actor, EventKind, Subject

_COLUMNS: Final = {
    "account_id": "integer",
    "store_id": "integer",
    "order_id": "integer",
    "sequence": "integer",
    "kind": "text",
    "actor_kind": "text",
    "actor_name": "text",
    "message": "text",
    "details": "json",
    "difference": "text",
}


class Told(NamedTuple):
    """One line that is to be written when its change ends well."""

    subject: Subject
    kind: EventKind
    actor: Actor
    message: str
    details: dict[str, Any]


async def write_events(
    connection: BaseDBAsyncClient,
    events: Sequence[Told],
    *,
    last: Mapping[int, int],
    differences: Mapping[int, str],
    at: datetime,
) -> None:
    """Append the lines in their order; `last` is the sequence of each order's last one among them.

    That one takes along what all of them changed of the order: `differences`.
    """
    following = dict(last)
    for told in events:
        if told.subject.order_id is not None:
            following[told.subject.order_id] -= 1
    rows: list[list[Any]] = []
    for told in events:
        account_id, store_id, order_id = told.subject
        sequence = difference = None
        if order_id is not None:
            sequence = following[order_id] = following[order_id] + 1
            difference = differences.get(order_id) if sequence == last[order_id] else None
        who = (told.actor.kind, told.actor.name)
        said = (told.message, told.details)
        rows.append([account_id, store_id, order_id, sequence, told.kind, *who, *said, difference])
    columns = ", ".join(_COLUMNS)
    await connection.execute_query(
        f"INSERT INTO event ({columns}, at) SELECT {columns}, {placeholder(connection, 2)} "
        f"FROM {json_rows(connection, _COLUMNS)} told",
        [encode_rows(rows), to_text(at)],
    )
