"""The reference pages of the documentation, written from the program: `python -m api.cli.reference`."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cyclopts import App
from pydantic import SecretStr
from rich.console import Console

from api.cli.actions_page import actions_page
from api.cli.commands import build, with_full_help
from api.settings import MAKE_A_KEY, PREFIX, SECRETS, Settings

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
_WIDTH: Final = 100
_NOTE: Final = "Written by `python -m api.cli.reference`; change the program, not this page."


def cli_page() -> str:
    """Return the page with every command's help."""
    sections = [f"## `{' '.join(words)}`\n\n```\n{help_of(words[1:])}\n```\n" for words in _command_lines()]
    return "\n".join(["# Commands", "", f"{_NOTE}", "", *_endings(), "", *sections])


def configuration_page() -> str:
    """Return the page with every setting."""
    lines = [
        "# Configuration",
        "",
        _NOTE,
        "",
        "Later places win: defaults, `orderlane.toml`, `.env`, the environment, flags. `orderlane config show` prints",
        "every setting with the place it came from. A name that is not a setting is an error, wherever it stands.",
        "",
        "| in `orderlane.toml` | in `.env` and the environment | default | meaning |",
        "|---|---|---|---|",
        *(_setting_line(name) for name in Settings.model_fields),
        "",
        "A secret may stand in a file of its own: add `_file` or `_FILE` to its name, and give the file's path.",
        "A key is made by",
        "",
        "```sh",
        MAKE_A_KEY,
        "```",
        "",
        f"`{PREFIX}REFRESH_TOKEN` is read by `orderlane stores connect` alone.",
        "",
    ]
    return "\n".join(lines)


def help_of(words: list[str]) -> str:
    """Return a command's help as plain text."""
    text = io.StringIO()
    app = with_full_help(build(), words)
    app.help_print(words, console=Console(file=text, width=_WIDTH, no_color=True, legacy_windows=False))
    return "\n".join(line.rstrip() for line in text.getvalue().strip().splitlines())


def _command_lines() -> Iterator[list[str]]:
    app = build()
    yield ["orderlane"]
    for name in _names(app):
        yield ["orderlane", name]
        for part in _names(app[name]):
            yield ["orderlane", name, part]


def _names(app: App) -> list[str]:
    return sorted(name for name in app if not name.startswith("-"))


def _endings() -> list[str]:
    return [
        "Answers go to stdout, words about them to stderr. Exit codes: 0 done, 1 failed or refused, 2 wrong usage,",
        "3 done but orders are blocked, 75 Amazon or the service cannot be reached now, 78 the configuration cannot",
        "be used, 130 interrupted, 143 terminated.",
    ]


def _setting_line(name: str) -> str:
    field = Settings.model_fields[name]
    shown = "" if field.default is None or isinstance(field.default, SecretStr) else f"`{field.default}`"
    note = " A secret." if name in SECRETS else ""
    return f"| `{name}` | `{PREFIX}{name.upper()}` | {shown} | {field.description}{note} |"


def pages() -> dict[str, str]:
    """Return the generated pages by file name."""
    return {"actions.md": actions_page(_NOTE), "cli.md": cli_page(), "configuration.md": configuration_page()}


if __name__ == "__main__":
    for file_name, text in pages().items():
        (DOCS / file_name).write_text(text, encoding="utf-8")
