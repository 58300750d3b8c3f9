"""`orderlane migrate`: the database's tables brought up to date."""

from api.cli.output import give, tell
from api.configuration import load_settings
from api.database import migrate_database


async def migrate(*, database_url: str | None = None) -> None:
    """Bring the database's tables up to date; safe to run beside a running service.

    Parameters
    ----------
    database_url
        Another database than the configured one.
    """
    settings = load_settings(flags={"database_url": database_url}).settings
    applied = await migrate_database(settings.database_url)
    for name in applied:
        give(name)
    tell(f"Applied {len(applied)} migrations." if applied else "The tables are up to date.")
