"""Saved views of lists: a name for a filter, a sort and columns; each list has one that cannot be changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from tortoise import fields
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from domain.change import change
from domain.errors import (
    ActionNotAllowed,
    Duplicate,
    InvalidInput,
    LimitExceeded,
    NotFound,
    RequiredInput,
    StaleVersion,
)
from domain.instant import Instant
from domain.plain_text import is_plain
from domain.timeline import Actor

MOST_VIEWS: Final = 100
LONGEST_NAME: Final = 100
_NAME_PATH: Final = ("input", "name")


class ListKind(StrEnum):
    """Which list a view is of."""

    AMAZON_ORDERS = "AMAZON_ORDERS"
    COMMERCE_ORDERS = "COMMERCE_ORDERS"


class SavedView(Model):
    """A view of a list; filter and sort are kept as their clients write them, and read anew when they are used."""

    id = fields.BigIntField(primary_key=True)
    kind = fields.CharEnumField(ListKind, max_length=24)
    name = fields.CharField(max_length=100)
    name_key = fields.CharField(max_length=300)  # what two views of a list may not share: the name without its case
    is_default = fields.BooleanField(default=False)
    condition: Any = fields.JSONField(null=True)  # never buyer data: a view outlives it
    sort: Any = fields.JSONField(null=True)
    columns: Any = fields.JSONField(default=list)  # none: those that are shown if nobody chooses
    version = fields.IntField(default=1)
    created_at = Instant(null=True)  # null: it came with the service

    class Meta:
        """Storage."""

        table = "saved_view"
        unique_together = (("kind", "name_key"),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewContent:
    """What a view shows: a filter and a sort in the words of the API, already checked, and names of columns."""

    kind: ListKind
    condition: Any
    sort: Any
    columns: Sequence[str]


async def create_view(*, name: str, content: ViewContent, now: datetime, actor: Actor) -> SavedView:
    """Save a view under a name that its list does not have yet.

    Raises RequiredInput, InvalidInput, Duplicate or LimitExceeded.
    """
    given = _name(name)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        if await SavedView.filter(kind=content.kind).count() >= MOST_VIEWS:
            raise LimitExceeded(f"A list has at most {MOST_VIEWS} views; delete one that nobody uses.", path=_NAME_PATH)
        view = SavedView(kind=content.kind, created_at=now)
        return await _store(view, name=given, content=content)


async def update_view(
    *,
    view_id: int,
    name: str | None,
    content: ViewContent | None,
    expected_version: int | None,
    now: datetime,
    actor: Actor,
) -> SavedView:
    """Rename a view, let it show something else of its list, or both; what is None stays.

    Raises NotFound, StaleVersion, ActionNotAllowed, RequiredInput, InvalidInput or Duplicate.
    """
    given = None if name is None else _name(name)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        view = await _changeable(view_id, "UPDATE_VIEW", path=("input", "viewId"))
        if expected_version not in (None, view.version):
            raise StaleVersion(expected=expected_version, actual=view.version, path=("input", "expectedVersion"))
        if content is not None and content.kind is not view.kind:
            raise InvalidInput(f"This view is one of {view.kind.value}.", path=("input",))
        view.version += 1
        return await _store(view, name=given, content=content)


async def delete_view(*, view_id: int, now: datetime, actor: Actor) -> SavedView:
    """Delete a view for good, and return what it was.

    Raises NotFound, or ActionNotAllowed for a list's default view.
    """
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        view = await _changeable(view_id, "DELETE_VIEW", path=("viewId",))
        await SavedView.filter(id=view.id).delete()
        return view


async def _changeable(view_id: int, action: str, *, path: tuple[str, ...]) -> SavedView:
    view = await SavedView.filter(id=view_id).select_for_update().first()
    if view is None:
        raise NotFound("There is no such view.", path=path)
    if view.is_default:
        raise ActionNotAllowed(
            "The default view of a list stays as it is; save a view of your own beside it.",
            path=path,
            action=action,
            current_status="DEFAULT",
        )
    return view


async def _store(view: SavedView, *, name: str | None, content: ViewContent | None) -> SavedView:
    if name is not None:
        view.name, view.name_key = name, name.casefold()
    if content is not None:
        view.condition, view.sort, view.columns = content.condition, content.sort, list(content.columns)
    try:
        await view.save()
    except IntegrityError:
        raise Duplicate("Another view of this list has this name.", path=_NAME_PATH) from None
    return view


def _name(text: str) -> str:
    name = text.strip()
    if not name:
        raise RequiredInput("A view needs a name.", path=_NAME_PATH)
    if len(name) > LONGEST_NAME or not is_plain(name):
        raise InvalidInput(
            f"A name has at most {LONGEST_NAME} characters, and no line breaks or control characters.", path=_NAME_PATH
        )
    return name
