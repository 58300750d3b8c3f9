"""The lines of a timeline on their way into the database: as plain rows, since a file may bring 100,000 of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.fields.data import JSON_DUMPS

from domain.instant import to_text
from domain.json_rows import placeholder
from domain.timeline import Actor, EventKind, Subject

_COLUMNS: Final = (
    "account_id",
    "store_id",
    "order_id",
    "sequence",
    "kind",
    "actor_kind",
    "actor_name",
    "at",
    "message",
    "details",
)


class Told(NamedTuple):
    """One line that is to be written when its change ends well."""

    subject: Subject
    kind: EventKind
    actor: Actor
    message: str
    details: dict[str, Any]


async def write_events(
    connection: BaseDBAsyncClient, events: Sequence[Told], *, last: Mapping[int, int], at: datetime
) -> None:
    """Append the lines in their order; `last` is the sequence of each order's last one among them."""
    following = dict(last)
    for told in events:
        if told.subject.order_id is not None:
            following[told.subject.order_id] -= 1
    text = to_text(at)
    as_json = JSON_DUMPS  # as the column's own type writes it
    rows: list[list[Any]] = []
    for told in events:
        account_id, store_id, order_id = told.subject
        sequence = None
        if order_id is not None:
            sequence = following[order_id] = following[order_id] + 1
        who = (told.actor.kind.value, told.actor.name)
        said = (told.message, as_json(told.details))
        rows.append([account_id, store_id, order_id, sequence, told.kind.value, *who, text, *said])
    values = ", ".join(placeholder(connection, number) for number in range(1, len(_COLUMNS) + 1))
    await connection.execute_many(f"INSERT INTO event ({', '.join(_COLUMNS)}) VALUES ({values})", rows)
