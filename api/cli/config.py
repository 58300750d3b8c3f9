"""`orderlane config`: every setting with its value and where that comes from, and the settings of the whole service."""

from typing import Final, Literal

from api.cli.asking import asking, asking_here
from api.cli.output import give_json, give_table, tell
from api.configuration import load_settings
from api.settings import Settings

_MODE: Final = "version readOnly { enabled since because held { value } heldEmails { value } }"
_SAVE: Final = f"""mutation Save($input: UpdateGlobalSettingsInput!) {{ updateGlobalSettings(input: $input) {{
  settings {{ {_MODE} }} errors {{ code message path }} }} }}"""
_SAVE_BASE: Final = """mutation Save($input: UpdateGlobalSettingsInput!) { updateGlobalSettings(input: $input) {
  settings { baseCurrency } errors { code message path } } }"""
_SAVE_DEBUG: Final = _SAVE_BASE.replace("baseCurrency", "debugLogging")
_ASK: Final = f"{{ globalSettings {{ {_MODE} }} }}"


def show_config(*, json: bool = False) -> None:
    """Print every setting and where its value comes from; of a secret only that it is set.

    Parameters
    ----------
    json
        Print JSON.
    """
    loaded = load_settings()
    shown = {name: _shown(loaded.settings, name) for name in Settings.model_fields}
    if json:
        give_json({name: {"value": value, "origin": loaded.origins[name]} for name, value in shown.items()})
        return
    give_table(("setting", "value", "origin"), [(name, value, loaded.origins[name]) for name, value in shown.items()])


async def read_only_config(
    state: Literal["on", "off"] | None = None, /, *, url: str | None = None, json: bool = False
) -> None:
    """Switch the read-only mode on or off, or show it: in it nothing that changes something is sent to Amazon.

    E-mails to buyers and webhooks wait as well. What people do meanwhile is recorded and held back; switched off, all
    of it goes out in its order. In a copy of a database that still works elsewhere that would do everything twice.
    Works beside a running service.

    Parameters
    ----------
    state
        on or off; without it the mode is shown.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        if state is None:
            settings = (await asker.data(_ASK))["globalSettings"]
        else:
            given = {"input": {"patch": {"readOnly": state == "on"}}}
            settings = (await asker.payload("updateGlobalSettings", _SAVE, given))["settings"]
    mode = settings["readOnly"]
    if json:
        give_json(mode)
        return
    give_table(
        ("read-only mode", "since", "messages held back", "e-mails held back"),
        [("on" if mode["enabled"] else "off", mode["since"], mode["held"]["value"], mode["heldEmails"]["value"])],
    )
    if mode["because"]:
        tell(mode["because"])


async def base_currency_config(currency: str | None = None, /, *, url: str | None = None, json: bool = False) -> None:
    """Set the base currency, or show it: orders that are made from then on are counted in it by the stored rates.

    An order of another currency then needs a rate to be imported (`orderlane rates set`). Orders that are made already
    get no amounts in it.

    Parameters
    ----------
    currency
        A code such as EUR, or off for none; without it the present one is shown.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        if currency is None:
            settings = (await asker.data("{ globalSettings { baseCurrency } }"))["globalSettings"]
        else:
            code = None if currency.lower() == "off" else currency.upper()
            given = {"input": {"patch": {"baseCurrency": code}}}
            settings = (await asker.payload("updateGlobalSettings", _SAVE_BASE, given))["settings"]
    if json:
        give_json(settings)
        return
    give_table(("base currency",), [(settings["baseCurrency"] or "off",)])


async def debug_logging_config(
    state: Literal["on", "off"] | None = None, /, *, url: str | None = None, json: bool = False
) -> None:
    """Let the log of the service tell each call to Amazon and each page of orders too, or no longer, or show it.

    A running service follows within 10 seconds. The log never holds buyer data.

    Parameters
    ----------
    state
        on or off; without it the present state is shown.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        if state is None:
            settings = (await asker.data("{ globalSettings { debugLogging } }"))["globalSettings"]
        else:
            given = {"input": {"patch": {"debugLogging": state == "on"}}}
            settings = (await asker.payload("updateGlobalSettings", _SAVE_DEBUG, given))["settings"]
    if json:
        give_json(settings)
        return
    give_table(("debug logging",), [("on" if settings["debugLogging"] else "off",)])


def _shown(settings: Settings, name: str) -> object:
    return settings.model_dump(mode="json")[name]
