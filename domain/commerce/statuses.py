"""Statuses: the defined ones, and those that a merchant adds to a state."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tortoise.functions import Lower

from domain.accounts.order_settings import InitialStatusMode
from domain.accounts.order_statuses import OrderStatus
from domain.accounts.records import Store
from domain.accounts.settings import settings_of_stores
from domain.change import Change, change
from domain.commerce.lifecycle import DEFAULT_STATUS, STATUSES, CommerceOrderState
from domain.commerce.records import CommerceOrder
from domain.commerce.workflow_records import OrderHold
from domain.errors import ActionNotAllowed, Duplicate, InvalidInput, NotFound, RequiredInput
from domain.plain_text import is_plain
from domain.timeline import Actor, EventKind, Subject

LONGEST_LABEL: Final = 100
_CODE_PATH: Final = ("code",)
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinedStatus:
    """A status; the default of a state is the one that the workflow sets, others are set by a person alone."""

    code: str
    label: str
    state: CommerceOrderState | None  # none: assigned to no state, so no order can get it
    is_default: bool = False
    is_custom: bool = True
    is_visible: bool = True


async def all_statuses() -> list[DefinedStatus]:
    """Return every status: the defined ones first, then the merchant's in the order of their making."""
    own = [_defined(row) for row in await OrderStatus.all().order_by("id")]
    return [*PREDEFINED.values(), *own]


async def find_statuses(codes: Collection[str]) -> dict[str, DefinedStatus]:
    """Return the statuses of these codes, those that nobody defined left out."""
    own = await OrderStatus.filter(code__in=[code for code in codes if code not in PREDEFINED])
    known = {code: PREDEFINED[code] for code in codes if code in PREDEFINED}
    return known | {row.code: _defined(row) for row in own}


async def create_status(
    *, code: str, label: str, state: CommerceOrderState | None, is_visible: bool, now: datetime, actor: Actor
) -> DefinedStatus:
    """Add a status, to a state or to none so far; its code stays for good.

    Source of the code's rule: the guide's page on order statuses. Raises InvalidInput, RequiredInput or Duplicate.
    """
    async with change(now=now, actor=actor) as unit:
        _check_code(code)
        text = _checked_label(label)
        taken = OrderStatus.annotate(plain=Lower("code")).filter(plain=code.lower())
        if code.lower() in PREDEFINED or await taken.exists():
            raise Duplicate("There is a status with this code.", path=("input", "code"))
        status = await OrderStatus.create(
            code=code, label=text, state=state, is_visible=is_visible, created_at=now
        )  # fmt: skip
        return _tell(unit, status, f"Order status {code} was created.")


async def change_status(
    *, code: str, label: str | None, is_visible: bool | None, now: datetime, actor: Actor
) -> DefinedStatus:
    """Change what people read of a status, or whether buyers see it; what is None stays.

    Raises NotFound, ActionNotAllowed, InvalidInput or RequiredInput.
    """
    async with change(now=now, actor=actor) as unit:
        status = await _own(code, path=("input", "code"))
        status.label = status.label if label is None else _checked_label(label)
        status.is_visible = status.is_visible if is_visible is None else is_visible
        await status.save(update_fields=["label", "is_visible"])
        return _tell(unit, status, f"Order status {status.code} was changed.")


async def assign_status(*, code: str, state: CommerceOrderState, now: datetime, actor: Actor) -> DefinedStatus:
    """Assign a status to a state, away from the one that it was assigned to.

    Raises NotFound, or ActionNotAllowed if it is used.
    """
    async with change(now=now, actor=actor) as unit:
        status = await _own(code)
        if status.state != state:
            await _check_unused(status)
            status.state = state
            await status.save(update_fields=["state"])
        return _tell(unit, status, f"Order status {status.code} was assigned to {state.value}.")


async def unassign_status(*, code: str, now: datetime, actor: Actor) -> DefinedStatus:
    """Take a status away from its state, so that no order can get it any more.

    Raises NotFound, or ActionNotAllowed if it is used.
    """
    async with change(now=now, actor=actor) as unit:
        status = await _own(code)
        await _check_unused(status)
        status.state = None
        await status.save(update_fields=["state"])
        return _tell(unit, status, f"Order status {status.code} is assigned to no state.")


async def status_in(code: str, state: CommerceOrderState, *, path: tuple[str, ...]) -> DefinedStatus:
    """Return a status that an order in a state can have, and keep it assigned until the caller's change ends.

    Raises InvalidInput for the code of another state's status, and for one that nobody defined.
    """
    own = None if code in PREDEFINED else await _defined_here(code)
    known = _defined(own) if own else PREDEFINED.get(code)
    if known is None or known.state is not state:
        at = "no status" if known is None else f"a status of {known.state or 'no state'}"
        raise InvalidInput(
            f"The order is {state.value}, and this is {at}; orderStatuses lists those to choose.", path=path
        )
    return known


async def _defined_here(code: str) -> OrderStatus | None:
    return await OrderStatus.select_for_update().get_or_none(code=code) if _CODE.fullmatch(code) else None


async def _own(code: str, *, path: tuple[str, ...] = _CODE_PATH) -> OrderStatus:
    if code in PREDEFINED:
        raise ActionNotAllowed(
            "This status came with the service and stays as it is; create one of your own.",
            action="CHANGE_STATUS",
            current_status=code,
            path=path,
        )
    status = await _defined_here(code)
    if status is None:
        raise NotFound("There is no such status.", path=path)
    return status


async def _check_unused(status: OrderStatus) -> None:
    used = None
    if await CommerceOrder.filter(status=status.code).exists():
        used = "orders have it"
    elif await OrderHold.filter(status_before=status.code, ended_at__isnull=True).exists():
        used = "orders on hold go back to it"
    elif await _is_initial(status.code):
        used = "the settings of a store give it to new orders"
    if used:
        raise ActionNotAllowed(
            f"The status is used and stays where it is: {used}.",
            action="CHANGE_STATUS",
            current_status=status.code,
            path=_CODE_PATH,
        )


async def _is_initial(code: str) -> bool:
    stores = await Store.all()
    found = await settings_of_stores([store.id for store in stores])
    return any(
        settings.initial_status == code and settings.initial_status_mode is InitialStatusMode.CUSTOM
        for _, settings in found.values()
    )


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            "A code is a letter, then letters, digits and underscores, at most 64 in all.", path=("input", "code")
        )


def _checked_label(label: str) -> str:
    text = label.strip()
    if not text:
        raise RequiredInput("A status needs a label: it is what people read.", path=("input", "label"))
    if len(text) > LONGEST_LABEL or not is_plain(text):
        raise InvalidInput(f"A label is one line of at most {LONGEST_LABEL} characters.", path=("input", "label"))
    return text


def _tell(unit: Change, status: OrderStatus, message: str) -> DefinedStatus:
    unit.event(Subject(), EventKind.STATUS_DEFINED, message, code=status.code)
    return _defined(status)


def _defined(row: OrderStatus) -> DefinedStatus:
    state = CommerceOrderState(row.state) if row.state else None
    return DefinedStatus(code=row.code, label=row.label, state=state, is_visible=row.is_visible)


PREDEFINED: Final = {
    status.code: DefinedStatus(
        code=status.code,
        label=status.label,
        state=status.state,
        is_default=DEFAULT_STATUS[status.state] == status.code,
        is_custom=False,
    )
    for status in STATUSES.values()
}
"""The statuses that came with the service, by code."""
