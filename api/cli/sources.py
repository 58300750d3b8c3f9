"""`orderlane sources`: listing, making, changing and ordering the sources of stock."""

from typing import Any, Final

from api.cli.asking import asking, asking_here
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, give_json, give_table

_FIELDS: Final = "code name country enabled priority isDefault"
_LIST: Final = f"{{ sources {{ {_FIELDS} }} }}"
_SAVE: Final = f"""mutation Save($input: SourceInput!) {{ saveSource(input: $input) {{
  source {{ {_FIELDS} }} affected {{ value }} errors {{ code message path }} }} }}"""
_ORDER: Final = f"""mutation Order($codes: [String!]!) {{ orderSources(codes: $codes) {{
  sources {{ {_FIELDS} }} errors {{ code message path }} }} }}"""


async def list_sources(*, url: str | None = None, json: bool = False) -> None:
    """List the sources of stock, in the order that goods are taken from them.

    Parameters
    ----------
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        _show((await asker.data(_LIST))["sources"], as_json=json)


async def save_sources(
    code: str,
    /,
    *,
    name: str | None = None,
    country: str | None = None,
    enable: bool = False,
    disable: bool = False,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Make a source of stock, or change the one of this code.

    Parameters
    ----------
    code
        Its code: small letters, digits, hyphens and underscores.
    name
        What people call it.
    country
        Where it is: a code of two letters, such as DE; empty for none.
    enable
        Have what lies there for sale; a new one is enabled.
    disable
        Keep what lies there, and do not sell it.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    if enable and disable:
        raise CommandFailed("--enable or --disable, not both.", code=Exit.WRONG_USAGE)
    wanted: dict[str, Any] = {"code": code, "name": name, "country": country}
    if enable or disable:
        wanted["enabled"] = enable
    async with asking(url) if url else asking_here() as asker:
        payload = await asker.payload("saveSource", _SAVE, {"input": wanted})
    if json:
        give_json(payload["source"])
        return
    state = "enabled" if payload["source"]["enabled"] else "disabled"
    give(f"Source {code} is {state}; {payload['affected']['value']} orders are evaluated again.")


async def order_sources(code: str, /, *codes: str, url: str | None = None, json: bool = False) -> None:
    """Say in which order goods are taken from the sources.

    Parameters
    ----------
    code
        The code of the first one.
    codes
        The codes of all others, in their order.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        payload = await asker.payload("orderSources", _ORDER, {"codes": [code, *codes]})
    _show(payload["sources"], as_json=json)


def _show(sources: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        give_json(sources)
        return
    lines = [
        (at, source["code"], source["name"], source["country"], _word(source["enabled"]), _word(source["isDefault"]))
        for at, source in enumerate(sources, 1)
    ]
    give_table(("order", "code", "name", "country", "enabled", "default"), lines)


def _word(flag: bool) -> str:
    return "yes" if flag else "no"
