"""The whole service: the one place where its parts are joined."""

import asyncio
import logging
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.routing import Route

from api.amazon.client import AmazonClient
from api.body_limit import LARGEST_BODY
from api.clock import Clock, WallClock
from api.database import database, worker_role
from api.database.home_mark import home_of
from api.documents.routes import document_routes
from api.exporting.endpoint import PATH as EXPORTS
from api.exporting.endpoint import exports
from api.fitness import database_answers, tables_are_current, worker_is_alive
from api.health import Check, livez, readyz
from api.home import home
from api.mail.configuration import mailing_of, outgoing_of
from api.mail.port import MailPort
from api.schema.endpoint import graphql_endpoint
from api.security import Guard
from api.service import Service
from api.settings import Settings
from api.tls import trusted
from api.webhooks import WebhookSender
from api.worker.engine import Engine
from api.worker.past_orders import PastOrders
from api.worker.tidying import write_failures
from api.worker.worker import Limits, Worker
from domain.channel.read_only import take_home
from domain.sealing import Sealer

REFERENCES: Final = 10**17
"""Package references have 18 digits; Amazon takes a positive number as text (confirmShipment, packageReferenceId)."""

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Running:
    """The joined parts of a service whose database is open."""

    settings: Settings
    service: Service
    worker: Worker
    engine: Engine | None


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock | None = None,
    transport: httpx2.AsyncBaseTransport | None = None,
    web_transport: httpx2.AsyncBaseTransport | None = None,
    migrate: bool = False,
    works: bool = False,
    takes_role: bool = False,
    mail: MailPort | None = None,
) -> AsyncIterator[Running]:
    """Keep the service's parts together while the context lasts; with `works` its engine syncs and delivers.

    `mail` takes e-mails instead of the configured mail server, `web_transport` what goes to webhooks. With `takes_role`
    no engine runs, and no other process may run one: the caller takes the worker's steps.

    Raises ConfigurationError, MigrationsPending or WorkerAlreadyRunning.
    """
    sealer = Sealer(settings.key_bytes())
    async with AsyncExitStack() as stack:
        if works or takes_role:
            stack.enter_context(worker_role(settings.database_url))
        await stack.enter_async_context(database(settings.database_url, migrate=migrate))
        http = await stack.enter_async_context(
            httpx2.AsyncClient(transport=transport, verify=trusted(by_environment=True))
        )
        web = await stack.enter_async_context(
            httpx2.AsyncClient(transport=web_transport, verify=trusted(by_environment=False), trust_env=False)
        )
        sender = WebhookSender(web, WallClock().now)
        joined = _join(
            settings, clock=clock or WallClock(), sealer=sealer, http=http, works=works, mail=mail, webhooks=sender
        )
        if works or takes_role:
            await _come_home(joined)
        stack.push_async_callback(write_failures, joined.worker)
        if joined.engine is not None:
            await stack.enter_async_context(_at_work(joined.engine))
        yield joined


def create_app(joined: Running) -> Starlette:
    """Return the application that serves the parts; they have to outlive it."""
    checks: dict[str, Check] = {
        "database": database_answers,
        "migrations": tables_are_current(joined.settings.database_url),
    }
    if joined.engine is not None:
        checks["worker"] = worker_is_alive(joined.engine)
    return Starlette(
        routes=[
            Route("/", home),
            Route("/livez", livez),
            Route("/healthz", livez),
            Route("/readyz", readyz(checks)),
            Route("/graphql", graphql_endpoint(joined.service)),
            Route(EXPORTS, exports(joined.service)),
            *document_routes(joined.service),
        ],
        middleware=[
            Middleware(Guard, hosts=joined.settings.hosts()),
            Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY),
        ],
    )


class _Bell:
    """Rings for the engine, which is made of the parts that ring."""

    engine: Engine | None = None

    def ring(self) -> None:
        """Tell the engine, if there is one, that something is due."""
        if self.engine is not None:
            self.engine.wake()


def _join(
    settings: Settings,
    *,
    clock: Clock,
    sealer: Sealer,
    http: httpx2.AsyncClient,
    works: bool,
    mail: MailPort | None,
    webhooks: WebhookSender,
) -> Running:
    client_id, client_secret = settings.application(required=works)
    amazon = AmazonClient(
        http=http,
        clock=clock,
        client_id=client_id,
        client_secret=client_secret,
        endpoint=settings.amazon_endpoint,
        token_url=settings.amazon_token_url,
    )
    bell = _Bell()
    service = Service(
        clock=clock,
        sealer=sealer,
        credentials=amazon,
        first_look=PastOrders(amazon=amazon, sealer=sealer, clock=clock).first_look,
        new_reference=lambda: str(REFERENCES + secrets.randbelow(9 * REFERENCES)),
        wake=bell.ring,
        mailing=mailing_of(settings),
    )
    limits = Limits(page_size=settings.sync_page_size)
    worker = Worker(
        service=service,
        amazon=amazon,
        limits=limits,
        jitter=random.SystemRandom().random,
        outgoing=outgoing_of(settings, mail),
        webhooks=webhooks,
    )
    bell.engine = Engine(worker) if works else None
    return Running(settings=settings, service=service, worker=worker, engine=bell.engine)


async def _come_home(joined: Running) -> None:
    """Send nothing to Amazon from a database that may be a copy, before anything is sent."""
    home = home_of(joined.settings.database_url, instance=joined.settings.instance)
    if await take_home(home=home, now=joined.service.clock.now()):
        _LOG.warning("the database comes from another installation: read-only mode is on, nothing is sent to Amazon")


@asynccontextmanager
async def _at_work(engine: Engine) -> AsyncIterator[None]:
    """Let the engine work while the context lasts; it finishes the step in hand."""
    work = asyncio.create_task(engine.run(), name="engine")
    work.add_done_callback(_tell_of_a_crash)
    try:
        yield
    finally:
        engine.stop()
        await work


def _tell_of_a_crash(work: asyncio.Task[None]) -> None:
    if not work.cancelled() and (error := work.exception()) is not None:
        _LOG.critical("the worker ended; the service answers but neither syncs nor delivers", exc_info=error)
