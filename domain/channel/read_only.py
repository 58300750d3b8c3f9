"""Read-only mode: nothing that changes something goes to Amazon; what would have gone is held, and goes later."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from domain.accounts.global_settings import InForce, base_currency, save_in
from domain.accounts.service_records import Installation
from domain.amazon.held import hold_or_release_in
from domain.change import change
from domain.channel.affected import orders_of_currency
from domain.timeline import SYSTEM, Actor

COPIED: Final = (
    "This database was last used by another installation of the service, so it may be a copy: what it holds back may "
    "have been sent from there."
)
"""Why the service itself switches the read-only mode on."""

_ONLY: Final = 1


async def update_global_settings(
    *, patch: Mapping[str, object], expected_version: int | None, now: datetime, actor: Actor
) -> InForce:
    """Save a new version of the global settings; what waits for Amazon is held or let go with it.

    Another base currency, or none, has the orders evaluated again that lacked a rate; orders that are made keep theirs.

    Raises StaleVersion, RequiredInput or InvalidInput.
    """
    async with change(now=now, actor=actor) as unit:
        base = await base_currency()
        saved = await save_in(unit, patch=patch, expected_version=expected_version)
        if saved.chosen.base_currency != base:
            await orders_of_currency(unit)
        await hold_or_release_in(unit)
        return saved


async def take_home(*, home: str, now: datetime) -> bool:
    """Note where the database is at home, before anything is sent; return whether it was somewhere else before.

    Then it may be a copy of one that still works: the read-only mode is switched on until a person switches it off.
    `home` is a text that no other installation has.
    """
    async with change(now=now, actor=SYSTEM) as unit:
        known = await Installation.get_or_none(id=_ONLY)
        if known is None:
            unit.quiet()
            await Installation.create(id=_ONLY, home=home, taken_at=now)
            return False
        if known.home == home:
            unit.quiet()
            return False
        await Installation.filter(id=_ONLY).update(home=home, taken_at=now)
        await save_in(unit, patch={"read_only": True}, because=COPIED)
        await hold_or_release_in(unit)
        return True
