"""`orderlane config show`: every setting, its value, and where that comes from."""

from api.cli.output import give_json, give_table
from api.configuration import load_settings
from api.settings import Settings


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


def _shown(settings: Settings, name: str) -> object:
    return settings.model_dump(mode="json")[name]
