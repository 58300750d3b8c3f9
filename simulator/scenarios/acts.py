"""Doing what a step says: in the control plane, as a client, or in the shop."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import quote

import msgspec

from simulator.instants import wire_time
from simulator.orders.documents import Document
from simulator.scenarios import details, papers
from simulator.scenarios.client import Client
from simulator.scenarios.ports import Line, Service
from simulator.scenarios.reading import wrong_field
from simulator.scenarios.verbs import VERBS, Side

OURS: Final = "/scenarios"  # a scenario in a scenario would have no end


class CannotAct(Exception):
    """An act that cannot be done as it is written."""


class Acts:
    """Everything that a step can do, and the time at which it does it."""

    def __init__(self, line: Line, *, service: Service | None, start: int) -> None:
        self._line = line
        self._service = service
        self._start = start
        self.now = start
        self._client = Client(line, now=lambda: self.now)

    async def do(self, name: str, to: Sequence[str], given: Document) -> Document:
        """Do one act to what is named, and return its answer. Raises CannotAct."""
        verb = VERBS[name]
        body = None if verb.body is None else _convert(given, verb.body)
        if verb.side is Side.SHOP:
            assert self._service is not None
            return await self._service.act(name, to[0] if to else "", msgspec.to_builtins(body))
        if name in SPECIAL:
            return await SPECIAL[name](self, to, given if body is None else body)
        path = verb.path.replace("{to}", quote(to[0], safe="") if to else "")
        return (await self._line.control(verb.method, path, given)).document()

    async def _rewrite(self, to: Sequence[str], changes: Document) -> Document:
        order = await self._order(to[0])
        seller = order["seller"]
        document = merge(order["order"], {"lastUpdatedTime": wire_time(self.now), **changes})
        return (await self._line.control("PUT", "/orders", {"seller": seller, "orders": [document]})).document()

    async def _control(self, to: Sequence[str], asked: details.AnyControl) -> Document:
        if asked.path.startswith(OURS):
            raise CannotAct("with.path: a scenario plays no other scenario; write its steps here")
        query = dict(asked.query)
        return (await self._line.control(asked.method, asked.path, asked.body, query, is_json=False)).document()

    async def _call(self, to: Sequence[str], asked: details.AnyCall) -> Document:
        answer = await self._client.call(
            asked.method, asked.path, seller=asked.seller, query=dict(asked.query), body=asked.body
        )
        return answer.document()

    async def _log_in(self, to: Sequence[str], asked: details.LogIn) -> Document:
        answer = await self._client.log_in(asked.seller, client_id=asked.client_id, refresh_token=asked.refresh_token)
        return answer.document()

    async def _search(self, to: Sequence[str], asked: details.Search) -> Document:
        return await self._client.search(dict(asked.query), start=self._start, most=asked.pages, seller=asked.seller)

    async def _get_order(self, to: Sequence[str], asked: details.GetOrder) -> Document:
        return (await self._client.get_order(to[0], dict(asked.query), seller=asked.seller)).document()

    async def _confirm(self, to: Sequence[str], asked: details.ConfirmShipment) -> Document:
        order = (await self._order(to[0]))["order"]
        try:
            body = papers.confirmation(
                order, reference=asked.reference, items=asked.items, changes=asked.package, at=self.now
            )
        except papers.NothingToWrite as error:
            raise CannotAct(str(error)) from error
        path = f"/orders/v0/orders/{quote(to[0], safe='')}/shipmentConfirmation"
        return (await self._client.call("POST", path, seller=asked.seller, body=body)).document()

    async def _cancel(self, to: Sequence[str], asked: details.CancelFeed) -> Document:
        orders = [(await self._order(order_id))["order"] for order_id in to]
        text = papers.cancellations(orders, reason=asked.reason, seller=asked.seller)
        return await self._feed(papers.CANCEL_FEED, text, orders[0], asked.seller)

    async def _adjust(self, to: Sequence[str], asked: details.AdjustFeed) -> Document:
        order = (await self._order(to[0]))["order"]
        try:
            text = papers.adjustments(
                order, refund=asked.refund, cancel=asked.cancel, reason=asked.reason, seller=asked.seller
            )
        except papers.NothingToWrite as error:
            raise CannotAct(str(error)) from error
        return await self._feed(papers.ADJUST_FEED, text, order, asked.seller)

    async def _feed(self, feed_type: str, text: bytes, order: Document, seller: str) -> Document:
        marketplace_id = order["salesChannel"]["marketplaceId"]
        answer = await self._client.submit_feed(text, feed_type=feed_type, marketplace_id=marketplace_id, seller=seller)
        return answer.document()

    async def _subscribe(self, to: Sequence[str], asked: details.Subscribe) -> Document:
        return (await self._client.subscribe(asked.type, seller=asked.seller)).document()

    async def _submit(self, to: Sequence[str], asked: details.SubmitFeed) -> Document:
        answer = await self._client.submit_feed(
            asked.text.encode(),
            feed_type=asked.type,
            marketplace_id=asked.marketplace_id,
            content_type=asked.content_type,
            seller=asked.seller,
        )
        return answer.document()

    async def _get_feed(self, to: Sequence[str], asked: details.OfSeller) -> Document:
        return await self._client.get_feed(to[0], seller=asked.seller)

    async def _order(self, order_id: str) -> Document:
        state = await self._line.look("/state", orderId=order_id)
        if not state["orders"]:
            raise CannotAct(f"to: Amazon has no order {order_id}")
        order: Document = state["orders"][0]
        return order


SPECIAL: Final[dict[str, Callable[[Acts, Sequence[str], Any], Awaitable[Document]]]] = {
    "rewrite": Acts._rewrite,
    "control": Acts._control,
    "call": Acts._call,
    "log-in": Acts._log_in,
    "search": Acts._search,
    "get-order": Acts._get_order,
    "confirm-shipment": Acts._confirm,
    "cancel-feed": Acts._cancel,
    "adjust-feed": Acts._adjust,
    "subscribe": Acts._subscribe,
    "submit-feed": Acts._submit,
    "get-feed": Acts._get_feed,
}


def merge(document: Any, changes: Any) -> Any:
    """Return the document with changes merged in: a null takes a field away (RFC 7396)."""
    if not isinstance(changes, dict):
        return changes
    merged = dict(document) if isinstance(document, dict) else {}
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def _convert(given: Document, body: type[msgspec.Struct]) -> Any:
    try:
        return msgspec.convert(given, type=body)
    except msgspec.ValidationError as error:
        raise CannotAct(wrong_field(error, body)) from error
