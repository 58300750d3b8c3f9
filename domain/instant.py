"""Instants: UTC, aware, to the millisecond, and the column type that keeps them sortable as text."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from tortoise.fields.base import Field

_STORED: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def to_text(at: datetime) -> str:
    """Write an instant as fixed-width RFC 3339 UTC text, e.g. 2026-08-22T10:15:00.000Z.

    Raises ValueError for a naive time.
    """
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone; naive times are refused.")
    utc = at.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote.

    Raises ValueError for any other shape.
    """
    if not _STORED.fullmatch(text):
        raise ValueError(f"{text!r} is not an instant of the form 2026-08-22T10:15:00.000Z.")
    return datetime.fromisoformat(text)


if TYPE_CHECKING:

    class Instant(Field[datetime]):
        """An instant column."""

        def __init__(self, **kwargs: Any) -> None: ...
else:

    class Instant(Field[datetime], datetime):
        """An instant column: fixed-width text, so that text order is time order and naive times never enter."""

        SQL_TYPE = "VARCHAR(24)"

        def to_db_value(self, value, instance):
            """Write the instant as text, whatever its zone; refuse a naive one."""
            self.validate(value)
            return None if value is None else to_text(_instant(value))

        def to_python_value(self, value):
            """Read the instant, aware, in UTC, to the millisecond; refuse a naive one."""
            return None if value is None else _instant(value)


def _instant(value: datetime | str) -> datetime:
    return from_text(value if isinstance(value, str) else to_text(value))
