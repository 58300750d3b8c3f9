"""The settings of the whole service: what may be chosen, what is in force, and saving a new version."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from domain.accounts.service_records import GlobalSettingsVersion
from domain.accounts.settings_input import graphql_name
from domain.change import Change
from domain.errors import InvalidInput, RequiredInput, StaleVersion
from domain.money import UnknownCurrency, decimals_of
from domain.timeline import EventKind, Subject


class LogRetention(StrEnum):
    """How long logs are kept."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


KEPT: Final[Mapping[LogRetention, timedelta]] = {
    LogRetention.DAILY: timedelta(days=1),
    LogRetention.WEEKLY: timedelta(days=7),
    LogRetention.MONTHLY: timedelta(days=30),
}
"""The age at which an entry of a log goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalSettings:
    """One version of the global settings; the defaults are the documented ones."""

    log_retention: LogRetention = LogRetention.MONTHLY
    read_only: bool = False
    debug_logging: bool = False  # whether the service's log tells each call and each page as well
    base_currency: str | None = None  # None: every amount stays in the currency of its order alone


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The settings with their version; version 0 is what nobody has saved, the defaults."""

    chosen: GlobalSettings = dataclasses.field(default_factory=GlobalSettings)
    version: int = 0
    at: datetime | None = None
    because: str | None = None


async def in_force() -> InForce:
    """Return the global settings in force."""
    saved = await GlobalSettingsVersion.all().order_by("-version").first()
    return _read(saved) if saved else InForce()


async def is_read_only() -> bool:
    """Return whether nothing that changes something may be sent to Amazon."""
    return (await in_force()).chosen.read_only


async def base_currency() -> str | None:
    """Return the currency that new orders are counted in besides their own, None where none is."""
    return (await in_force()).chosen.base_currency


async def is_debugging() -> bool:
    """Return whether the service's log is to tell each call and each page as well."""
    return (await in_force()).chosen.debug_logging


async def read_only_since() -> InForce | None:
    """Return the version that switched the read-only mode on, None while it is off."""
    versions = await GlobalSettingsVersion.all().order_by("-version").limit(1000)
    switched: InForce | None = None
    for saved in versions:
        version = _read(saved)
        if not version.chosen.read_only:
            break
        switched = version
    return switched


async def save_in(
    unit: Change, *, patch: Mapping[str, object], expected_version: int | None = None, because: str | None = None
) -> InForce:
    """Save a new version inside the caller's change; a patch that changes nothing makes none, and is quiet.

    `because` says why the service itself saves it. Raises StaleVersion, RequiredInput or InvalidInput.
    """
    before = await in_force()
    if expected_version not in (None, before.version):
        raise StaleVersion(expected=expected_version, actual=before.version, path=("input", "expectedVersion"))
    after = changed(before.chosen, patch)
    names = [name for name in patch if getattr(before.chosen, name) != getattr(after, name)]
    if not names:
        unit.quiet()
        return before
    saved = await GlobalSettingsVersion.create(
        version=before.version + 1,
        values=dataclasses.asdict(after),
        because=because,
        actor_kind=unit.actor.kind,
        actor_name=unit.actor.name,
        at=unit.now,
    )
    changes = {graphql_name(name): [getattr(before.chosen, name), getattr(after, name)] for name in names}
    unit.event(
        Subject(),
        EventKind.SETTINGS_CHANGED,
        f"Global settings changed: {', '.join(changes)}.{f' {because}' if because else ''}",
        version=saved.version,
        changes=changes,
    )
    return _read(saved)


def changed(current: GlobalSettings, patch: Mapping[str, object]) -> GlobalSettings:
    """Return the settings after a patch; its keys are the names of the fields.

    Raises RequiredInput or InvalidInput, with the path of the field as the API names it.
    """
    return dataclasses.replace(current, **{name: _checked(name, value) for name, value in patch.items()})


def _checked(name: str, value: object) -> Any:
    path = ("input", "patch", graphql_name(name))
    if name not in _READ:
        raise InvalidInput("There is no such global setting.", path=path)
    if name == "base_currency":
        return _currency(value, path)
    if value is None:
        raise RequiredInput("This setting has no empty value; leave it out to keep it.", path=path)
    if _READ[name] is bool:
        if not isinstance(value, bool):
            raise InvalidInput("This setting is true or false.", path=path)
        return value
    try:
        return LogRetention(str(value))
    except ValueError:
        raise InvalidInput(f"This setting is one of {', '.join(LogRetention)}.", path=path) from None


def _currency(value: object, path: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    try:
        decimals_of(str(value))
    except UnknownCurrency as refusal:
        raise InvalidInput(refusal.message, path=path) from None
    return str(value)


def _same(value: Any) -> Any:
    return value


_READ: Final[Mapping[str, Any]] = {
    "log_retention": LogRetention,
    "read_only": bool,
    "debug_logging": bool,
    "base_currency": _same,
}


def _read(saved: GlobalSettingsVersion) -> InForce:
    values = {name: _READ[name](value) for name, value in saved.values.items() if name in _READ}
    return InForce(chosen=GlobalSettings(**values), version=saved.version, at=saved.at, because=saved.because)
