"""What the architecture tests look at: the files of the project."""

import re
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("api", "domain", "simulator")
FOLDERS: Final = (*PACKAGES, "tests", "docs", "bench", ".ci")
LOCAL: Final = re.compile(r"^(\.coverage|\.env|\.git$|orderlane\.toml)|\.db")
"""Plain files that a person's own work leaves beside the project; git ignores them too."""


@cache
def project_files() -> tuple[Path, ...]:
    """Return the files of the project: its folders, and the plain files beside them."""
    beside = [file for file in ROOT.iterdir() if file.is_file() and not LOCAL.search(file.name)]
    inside = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*") if file.is_file()]
    return tuple(sorted(file for file in beside + inside if "__pycache__" not in file.parts))


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in some folders of the project."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def named(file: Path) -> str:
    """Return a file's name as seen from the project's folder."""
    return file.relative_to(ROOT).as_posix()
