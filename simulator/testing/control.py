"""The control plane as typed calls."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, TypeVar

import msgspec

from simulator.faults.rules import Effect
from simulator.testing.answers import Clock, FaultState, Listing, OrderState, PlacedOrders, Played, Request, State
from simulator.testing.senders import Sender

Document = dict[str, Any]
AnyAnswer = TypeVar("AnyAnswer")


class Refused(Exception):
    """The control plane refuses: its status, its code, and the field at fault if one is."""

    def __init__(self, status: int, code: str, message: str, field: str | None) -> None:
        super().__init__(f"{message} ({field})" if field else message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class Control:
    """The back door of a simulator: time, orders, trouble. Every call raises Refused where the plane refuses."""

    def __init__(self, sender: Sender) -> None:
        self._send = sender

    def close(self) -> None:
        """Let go of connections and threads."""
        self._send.close()

    def clock(self) -> Clock:
        """Return the time and how fast it passes."""
        return self._ask("GET", "/clock", kind=Clock)

    def advance(self, by: timedelta | float) -> Clock:
        """Let time pass, in seconds or as a timedelta, and everything happen that is then due."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        return self._ask("POST", "/clock", {"advance": seconds}, kind=Clock)

    def set_time(self, now: datetime) -> Clock:
        """Jump to an aware moment, ahead or back."""
        return self._ask("POST", "/clock", {"now": now}, kind=Clock)

    def run_at(self, rate: float) -> Clock:
        """Let so many seconds pass in one of ours; 0 stands still."""
        return self._ask("POST", "/clock", {"rate": rate}, kind=Clock)

    def place(
        self, *, count: int = 1, items: Sequence[Mapping[str, object]] | None = None, **wish: object
    ) -> list[str]:
        """Have buyers place orders, and return their ids.

        ``wish`` takes what ``POST /_sim/orders`` takes, in Python's spelling: ``seller``, ``marketplace_id``,
        ``fulfilled_by``, ``fulfillment_status``, ``programs`` and more.
        """
        body: Document = {"count": count} | {_camel(name): value for name, value in wish.items()}
        if items is not None:
            body["items"] = list(items)
        return self._ask("POST", "/orders", body, kind=PlacedOrders).order_ids

    def load(self, orders: Sequence[Document], *, seller: str = "demo") -> list[str]:
        """Load orders of the 2026-01-01 model as they are, or over those of the same ids; return the ids."""
        return self._ask("PUT", "/orders", {"seller": seller, "orders": list(orders)}, kind=PlacedOrders).order_ids

    def pay(self, order_id: str) -> OrderState:
        """Authorise the payment: PENDING becomes UNSHIPPED."""
        return self.act(order_id, "pay")

    def cancel(
        self, order_id: str, *, by: Literal["BUYER", "SELLER", "AMAZON"], reason: str | None = None
    ) -> OrderState:
        """Cancel an order."""
        return self.act(order_id, "cancel", by=by, reason=reason)

    def request_cancel(self, order_id: str, *, reason: str | None = None) -> OrderState:
        """Let the buyer ask the seller to cancel."""
        return self.act(order_id, "request-cancel", reason=reason)

    def ship(self, order_id: str, *, items: Mapping[str, int] | None = None) -> OrderState:
        """Send all that is open, or so many units of order items, as by hand in Seller Central."""
        wanted = None if items is None else [{"orderItemId": one, "quantity": units} for one, units in items.items()]
        return self.act(order_id, "ship", items=wanted)

    def deliver(self, order_id: str) -> OrderState:
        """Hand all packages over to the buyer."""
        return self.act(order_id, "deliver")

    def act(self, order_id: str, act: str, **details: object) -> OrderState:
        """Do anything to an order that ``POST /_sim/orders/{id}/{act}`` offers; details that are None are left out."""
        body = {_camel(name): value for name, value in details.items() if value is not None}
        return self._ask("POST", f"/orders/{order_id}/{act}", body, kind=OrderState)

    def order(self, order_id: str) -> OrderState:
        """Return one order. Raises KeyError."""
        found = self._ask("GET", "/state", query={"orderId": order_id}, kind=State).orders
        if not found:
            raise KeyError(order_id)
        return found[0]

    def state(self) -> State:
        """Return the whole world."""
        return self._ask("GET", "/state", kind=State)

    def requests(self, operation: str | None = None, *, last: int | None = None) -> list[Request]:
        """Return the requests so far, oldest first, or those of one operation, or only the last so many."""
        wanted = {"operation": operation, "last": None if last is None else str(last)}
        query = {name: value for name, value in wanted.items() if value is not None}
        return self._ask("GET", "/journal", query=query, kind=dict[str, list[Request]])["requests"]

    def reset(self, *, seed: str | None = None, now: datetime | None = None, orders: int = 0) -> None:
        """Begin anew, with so many orders in the past."""
        body = {"seed": seed, "now": now, "orders": orders}
        self.call("POST", "/reset", {name: value for name, value in body.items() if value is not None})

    def revoke(self, seller: str = "demo") -> None:
        """Take the application's permission to act for a seller."""
        self.call("POST", f"/sellers/{seller}/revoke")

    def limits(self, *, enabled: bool) -> None:
        """Enforce the usage plans, or stop enforcing them."""
        self.call("POST", "/limits", {"enabled": enabled})

    def options(self, **switches: object) -> Document:
        """Turn switches of the world, in Python's spelling, and return all of them."""
        body = {_camel(name): value for name, value in switches.items()}
        return self._ask("POST", "/options", body, kind=Document)

    def roles(self, roles: Sequence[str], *, client_id: str | None = None, seller: str | None = None) -> None:
        """Limit an application to roles such as DIRECT_TO_CONSUMER_SHIPPING; without an id, every one."""
        body = {"roles": list(roles), "clientId": client_id, "seller": seller}
        self.call("PUT", "/roles", {name: value for name, value in body.items() if value is not None})

    def fault(self, effect: Effect | str, operation: str | Sequence[str] = "*", **conditions: object) -> str:
        """Let something go wrong, and return the rule's id; the conditions are those of ``POST /_sim/faults``."""
        where = operation if isinstance(operation, str) else list(operation)
        body = {"effect": str(effect), "operation": where} | {_camel(name): one for name, one in conditions.items()}
        ids: list[str] = self._ask("POST", "/faults", body, kind=dict[str, Any])["ids"]
        return ids[0]

    def faults(self) -> list[FaultState]:
        """Return all rules, and how far each of them is."""
        return self._ask("GET", "/faults", kind=dict[str, list[FaultState]])["faults"]

    def clear_faults(self) -> None:
        """Take all rules back."""
        self.call("DELETE", "/faults")

    def listings(self, *, seller: str = "demo") -> dict[str, int | None]:
        """Return how much of each SKU is on offer; Amazon's own stock has no number."""
        found = self._ask("GET", "/listings", query={"seller": seller}, kind=dict[str, list[Listing]])["listings"]
        return {one.sku: one.quantity for one in found}

    def offer(self, sku: str, quantity: int, *, seller: str = "demo") -> None:
        """Set how much of a SKU is on offer, at once."""
        self.call("PUT", "/listings", {"seller": seller, "sku": sku, "quantity": quantity})

    def notifications(self, *, order_id: str | None = None) -> list[Document]:
        """Return the notifications so far, or those about one order with what was delivered."""
        query = {} if order_id is None else {"orderId": order_id}
        found: list[Document] = self._ask("GET", "/notifications", query=query, kind=Document)["notifications"]
        return found

    def play(self, scenario: str, *, reset: bool = False) -> Played:
        """Play a scenario that comes with the simulator, in this world or in one that begins anew."""
        return self._ask("POST", f"/scenarios/{scenario}", {"reset": reset}, kind=Played)

    def play_text(self, yaml: str, *, reset: bool = False) -> Played:
        """Play a scenario of one's own, written as YAML."""
        query = {"reset": "true" if reset else "false"}
        answer = self._answer("POST", "/scenarios/custom", query, yaml.encode())
        return msgspec.json.decode(answer, type=Played)

    def snapshot(self) -> bytes:
        """Return the whole world, to be restored later or elsewhere."""
        return self._answer("GET", "/snapshot", {}, b"")

    def restore(self, snapshot: bytes) -> None:
        """Become the world of a snapshot."""
        self._answer("PUT", "/snapshot", {}, snapshot)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send anything else that the control plane offers, and return its JSON; ``path`` is below ``/_sim``."""
        return self._ask(method, path, body, kind=Any)

    def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        kind: type[AnyAnswer],
        query: Mapping[str, str] | None = None,
    ) -> AnyAnswer:
        sent = b"" if body is None else msgspec.json.encode(body)
        return msgspec.json.decode(self._answer(method, path, query or {}, sent), type=kind)

    def _answer(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> bytes:
        status, answer = self._send(method, "/_sim" + path, query=query, body=body)
        if status >= 400:
            error = msgspec.json.decode(answer)["error"]
            raise Refused(status, error["code"], error["message"], error.get("field"))
        return answer


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
