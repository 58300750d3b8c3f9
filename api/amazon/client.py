"""The client of Amazon's Selling Partner API: one method per operation, errors as the domain's refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

import httpx2
import msgspec

from api.amazon import answers, wire
from api.amazon.access_token import AccessTokens, Seller
from api.amazon.amazon_time import AmazonTime, Clock
from api.amazon.feeds import Feeds
from api.amazon.listings import Listings
from api.amazon.reading import read_order
from api.amazon.transport import Transport
from api.amazon.troubles import Troubles
from domain.accounts.marketplaces import Participation, Verified
from domain.accounts.regions import Region
from domain.amazon.commands import PackageConfirmation
from domain.amazon.facts import OrderFacts, UnreadableOrder
from domain.amazon.translation import instant
from domain.errors import InvalidInput
from domain.instant import to_text

ENDPOINTS: Final[Mapping[Region, str]] = MappingProxyType(
    {
        Region.NA: "https://sellingpartnerapi-na.amazon.com",
        Region.EU: "https://sellingpartnerapi-eu.amazon.com",
        Region.FE: "https://sellingpartnerapi-fe.amazon.com",
    }
)
TOKEN_URL: Final = "https://api.amazon.com/auth/o2/token"

INCLUDED_DATA: Final = "BUYER,CANCELLATION,FULFILLMENT,PACKAGES,PAYMENT,PROCEEDS,RECIPIENT"
"""Without FULFILLMENT an order has no status. Of PAYMENT the methods' names are read and nothing of a card. PROMOTION,
EXPENSE and TAX are not asked for: nothing here reads them (a discount is part of the proceeds), and what is not fetched
need not be protected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """One page to ask for; everything but the page size has to stay the same for every token of a window."""

    marketplace_ids: tuple[str, ...]
    updated_after: datetime
    updated_before: datetime
    page_size: int = 100
    token: str | None = None

    def parameters(self) -> dict[str, str]:
        """Return the query of searchOrders."""
        query = {
            "marketplaceIds": ",".join(self.marketplace_ids),
            "lastUpdatedAfter": to_text(self.updated_after),
            "lastUpdatedBefore": to_text(self.updated_before),
            "maxResultsPerPage": str(self.page_size),
            "includedData": INCLUDED_DATA,
        }
        return query if self.token is None else {**query, "paginationToken": self.token}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of orders; `at` is Amazon's time of the answer, `rate` what it allows a second where it says so."""

    orders: tuple[OrderFacts | UnreadableOrder, ...]
    next_token: str | None
    last_updated_before: datetime | None
    at: datetime
    rate: float | None


class _Store(msgspec.Struct, rename="camel"):
    class Place(msgspec.Struct):
        id: str

    class Part(msgspec.Struct, rename="camel"):
        is_participating: bool = True

    marketplace: Place
    participation: Part | None = None
    store_name: str | None = None


class _Participations(msgspec.Struct):
    payload: list[_Store]


class AmazonClient:
    """Talks to Amazon for all sellers; knows nothing of the database and waits for nothing but answers.

    `endpoint` and `token_url` replace Amazon's own hosts, for a simulated Amazon. A method raises CredentialsRejected,
    MarketplaceRejected, MarketplaceThrottled or MarketplaceUnavailable. `deadline` is in seconds. `feeds` has
    the operations of the Feeds API, `listings` those of the Listings Items API; `troubles` are the calls that failed
    lately.
    """

    def __init__(
        self,
        *,
        http: httpx2.AsyncClient,
        clock: Clock,
        client_id: str,
        client_secret: str,
        endpoint: str | None = None,
        token_url: str | None = None,
        deadline: float = 30.0,
    ) -> None:
        time = AmazonTime(clock)
        self.troubles = Troubles(clock)
        self._transport = Transport(
            http=http,
            time=time,
            tokens=AccessTokens(
                http=http,
                time=time,
                urls=dict.fromkeys(Region, token_url or TOKEN_URL),
                client_id=client_id,
                client_secret=client_secret,
                deadline=deadline,
            ),
            endpoints={region: (endpoint or ENDPOINTS[region]).rstrip("/") for region in Region},
            troubles=self.troubles,
            deadline=deadline,
        )
        self.feeds = Feeds(self._transport)
        self.listings = Listings(self._transport)

    def amazon_now(self, region: Region) -> datetime:
        """Return Amazon's time as far as its answers have told it; ours before the first answer."""
        return self._transport.time.now(region)

    async def learn_time(self, seller: Seller) -> datetime:
        """Return Amazon's time, from an answer if there was none yet."""
        with self.troubles.watching(seller, "POST auth/o2/token"):
            await self._transport.tokens.token(seller)
        return self._transport.time.now(seller.region)

    async def search_orders(self, seller: Seller, request: SearchRequest) -> Page:
        """Ask for one page of searchOrders."""
        only = request.marketplace_ids[0] if len(request.marketplace_ids) == 1 else None
        response = await self._transport.call(
            seller, "GET", "/orders/2026-01-01/orders", query=request.parameters(), marketplace_id=only
        )
        answer = answers.read(response, wire.SearchAnswer)
        try:
            echoed = answer.last_updated_before
            before = instant(echoed, at="lastUpdatedBefore") if echoed else None
        except InvalidInput:
            raise answers.unreadable(response) from None
        return Page(
            orders=tuple(read_order(raw) for raw in answer.orders),
            next_token=(answer.pagination.next_token or None) if answer.pagination else None,
            last_updated_before=before,
            at=self._transport.time.now(seller.region),
            rate=answers.rate(response),
        )

    async def get_order(self, seller: Seller, number: str) -> OrderFacts | UnreadableOrder:
        """Ask for one order."""
        path = f"/orders/2026-01-01/orders/{quote(number, safe='')}"
        response = await self._transport.call(seller, "GET", path, query={"includedData": INCLUDED_DATA})
        return read_order(answers.read(response, wire.OrderAnswer).order)

    async def confirm_shipment(
        self, seller: Seller, *, number: str, marketplace_id: str, reference: str, package: PackageConfirmation
    ) -> str | None:
        """Tell Amazon of one package; the same reference again edits it. Returns Amazon's request id.

        Only a 204 is Amazon's yes (Orders API v0, confirmShipment); a page of a proxy's is not.
        """
        detail = {
            "packageReferenceId": reference,
            "carrierCode": package.carrier_code,
            "carrierName": package.carrier_name,
            "shippingMethod": package.shipping_method,
            "trackingNumber": package.tracking_number,
            "shipDate": to_text(package.shipped_at),
            "orderItems": [{"orderItemId": item, "quantity": quantity} for item, quantity in package.items],
        }
        body = {
            "marketplaceId": marketplace_id,
            "packageDetail": {name: value for name, value in detail.items() if value is not None},
        }
        path = f"/orders/v0/orders/{quote(number, safe='')}/shipmentConfirmation"
        response = await self._transport.call(
            seller, "POST", path, body=msgspec.json.encode(body), marketplace_id=marketplace_id
        )
        if response.status_code != httpx2.codes.NO_CONTENT:
            raise answers.unreadable(response)
        return answers.request_id(response)

    async def verify(self, *, region: Region, refresh_token: str) -> Verified:
        """Ask on which marketplaces the holder of a refresh token sells."""
        seller = Seller(region, refresh_token)
        response = await self._transport.call(seller, "GET", "/sellers/v1/marketplaceParticipations")
        stores = answers.read(response, _Participations).payload
        return Verified(
            participations=tuple(
                Participation(
                    store.marketplace.id,
                    store.participation is None or store.participation.is_participating,
                    store.store_name,
                )
                for store in stores
            ),
            at=self._transport.time.now(region),
        )
