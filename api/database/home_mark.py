"""The mark beside the database file by which a copy of the file is told from it."""

import os
import secrets
from hashlib import blake2b
from pathlib import Path

from api.database.configuration import file_of


def home_of(url: str, *, instance: str | None) -> str:
    """Return a text that no other installation has, made of a mark beside the database and the installation's name.

    The mark is made if it is missing: whoever copies the database file alone does not take it along. Only for the
    process that has the worker's role.
    """
    file = Path(f"{file_of(url)}.home")
    if not file.exists():
        new = file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(16), "ascii")
        os.replace(new, file)
    mark = file.read_text("ascii").strip()
    return blake2b(f"{mark} {instance or ''}".encode(), digest_size=16).hexdigest()
