"""A first look at a store's past: one search that tells how much there is to import."""

from dataclasses import dataclass
from datetime import datetime

from api.amazon.access_token import Seller
from api.amazon.client import AmazonClient, SearchRequest
from api.clock import Clock
from domain.accounts import budgets
from domain.accounts.backfill import PAGE, FirstPage
from domain.accounts.credentials import refresh_token_of
from domain.accounts.records import Account, Store
from domain.amazon.facts import OrderFacts
from domain.amazon.window import SETTLE
from domain.errors import MarketplaceThrottled
from domain.sealing import Sealer


@dataclass(frozen=True)
class PastOrders:
    """Asks Amazon within the account's quota, outside of any pass."""

    amazon: AmazonClient
    sealer: Sealer
    clock: Clock

    async def first_look(self, store: Store, *, since: datetime) -> FirstPage:
        """Ask for one page of what changed between a time and the store's cut-off.

        Raises CredentialsRejected, MarketplaceRejected, MarketplaceThrottled or MarketplaceUnavailable.
        """
        account = await Account.get(id=store.account_id)
        seller = Seller(account.region, refresh_token_of(account=account, sealer=self.sealer))
        at = await self.amazon.learn_time(seller)
        before = min(store.cutoff_at, at - SETTLE)
        if before <= since:
            tokens, rate = await budgets.available(account_id=account.id, operation=budgets.SEARCH_ORDERS, at=at)
            return FirstPage(orders=0, reaches=None, available=tokens, rate=rate)
        wait = await budgets.take(account_id=account.id, operation=budgets.SEARCH_ORDERS, at=at, now=self.clock.now())
        if wait > 0:
            raise MarketplaceThrottled("The quota for searching orders is spent; look again later.", retry_after=wait)
        request = SearchRequest(
            marketplace_ids=(store.marketplace_id,), updated_after=since, updated_before=before, page_size=PAGE
        )
        page = await self.amazon.search_orders(seller, request)
        tokens, rate = await budgets.available(account_id=account.id, operation=budgets.SEARCH_ORDERS, at=page.at)
        seen = [order.updated_at for order in page.orders if isinstance(order, OrderFacts)]
        reaches = max(seen, default=since) if page.next_token else None
        return FirstPage(orders=len(page.orders), reaches=reaches, available=tokens, rate=rate)
