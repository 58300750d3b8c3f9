"""`orderlane stores`: connecting, listing, pausing and resuming them."""

from pathlib import Path
from typing import Any

from api.cli.asking import asking, asking_here
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give_json, give_table, tell
from api.cli.store_figures import show_stores
from api.cli.times import instant_of
from api.configuration import environment_value
from api.settings import PREFIX
from domain.instant import to_text

__all__ = ["connect_stores", "list_stores", "pause_stores", "resume_stores", "show_stores"]

_STORE = "id name marketplaceId countryCode status cutoffAt lastSyncedAt"
_CONNECT = f"""mutation Connect($input: ConnectStoreInput!) {{
  connectStore(input: $input) {{ store {{ {_STORE} }} errors {{ code message path }} }}
}}"""
_PAUSE = f"mutation Pause($id: ID!) {{ pauseStore(storeId: $id) {{ store {{ {_STORE} }} errors {{ message }} }} }}"
_RESUME = f"mutation Resume($id: ID!) {{ resumeStore(storeId: $id) {{ store {{ {_STORE} }} errors {{ message }} }} }}"
_LIST = f"{{ stores {{ {_STORE} }} }}"
_TOKEN = f"{PREFIX}REFRESH_TOKEN"


async def connect_stores(
    *,
    name: str,
    marketplace: str,
    seller_id: str | None = None,
    import_from: str | None = None,
    contact_email: str | None = None,
    refresh_token_file: Path | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Connect a store; connected again, its credentials and name are renewed. Works beside a running service.

    The refresh token is read from --refresh-token-file, else from ORDERLANE_REFRESH_TOKEN; Amazon is asked whether it
    is good.

    Parameters
    ----------
    name
        What to call the store.
    marketplace
        Amazon's marketplace id, e.g. A1PA6795UKMFR9 for Germany.
    seller_id
        The seller's id at Amazon, by which stores of one seller are recognised.
    import_from
        Import orders placed from this time on, e.g. 2026-03-02T09:00:00Z; without it from now on.
    contact_email
        Whom to write to about the store.
    refresh_token_file
        A file that holds the refresh token.
    url
        Connect it to the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    given = {
        "name": name,
        "marketplaceId": marketplace,
        "sellerId": seller_id,
        "contactEmail": contact_email,
        "importFrom": to_text(instant_of(import_from, flag="--import-from")) if import_from else None,
        "refreshToken": _refresh_token(refresh_token_file),
    }
    values = {field: value for field, value in given.items() if value is not None}
    async with asking(url) if url else asking_here() as asker:
        payload = await asker.payload("connectStore", _CONNECT, {"input": values})
    _show([payload["store"]], as_json=json)
    tell(f"Connected {name}.")


async def list_stores(*, url: str | None = None, json: bool = False) -> None:
    """List the stores.

    Parameters
    ----------
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        stores = (await asker.data(_LIST))["stores"]
    _show(stores, as_json=json)


async def pause_stores(store: str, /, *, url: str | None = None, json: bool = False) -> None:
    """Pause a store: nothing of it is read any more, and what is queued for Amazon waits.

    Parameters
    ----------
    store
        The store's name or id.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    await _switch("pauseStore", _PAUSE, store, url=url, as_json=json)


async def resume_stores(store: str, /, *, url: str | None = None, json: bool = False) -> None:
    """Sync a paused store again, from where it stopped.

    Parameters
    ----------
    store
        The store's name or id.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    await _switch("resumeStore", _RESUME, store, url=url, as_json=json)


async def _switch(mutation: str, document: str, store: str, *, url: str | None, as_json: bool) -> None:
    async with asking(url) if url else asking_here() as asker:
        meant = [one for one in (await asker.data(_LIST))["stores"] if store in (one["id"], one["name"])]
        if len(meant) != 1:
            found = f"{len(meant)} stores are called" if meant else "There is no store called"
            raise CommandFailed(f"{found} {store!r}; `orderlane stores list` shows names and ids.")
        payload = await asker.payload(mutation, document, {"id": meant[0]["id"]})
    _show([payload["store"]], as_json=as_json)


def _refresh_token(file: Path | None) -> str:
    try:
        token = file.read_text(encoding="utf-8").strip() if file else environment_value("REFRESH_TOKEN")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandFailed(f"--refresh-token-file cannot be read: {error}.", code=Exit.CONFIGURATION) from None
    if file and not token:
        raise CommandFailed(f"--refresh-token-file: the file {file} is empty.", code=Exit.CONFIGURATION)
    if not token:
        raise CommandFailed(
            f"There is no refresh token: give --refresh-token-file FILE, or set {_TOKEN}.", code=Exit.CONFIGURATION
        )
    return token


def _show(stores: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        give_json(stores)
        return
    columns = ("id", "name", "marketplaceId", "countryCode", "status", "cutoffAt", "lastSyncedAt")
    give_table(columns, [[store[column] for column in columns] for store in stores])
