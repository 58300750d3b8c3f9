"""What `orderlane doctor` looks at: each finding says how it stands, and a bad one how to mend it."""

import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from api.app import Running, running
from api.configuration import Loaded
from api.database import WorkerAlreadyRunning, pending_migrations, read_rows, worker_role
from api.database.configuration import file_of
from api.settings import ConfigurationError
from domain.accounts.credentials import refresh_token_of
from domain.accounts.global_settings import read_only_since
from domain.accounts.records import Account, Store, StoreState
from domain.accounts.service_records import CommunicationError
from domain.errors import CredentialsRejected, MarketplaceError
from domain.instant import to_text
from domain.sealing import CannotUnseal

MOST_SKEW: Final = timedelta(seconds=60)
STALE_AFTER: Final = timedelta(minutes=15)
OLDEST_PYTHON: Final = (3, 11)


class Health(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    LOOK = "look"  # works, but a person should look
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about one thing, and what mends it."""

    about: str
    health: Health
    says: str
    fix: str | None = None


def look_at_machine(loaded: Loaded) -> Iterator[Finding]:
    """Look at Python, the configuration, the key and the port."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < OLDEST_PYTHON
    yield Finding("Python", Health.BAD if old else Health.GOOD, version, "Use Python 3.11 or newer." if old else None)
    changed = [f"{name} ({origin})" for name, origin in loaded.origins.items() if origin != "default"]
    yield Finding("configuration", Health.GOOD, ", ".join(changed) or "all defaults")
    yield _of_setting("secret key", loaded.settings.key_bytes, "set; it seals credentials and buyer data")
    yield _of_setting(
        "application", lambda: loaded.settings.application(required=True), "client id and secret are there"
    )
    yield _of_port(loaded)


async def look_at_database(loaded: Loaded) -> Finding:
    """Look whether the database is there and its tables are those of this version."""
    url = loaded.settings.database_url
    file = file_of(url)
    if not file.exists():
        return Finding("database", Health.LOOK, f"{file} is not there yet", "It is made by `orderlane migrate`.")
    if pending := await pending_migrations(url):
        return Finding(
            "database", Health.BAD, f"{file}: {len(pending)} migrations are missing", "Run `orderlane migrate`."
        )
    return Finding("database", Health.GOOD, f"{file}, tables are current")


def look_at_worker(loaded: Loaded) -> Finding:
    """Look whether a process syncs and delivers on the database."""
    try:
        with worker_role(loaded.settings.database_url):
            pass
    except WorkerAlreadyRunning:
        return Finding("worker", Health.GOOD, "a service works on this database")
    return Finding("worker", Health.LOOK, "nothing syncs or delivers", "Start `orderlane serve`.")


async def look_inside(loaded: Loaded, *, asks_amazon: bool) -> AsyncIterator[Finding]:
    """Look at the stores, at what waits, and, unless told otherwise, at what Amazon says of each account."""
    async with running(loaded.settings) as joined:
        accounts = await Account.all().order_by("id")
        if not accounts:
            yield Finding("stores", Health.LOOK, "none is connected", "Run `orderlane stores connect`.")
        for account in accounts:
            yield await _of_account(joined, account) if asks_amazon else _of_key(joined, account)
        for store in await Store.all().order_by("id"):
            yield _of_store(joined, store)
        async for finding in _of_work():
            yield finding


def _of_setting(about: str, ask: Callable[[], object], says: str) -> Finding:
    try:
        ask()
    except ConfigurationError as error:
        return Finding(about, Health.BAD, "missing or unusable", str(error))
    return Finding(about, Health.GOOD, says)


def _of_port(loaded: Loaded) -> Finding:
    host, port = loaded.settings.host, loaded.settings.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fix = "Fine if that is our own service; else choose another with --port or ORDERLANE_PORT."
            return Finding("port", Health.LOOK, f"{host}:{port} cannot be taken: {error.strerror}", fix)
    return Finding("port", Health.GOOD, f"{host}:{port} is free")


def _of_key(joined: Running, account: Account) -> Finding:
    try:
        refresh_token_of(account=account, sealer=joined.service.sealer)
    except CannotUnseal:
        return Finding(
            f"account {account.id}",
            Health.BAD,
            "its credentials were sealed with another key",
            "Set ORDERLANE_SECRET_KEY to the key of then, or connect its stores again.",
        )
    return Finding(f"account {account.id}", Health.GOOD, "its credentials can be opened; Amazon was not asked")


async def _of_account(joined: Running, account: Account) -> Finding:
    opened, about = _of_key(joined, account), f"account {account.id}"
    if opened.health is Health.BAD:
        return opened
    token = refresh_token_of(account=account, sealer=joined.service.sealer)
    try:
        verified = await joined.service.credentials.verify(region=account.region, refresh_token=token)
    except CredentialsRejected:
        return Finding(
            about,
            Health.BAD,
            "Amazon does not accept its refresh token",
            "Connect its stores again with a new one: `orderlane stores connect`.",
        )
    except MarketplaceError as error:
        return Finding(about, Health.BAD, error.message, "Look whether Amazon can be reached from here, and try again.")
    skew = abs(verified.at - joined.service.clock.now())
    if skew > MOST_SKEW:
        return Finding(
            about,
            Health.LOOK,
            f"Amazon answers; its clock and ours are {skew.total_seconds():.0f} s apart",
            "Set this machine's clock by NTP.",
        )
    sells_on = sum(one.is_participating for one in verified.participations)
    return Finding(about, Health.GOOD, f"Amazon answers; it sells on {sells_on} marketplaces there")


def _of_store(joined: Running, store: Store) -> Finding:
    about = f"store {store.name}"
    if store.state is not StoreState.ACTIVE:
        return Finding(about, Health.LOOK, store.state.value.lower(), "Resume it: `orderlane stores resume`.")
    if store.last_synced_at is None:
        return Finding(about, Health.LOOK, "never synced", "Start `orderlane serve`, or run `orderlane sync`.")
    age = joined.service.clock.now() - store.last_synced_at
    if age > STALE_AFTER:
        minutes = int(age.total_seconds() // 60)
        return Finding(
            about, Health.LOOK, f"last synced {minutes} minutes ago", "Start `orderlane serve`; look at its sync runs."
        )
    return Finding(about, Health.GOOD, "synced lately")


async def _of_work() -> AsyncIterator[Finding]:
    blocked = await _count("amazon_order WHERE import_state = 'BLOCKED'")
    yield _waiting("orders", blocked, "blocked", "See `orderlane orders list --blocked`.")
    failed = await _count("command WHERE state IN ('REFUSED', 'PARKED', 'DEAD')")
    yield _waiting("messages to Amazon", failed, "refused or parked", "See the query `attention`; retry or give up.")
    opened = await _count("attention WHERE state = 'OPEN'")
    yield _waiting("attention", opened, "open", "See the query `attention`.")
    yield await _of_mode()
    yield await _of_calls()


async def _of_mode() -> Finding:
    switched = await read_only_since()
    if switched is None:
        return Finding("read-only mode", Health.GOOD, "off")
    held = await _count("command WHERE state = 'HELD'")
    fix = f"{switched.because or ''} Let them go: `orderlane config read-only off`.".strip()
    return Finding("read-only mode", Health.LOOK, f"on; {held} messages to Amazon are held back", fix)


async def _of_calls() -> Finding:
    latest = await CommunicationError.all().order_by("-last_at").first()
    if latest is None:
        return Finding("calls to Amazon", Health.GOOD, "no failure is in the log")
    often = f", {latest.times} times" if latest.times > 1 else ""
    says = f"latest failure {to_text(latest.last_at)}{often}: {latest.operation}: {latest.message} ({latest.code})"
    return Finding("calls to Amazon", Health.LOOK, says, "See the query `communicationErrors`.")


async def _count(what: str) -> int:
    return int((await read_rows(f"SELECT COUNT(*) AS found FROM {what}"))[0]["found"])


def _waiting(about: str, count: int, words: str, fix: str) -> Finding:
    return Finding(about, Health.LOOK if count else Health.GOOD, f"{count} {words}", fix if count else None)
