"""What background work is made of, and who may call Amazon when."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.amazon.access_token import Seller
from api.amazon.client import AmazonClient
from api.clock import machine_ms
from api.mail.configuration import Outgoing
from api.service import Service
from api.webhooks import WebhookSender
from domain.accounts import budgets
from domain.accounts.credentials import refresh_token_of
from domain.accounts.records import Account
from domain.errors import MarketplaceThrottled


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much at once, how long, how often."""

    page_size: int = 100
    interval: timedelta = timedelta(seconds=300)
    lease_ms: int = 180_000  # longer than any one call with its token
    accounts_at_once: int = 4
    syncs_a_sweep: int = 20
    commands_a_sweep: int = 50
    order_reads_a_pass: int = 30
    evaluations_a_sweep: int = 1000
    mails_a_sweep: int = 50


class QuotaSpent(Exception):
    """Our own copy of Amazon's bucket is empty; nothing was sent. `wait` is in seconds."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"The quota is spent for {wait:.1f} s.")
        self.wait = wait


@dataclass(frozen=True)
class Worker:
    """The parts of background work; `jitter` gives a fraction of a second that keeps retries apart.

    `tidied` remembers when it was last looked for what is past its time.
    """

    service: Service
    amazon: AmazonClient
    limits: Limits = field(default_factory=Limits)
    machine_ms: Callable[[], int] = machine_ms
    jitter: Callable[[], float] = lambda: 0.0
    tidied: dict[str, datetime] = field(default_factory=dict)
    outgoing: Outgoing | None = None  # sends e-mails; None: no mail server is configured
    webhooks: WebhookSender | None = None  # tells other programs of changes
    _lanes: dict[tuple[int, str], asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    def now(self) -> datetime:
        """Return business time."""
        return self.service.clock.now()

    def seller(self, account: Account) -> Seller:
        """Return who the account is to Amazon."""
        return Seller(account.region, refresh_token_of(account=account, sealer=self.service.sealer))

    @asynccontextmanager
    async def quota(self, account: Account, operation: str, *, spare: int = 0) -> AsyncIterator[datetime]:
        """Let one call of an operation through for an account, one at a time; gives Amazon's time of its start.

        `spare` calls are left to what matters more.
        Raises QuotaSpent before anything is sent. When Amazon itself says so, our copy is emptied and the
        MarketplaceThrottled that goes on carries how long to wait.
        """
        async with self._lanes[account.id, operation]:
            at = self.amazon.amazon_now(account.region)
            wait = await budgets.take(account_id=account.id, operation=operation, at=at, now=self.now(), spare=spare)
            if wait > 0:
                raise QuotaSpent(wait)
            try:
                yield at
            except MarketplaceThrottled as error:
                at = self.amazon.amazon_now(account.region)
                wait = await budgets.drain(
                    account_id=account.id, operation=operation, at=at, jitter=self.jitter(), now=self.now()
                )
                raise MarketplaceThrottled(
                    error.message,
                    amazon_code=error.amazon_code,
                    request_id=error.request_id,
                    retry_after=max(wait, error.retry_after or 0.0),
                ) from None

    def backoff(self, attempts: int, *, longest: timedelta) -> timedelta:
        """Return how long to wait after so many attempts in a row without an answer: twice as long each time."""
        return min(timedelta(seconds=2 ** min(attempts, 20) + self.jitter()), longest)
