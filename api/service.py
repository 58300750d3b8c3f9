"""What the running service is made of: the parts that requests and background work share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from api.clock import Clock
from domain.accounts.backfill import FirstPage
from domain.accounts.marketplaces import Verified
from domain.accounts.records import Store
from domain.accounts.regions import Region
from domain.commerce.mail_rules import Mailing
from domain.sealing import Sealer


class CredentialCheck(Protocol):
    """Asks Amazon what a refresh token is good for."""

    async def verify(self, *, region: Region, refresh_token: str) -> Verified:
        """Return the token's participations.

        Raises CredentialsRejected, MarketplaceRejected or MarketplaceUnavailable.
        """
        ...


class FirstLook(Protocol):
    """Asks Amazon for the first page of what changed in a store's past."""

    async def __call__(self, store: Store, *, since: datetime) -> FirstPage:
        """Return what one search tells of the time between `since` and the store's cut-off.

        Raises CredentialsRejected, MarketplaceRejected, MarketplaceThrottled or MarketplaceUnavailable.
        """
        ...


@dataclass(frozen=True)
class Service:
    """The parts that a request or a piece of background work needs."""

    clock: Clock
    sealer: Sealer
    credentials: CredentialCheck
    first_look: FirstLook
    new_reference: Callable[[], str]  # a package reference never used anywhere before: digits, at most 18
    wake: Callable[[], None]  # tells the worker that something is due
    mailing: Mailing = field(default_factory=Mailing)  # what can be done about e-mails to buyers
