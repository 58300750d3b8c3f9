"""Reading and saving the mail settings of a store: every saved version stays, the newest one counts.

They are apart from the order settings: those are locked while importing is off, and saving them evaluates all waiting
orders again, neither of which has anything to do with e-mails.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tortoise.expressions import RawSQL

from domain.accounts.records import Store, StoreState
from domain.change import Change, change
from domain.commerce.mail_records import MailSettingsVersion
from domain.commerce.mail_rules import EVERY_KIND, MailKind, MailSettings, checked_address
from domain.errors import ActionNotAllowed, InvalidInput, NotFound, StaleVersion
from domain.plain_text import is_plain
from domain.timeline import Actor, EventKind, Subject

MOST_COPIES: Final = 10

_LATER: Final = RawSQL(
    'EXISTS (SELECT 1 FROM mail_settings later WHERE later.store_id = "mail_settings"."store_id" '
    'AND later.version > "mail_settings"."version")'
)
_LONGEST_NAME: Final = 100
_PATCH: Final = ("input", "patch")
_CHUNK: Final = 500


async def mail_settings_of(store_id: int) -> tuple[int, MailSettings]:
    """Return a store's mail settings with their version; version 0 are those from the start."""
    return (await mail_settings_of_stores([store_id]))[store_id]


async def mail_settings_of_stores(store_ids: Iterable[int]) -> dict[int, tuple[int, MailSettings]]:
    """Return the mail settings of many stores with their versions."""
    ids = sorted(set(store_ids))
    found = {store_id: (0, MailSettings()) for store_id in ids}
    for start in range(0, len(ids), _CHUNK):
        newest = MailSettingsVersion.annotate(later=_LATER).filter(
            store_id__in=ids[start : start + _CHUNK], later=False
        )
        for row in await newest:
            found[row.store_id] = (row.version, from_values(row.values))
    return found


async def update_mail_settings(
    *, store_id: int, patch: Mapping[str, Any], expected_version: int | None, now: datetime, actor: Actor
) -> tuple[int, MailSettings]:
    """Save a new version of a store's mail settings; the patch's keys are the names of the fields.

    A patch that changes nothing makes no version. Raises NotFound, StaleVersion, ActionNotAllowed or InvalidInput.
    """
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        store = await Store.select_for_update().get_or_none(id=store_id)
        if store is None:
            raise NotFound("There is no such store.", path=("input", "storeId"))
        if store.state is StoreState.DELETING:
            raise ActionNotAllowed(
                "The store is being deleted.",
                action="UPDATE_MAIL_SETTINGS",
                current_status=store.state.value,
                path=("input", "storeId"),
            )
        version, current = await mail_settings_of(store_id)
        if expected_version not in (None, version):
            raise StaleVersion(expected=expected_version, actual=version, path=("input", "expectedVersion"))
        after = changed_mail_settings(current, patch)
        if after == current:
            return version, current
        await _save(unit, store, version + 1, after)
        return version + 1, after


def changed_mail_settings(current: MailSettings, patch: Mapping[str, Any]) -> MailSettings:
    """Return the settings after a patch.

    Raises InvalidInput, with the path of the field as the API names it.
    """
    values: dict[str, Any] = {}
    if "sender_name" in patch:
        values["sender_name"] = _name(patch["sender_name"])
    if "sender_address" in patch:
        address = (patch["sender_address"] or "").strip()
        values["sender_address"] = checked_address(address, (*_PATCH, "senderAddress")) if address else None
    if "copy_to" in patch:
        values["copy_to"] = _copies(patch["copy_to"] or ())
    if "enabled" in patch:
        values["enabled"] = {**current.enabled, **patch["enabled"]}
    return replace(current, **values)


def to_values(settings: MailSettings) -> dict[str, Any]:
    """Return what is stored of one version."""
    return {
        "sender_name": settings.sender_name,
        "sender_address": settings.sender_address,
        "copy_to": list(settings.copy_to),
        "enabled": {kind.value: on for kind, on in settings.enabled.items()},
    }


def from_values(values: Mapping[str, Any]) -> MailSettings:
    """Read a stored version; a kind that came later is as it is from the start."""
    return MailSettings(
        sender_name=values["sender_name"],
        sender_address=values["sender_address"],
        copy_to=tuple(values["copy_to"]),
        enabled={kind: values["enabled"].get(kind.value, on) for kind, on in EVERY_KIND.items()},
    )


def _name(name: str | None) -> str | None:
    text = (name or "").strip()
    if len(text) > _LONGEST_NAME or not is_plain(text):
        raise InvalidInput(
            f"A name has at most {_LONGEST_NAME} characters, none of them a line break.", path=(*_PATCH, "senderName")
        )
    return text or None


def _copies(addresses: Sequence[str]) -> tuple[str, ...]:
    path = (*_PATCH, "copyTo")
    copies = [checked_address(address.strip(), (*path, str(at))) for at, address in enumerate(addresses)]
    if len(copies) > MOST_COPIES:
        raise InvalidInput(f"Copies go to at most {MOST_COPIES} addresses.", path=path)
    return tuple(dict.fromkeys(copies))


async def _save(unit: Change, store: Store, version: int, after: MailSettings) -> None:
    await MailSettingsVersion.create(
        store_id=store.id,
        account_id=store.account_id,
        version=version,
        values=to_values(after),
        actor_kind=unit.actor.kind.value,
        actor_name=unit.actor.name,
        at=unit.now,
    )
    on = [kind.value for kind in MailKind if after.enabled[kind]]
    unit.event(
        Subject(store.account_id, store.id),
        EventKind.SETTINGS_CHANGED,
        f"Mail settings changed; on are: {', '.join(on) or 'no e-mails'}.",
        mail_settings_version=version,
    )
