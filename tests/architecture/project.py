"""What the architecture tests look at: the files of the project, as git knows them."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("api", "domain", "simulator")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files of the project: those in git, and new ones that git does not ignore."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git clone: what belongs to the project is not known")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """Return the Python files in some folders of the project."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def named(file: Path) -> str:
    """Return a file's name as seen from the project's folder."""
    return file.relative_to(ROOT).as_posix()
