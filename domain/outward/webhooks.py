"""Addresses that are told of what happens to orders."""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from tortoise.exceptions import IntegrityError

from domain.accounts.records import Store
from domain.change import Change, change
from domain.errors import Duplicate, InvalidInput, LimitExceeded, NotFound, RequiredInput
from domain.outward.records import Webhook, WebhookDelivery, WebhookState
from domain.plain_text import is_plain
from domain.sealing import Sealer
from domain.timeline import Actor, Event, EventKind

MOST_WEBHOOKS: Final = 20
SECRET_BYTES: Final = 32
_LONGEST_NAME: Final = 100
_LONGEST_URL: Final = 1000
_ODD: Final = re.compile(r"[\x00-\x20\x7f-\x9f\\]")

_Path: TypeAlias = tuple[str, ...]


async def create_webhook(
    *,
    name: str,
    url: str,
    kinds: Sequence[EventKind],
    store_id: int | None,
    secret: bytes,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Webhook:
    """Tell an address of what happens from now on; `secret` signs it and is kept sealed.

    Raises RequiredInput, InvalidInput or Duplicate for name or URL, NotFound for the store, LimitExceeded beyond 20
    webhooks.
    """
    name, url = _checked_name(name), _checked_url(url)
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        if store_id is not None and not await Store.exists(id=store_id):
            raise NotFound("There is no such store.", path=("input", "storeId"))
        if await Webhook.all().count() >= MOST_WEBHOOKS:
            raise LimitExceeded(f"There are at most {MOST_WEBHOOKS} webhooks; delete one.", path=("input",))
        newest = await Event.all().order_by("-id").first()
        hook = Webhook(
            name=name,
            url=url,
            kinds=_words(kinds),
            secret=b"",
            store_id=store_id,
            state=WebhookState.ACTIVE,
            position=newest.id if newest else 0,
            created_at=now,
        )
        await _save(unit, hook)
        hook.secret = sealer.seal(secret, row=row_of(hook.id))
        await hook.save(update_fields=["secret"])
        return hook


async def change_webhook(
    *,
    webhook_id: int,
    name: str | None,
    url: str | None,
    kinds: Sequence[EventKind] | None,
    state: WebhookState | None,
    now: datetime,
    actor: Actor,
) -> Webhook:
    """Change what is given; a paused webhook gets what happened meanwhile once it is active again.

    Raises NotFound, or RequiredInput, InvalidInput or Duplicate for name or URL.
    """
    given = {
        "name": None if name is None else _checked_name(name),
        "url": None if url is None else _checked_url(url),
        "kinds": None if kinds is None else _words(kinds),
        "state": state,
    }
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        hook = await _found(webhook_id, path=("input", "webhookId"))
        await _save(unit, hook.update_from_dict({key: value for key, value in given.items() if value is not None}))
        return hook


async def renew_secret(*, webhook_id: int, secret: bytes, now: datetime, actor: Actor, sealer: Sealer) -> Webhook:
    """Sign with another secret from now on. Raises NotFound."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        hook = await _found(webhook_id)
        hook.secret = sealer.seal(secret, row=row_of(hook.id))
        await hook.save(update_fields=["secret"])
        return hook


async def delete_webhook(*, webhook_id: int, now: datetime, actor: Actor) -> None:
    """Tell an address nothing more, and forget what was sent to it. Raises NotFound."""
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        hook = await _found(webhook_id)
        await WebhookDelivery.filter(webhook_id=hook.id).delete()
        await hook.delete()


def row_of(webhook_id: int) -> str:
    """Return the row that a webhook's secret is sealed for."""
    return f"webhook:{webhook_id}"


def spelled(secret: bytes) -> str:
    """Return a secret as receivers take it (Standard Webhooks, Symmetric secrets)."""
    return f"whsec_{b64encode(secret).decode()}"


async def _found(webhook_id: int, *, path: tuple[str, ...] = ("webhookId",)) -> Webhook:
    hook = await Webhook.filter(id=webhook_id).select_for_update().first()
    if hook is None:
        raise NotFound("There is no such webhook.", path=path)
    return hook


async def _save(unit: Change, hook: Webhook) -> None:
    try:
        async with unit.savepoint():
            await hook.save()
    except IntegrityError:
        raise Duplicate("There is a webhook of this name; change that one.", path=("input", "name")) from None


def _words(kinds: Sequence[EventKind]) -> list[str]:
    return [kind.value for kind in dict.fromkeys(kinds)]


def _checked_name(name: str) -> str:
    path = ("input", "name")
    if not (text := name.strip()):
        raise RequiredInput("A webhook needs a name, by which people know it.", path=path)
    if len(text) > _LONGEST_NAME or not is_plain(text):
        raise InvalidInput(f"A name is one line of at most {_LONGEST_NAME} characters.", path=path)
    return text


def _checked_url(url: str) -> str:
    """Return an address that may be told: by HTTPS anywhere, by HTTP only on this machine."""
    path: _Path = ("input", "url")
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no port
    except ValueError:
        raise InvalidInput("This is not a web address.", path=path) from None
    if not parts.hostname or _ODD.search(url) or len(url) > _LONGEST_URL:
        raise InvalidInput(f"This has to be a web address of at most {_LONGEST_URL} characters.", path=path)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidInput("The address carries a name, a password or a fragment; leave it out.", path=path)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise InvalidInput("The address has to begin with https://; http:// only goes to this machine.", path=path)
    return url


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
