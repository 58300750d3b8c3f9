"""Reading the settings from every place they may stand in, and remembering which."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import DotEnvSettingsSource, EnvSettingsSource, TomlConfigSettingsSource

from api.settings import PREFIX, SECRETS, ConfigurationError, Settings

TOML_FILE: Final = "orderlane.toml"
DOTENV_FILE: Final = ".env"
NOT_SETTINGS: Final = frozenset({"refresh_token", "shared"})
"""Names under our prefix that are read elsewhere: by `stores connect` and by the tests."""


@dataclass(frozen=True)
class Loaded:
    """The settings, and per key the place its value came from."""

    settings: Settings
    origins: Mapping[str, str]


def load_settings(*, flags: Mapping[str, object] | None = None) -> Loaded:
    """Read defaults, `orderlane.toml`, `.env` and the environment of the current folder, then flags; the last one wins.

    Raises ConfigurationError for unknown keys, unreadable files and values that do not fit.
    """
    values: dict[str, Any] = {}
    origins = dict.fromkeys(Settings.model_fields, "default")
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    for origin, layer in (*_stored_layers(), ("flag", given)):
        values |= layer
        origins |= dict.fromkeys(layer, origin)
    try:
        return Loaded(settings=Settings(**values), origins=origins)
    except ValidationError as error:
        raise ConfigurationError(_in_words(error, origins)) from None


def _stored_layers() -> list[tuple[str, dict[str, Any]]]:
    return [
        (TOML_FILE, _known(_toml(), origin=TOML_FILE, prefix="")),
        (
            DOTENV_FILE,
            _known(
                _prefixed(DotEnvSettingsSource(Settings, env_file=DOTENV_FILE).env_vars),
                origin=DOTENV_FILE,
                prefix=PREFIX,
            ),
        ),
        (
            "environment",
            _known(_prefixed(EnvSettingsSource(Settings).env_vars), origin="the environment", prefix=PREFIX),
        ),
    ]


def _toml() -> Mapping[str, Any]:
    try:
        return TomlConfigSettingsSource(Settings, toml_file=TOML_FILE).toml_data
    except ValueError as error:
        raise ConfigurationError(f"{TOML_FILE} is not valid TOML: {error}.") from None


def _prefixed(variables: Mapping[str, str | None]) -> dict[str, Any]:
    start = PREFIX.lower()
    found = {
        name.lower().removeprefix(start): value for name, value in variables.items() if name.lower().startswith(start)
    }
    return {name: value for name, value in found.items() if name not in NOT_SETTINGS}


def _known(layer: Mapping[str, Any], *, origin: str, prefix: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in layer.items():
        secret = name.removesuffix("_file")
        if name in Settings.model_fields:
            values[name] = value
        elif secret in SECRETS:
            values[secret] = _from_file(str(value), key=_spelled(name, prefix))
        else:
            raise ConfigurationError(_unknown(name, origin=origin, prefix=prefix))
    return values


def _from_file(path: str, *, key: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{key} names a file that cannot be read: {error}.") from None


def _unknown(name: str, *, origin: str, prefix: str) -> str:
    known = [*Settings.model_fields, *(f"{secret}_file" for secret in sorted(SECRETS))]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {_spelled(close[0], prefix)}?" if close else " `orderlane config show` lists the known ones."
    return f"{_spelled(name, prefix)} in {origin} is not a setting.{hint}"


def _spelled(name: str, prefix: str) -> str:
    return f"{prefix}{name.upper()}" if prefix else name


def _in_words(error: ValidationError, origins: Mapping[str, str]) -> str:
    found = [
        (str(entry["loc"][0]), entry["msg"].removeprefix("Value error, "))
        for entry in error.errors(include_input=False, include_url=False)
    ]
    return "\n".join(f"{name} (from {origins.get(name, 'default')}): {words}." for name, words in found)


def environment_value(name: str) -> str | None:
    """Return a variable under our prefix that is not a setting, or None if it is unset or blank."""
    return os.environ.get(PREFIX + name) or None
