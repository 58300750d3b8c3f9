"""The client that is built in: it calls Amazon's operations as a seller's application does."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from simulator.cast.sellers import FIRST_SELLER
from simulator.instants import MINUTE, wire_time
from simulator.orders.disclosure import INCLUDED_DATA
from simulator.orders.documents import Document
from simulator.scenarios.ports import Answer, Line

ORDERS: Final = "/orders/2026-01-01/orders"
FEEDS: Final = "/feeds/2021-06-30"
NOTIFICATIONS: Final = "/notifications/v1"
SCOPE: Final = "sellingpartnerapi::notifications"
QUEUE: Final = "arn:aws:sqs:us-east-1:123456789012:scenario"
APPLICATION: Final = "scenario"
NOBODY: Final = ""  # stands for the application itself, where an operation needs no seller
LOGGED_IN_FOR: Final = 55 * MINUTE
MOST_PAGES: Final = 1_000
SECRET: Final = frozenset({"access_token", "refresh_token"})
XML: Final = "text/xml; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Session:
    """An access token and when the client asks for another."""

    token: str
    until: int


class Client:
    """One application; it logs in for a seller when it has to, and never tries anything twice."""

    def __init__(self, line: Line, *, now: Callable[[], int]) -> None:
        self._line = line
        self._now = now
        self._sessions: dict[str, Session] = {}

    async def log_in(self, seller: str, *, client_id: str = APPLICATION, refresh_token: str | None = None) -> Answer:
        """Get an access token; the answer does not show it."""
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token or f"Atzr|{seller}"}
        return await self._take_token(seller, fields, client_id=client_id)

    async def call(
        self, method: str, path: str, *, seller: str = FIRST_SELLER, query: Document | None = None, body: object = None
    ) -> Answer:
        """Call an operation with the seller's token, or the application's own; a refusal to log in is the answer."""
        session = self._sessions.get(seller)
        if session is None or session.until <= self._now():
            answer = await (self.log_in(seller) if seller else self._log_in_itself())
            if answer.status != 200:
                return answer
            session = self._sessions[seller]
        headers = {"x-amz-access-token": session.token}
        return await self._line.ask(method, path, query=query, body=body, headers=headers)

    async def search(
        self, query: Document, *, start: int, most: int = MOST_PAGES, seller: str = FIRST_SELLER
    ) -> Document:
        """Search for orders and read on until the last page, or a refusal; from the start on, unless the query says."""
        asked = {"includedData": "FULFILLMENT", **{name: _listed(value) for name, value in query.items()}}
        if not any(name.endswith("After") for name in asked):
            asked["lastUpdatedAfter"] = wire_time(start)
        orders: list[Document] = []
        pages = 0
        while True:
            answer = await self.call("GET", ORDERS, seller=seller, query=asked)
            if answer.status != 200:
                break
            pages += 1
            orders += answer.part("orders")
            token = answer.body.get("pagination", {}).get("nextToken")
            if token is None or pages >= most:
                break
            asked["paginationToken"] = token
        found = {"orders": orders, "orderIds": [order["orderId"] for order in orders], "pages": pages}
        return {**answer.document(), **found}

    async def get_order(self, order_id: str, query: Document, *, seller: str = FIRST_SELLER) -> Answer:
        """Read one order with all its parts, unless the query asks for fewer."""
        asked = {"includedData": ",".join(sorted(INCLUDED_DATA)), **{name: _listed(one) for name, one in query.items()}}
        return await self.call("GET", f"{ORDERS}/{order_id}", seller=seller, query=asked)

    async def submit_feed(
        self, text: bytes, *, feed_type: str, marketplace_id: str, content_type: str = XML, seller: str = FIRST_SELLER
    ) -> Answer:
        """Upload a document and create a feed of it; the first refusal is the answer."""
        document = await self.call("POST", f"{FEEDS}/documents", seller=seller, body={"contentType": content_type})
        if document.status != 201:
            return document
        headers = {"content-type": content_type}
        uploaded = await self._line.ask("PUT", document.part("url"), content=text, headers=headers)
        if uploaded.status != 200:
            return uploaded
        wanted = {
            "feedType": feed_type,
            "marketplaceIds": [marketplace_id],
            "inputFeedDocumentId": document.part("feedDocumentId"),
        }
        return await self.call("POST", f"{FEEDS}/feeds", seller=seller, body=wanted)

    async def get_feed(self, feed_id: str, *, seller: str = FIRST_SELLER) -> Document:
        """Read a feed, and the report on it where there is one, as text under ``report``."""
        answer = await self.call("GET", f"{FEEDS}/feeds/{feed_id}", seller=seller)
        document_id = answer.body.get("resultFeedDocumentId") if isinstance(answer.body, Mapping) else None
        if answer.status != 200 or document_id is None:
            return answer.document()
        described = await self.call("GET", f"{FEEDS}/documents/{document_id}", seller=seller)
        if described.status != 200:
            return described.document()
        report = await self._line.ask("GET", described.part("url"))
        if report.status != 200:
            return report.document()
        is_packed = "compressionAlgorithm" in described.body
        text = (gzip.decompress(report.content) if is_packed else report.content).decode("utf-8", "replace")
        return {**answer.document(), "report": text}

    async def subscribe(self, notification_type: str, *, seller: str = FIRST_SELLER) -> Answer:
        """Let notifications go into a queue; what is subscribed already stays so."""
        resource = {"sqs": {"arn": QUEUE}}
        wanted = {"name": APPLICATION, "resourceSpecification": resource}
        made = await self.call("POST", f"{NOTIFICATIONS}/destinations", seller=NOBODY, body=wanted)
        if made.status == 409:
            known = await self.call("GET", f"{NOTIFICATIONS}/destinations", seller=NOBODY)
            made = Answer(known.status, {"payload": known.part("payload")[0]}) if known.status == 200 else known
        if made.status != 200:
            return made
        path = f"{NOTIFICATIONS}/subscriptions/{quote(notification_type, safe='')}"
        body = {"payloadVersion": "1.0", "destinationId": made.part("payload")["destinationId"]}
        answer = await self.call("POST", path, seller=seller, body=body)
        return await self.call("GET", path, seller=seller) if answer.status == 409 else answer

    async def _log_in_itself(self) -> Answer:
        fields = {"grant_type": "client_credentials", "scope": SCOPE}
        return await self._take_token(NOBODY, fields, client_id=APPLICATION)

    async def _take_token(self, whose: str, fields: dict[str, str], *, client_id: str) -> Answer:
        answer = await self._line.form("/auth/o2/token", {**fields, "client_id": client_id, "client_secret": "secret"})
        if answer.status != 200:
            return answer
        self._sessions[whose] = Session(answer.part("access_token"), self._now() + LOGGED_IN_FOR)
        return Answer(200, {key: value for key, value in answer.body.items() if key not in SECRET})


def _listed(value: Any) -> Any:
    return ",".join(map(str, value)) if isinstance(value, list) else value
