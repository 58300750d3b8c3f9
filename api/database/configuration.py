"""What a database URL means: the file, its two connections, and the models kept in it."""

import os
from pathlib import Path
from typing import Any, Final

from tortoise.exceptions import ConfigurationError

APP: Final = "models"
MODELS: Final = (
    "domain.timeline",
    "domain.buyers",
    "domain.buyer_index",
    "domain.export_tickets",
    "domain.idempotency",
    "domain.accounts.currency_records",
    "domain.accounts.order_statuses",
    "domain.accounts.records",
    "domain.accounts.saved_views",
    "domain.accounts.service_records",
    "domain.amazon.records",
    "domain.catalog.import_records",
    "domain.catalog.listing_records",
    "domain.catalog.records",
    "domain.catalog.source_records",
    "domain.commerce.customer_records",
    "domain.commerce.mail_records",
    "domain.commerce.records",
    "domain.commerce.workflow_records",
    "domain.channel.adoption_records",
    "domain.channel.records",
    "domain.outward.records",
)
ENGINE: Final = "api.database.safe_sqlite"
_SCHEME: Final = "sqlite://"


def file_of(url: str) -> Path:
    """Return the file of a URL such as sqlite://orderlane.db or sqlite:///var/lib/orderlane.db.

    Raises ConfigurationError for any other database, for one in memory, and for a folder that does not exist.
    """
    if url.startswith(("postgres://", "postgresql://")):
        raise ConfigurationError("PostgreSQL is not supported yet; use sqlite://FILE.")
    path = url.removeprefix(_SCHEME)
    if path == url or not path or "?" in path:
        raise ConfigurationError("The database URL has to be of the form sqlite://FILE, without options.")
    if path == ":memory:":
        raise ConfigurationError("A database in memory cannot be read beside the writer; name a file.")
    file = Path(path).absolute()
    if not file.parent.is_dir():
        raise ConfigurationError(f"The folder {file.parent} for the database does not exist; create it first.")
    return file


def tortoise_configuration(file: Path) -> dict[str, Any]:
    """Return Tortoise's configuration: the writer, called default, and two readers on the same file.

    One reads what is committed, statement by statement; the other one keeps a moment, and is opened when it is needed.
    """
    reader = {"engine": ENGINE, "credentials": {"file_path": str(file), "read_only": True}}
    return {
        "connections": {
            "default": {"engine": ENGINE, "credentials": {"file_path": str(file)}},
            "read": reader,
            "moment": reader,
        },
        "apps": {
            APP: {"models": list(MODELS), "default_connection": "default", "migrations": "domain.migrations"},
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def create_private(file: Path) -> None:
    """Create the file, readable by its owner alone, if there is none; SQLite's side files inherit that."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
