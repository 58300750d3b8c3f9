"""`orderlane serve`: the service, against the Amazon that is configured."""

from typing import Annotated

from cyclopts import Parameter

from api.cli.output import give, tell
from api.cli.ports import Port
from api.cli.stopping import stopping
from api.configuration import load_settings


async def serve(
    *,
    host: str | None = None,
    port: Port | None = None,
    database_url: str | None = None,
    worker: Annotated[bool, Parameter(negative="--no-worker")] = True,
) -> int:
    """Run the service until it is stopped: the API, and the worker that syncs and delivers.

    Parameters
    ----------
    host
        The address to listen on, instead of the configured one. There are no passwords: only trusted networks.
    port
        The port to listen on, instead of the configured one; 0 picks a free one.
    database_url
        Another database than the configured one.
    worker
        Whether to sync and deliver too, or to serve the API alone.
    """
    from api.app import create_app, running
    from api.logs import log_to
    from api.serving import serving

    settings = load_settings(flags={"host": host, "port": port, "database_url": database_url}).settings
    log_to()
    async with (
        stopping() as stop,
        running(settings, migrate=True, works=worker) as joined,
        serving(create_app(joined), host=settings.host, port=settings.port) as url,
    ):
        give(url)
        tell(f"Orderlane answers at {url}/graphql. Ctrl-C ends it.")
        if settings.host not in ("127.0.0.1", "::1", "localhost"):
            tell("Whoever reaches this address can read buyers' addresses and ship orders: put a login before it.")
        return await stop.wait()
