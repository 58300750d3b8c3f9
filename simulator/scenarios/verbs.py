"""What a step can do: acts at Amazon's back door, calls of a client, and acts of the shop beside the simulator."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from simulator.control import bodies
from simulator.control.feeds import GiveUpFeed


class Side(Enum):
    """Where an act takes place."""

    CONTROL = "control"  # one call of the control plane, with `with` as its body
    CLIENT = "client"  # the built-in client calls Amazon's own operations
    SHOP = "shop"  # the service beside the simulator does it; skipped where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One act: what it does, what its `to` names, and for the control plane the call and its body."""

    about: str
    side: Side = Side.CONTROL
    to: str | None = None  # what it is done to; nothing if the act has no object
    is_alone: bool = True  # it works without a `to`
    method: str = "POST"
    path: str = ""
    body: type[bodies.Body] | None = None
    keys: frozenset[str] = field(default_factory=frozenset)  # of `with`, where no body checks it


def _order(act: str, about: str, body: type[bodies.Body] = bodies.Nothing) -> Verb:
    return Verb(about=about, to="order", is_alone=False, path=f"/orders/{{to}}/{act}", body=body)


def _client(about: str, *keys: str, to: str | None = None, is_alone: bool = False) -> Verb:
    return Verb(
        about=about, side=Side.CLIENT, to=to, is_alone=is_alone or to is None, keys=frozenset({*keys, "seller"})
    )


def _shop(about: str, *keys: str, to: str | None = "order") -> Verb:
    return Verb(about=about, side=Side.SHOP, to=to, is_alone=to is None, keys=frozenset(keys))


VERBS: Final[dict[str, Verb]] = {
    "place": Verb(about="Buyers place orders.", path="/orders", body=bodies.PlaceOrders),
    "load": Verb(about="Amazon has these orders.", method="PUT", path="/orders", body=bodies.LoadOrders),
    "rewrite": Verb(about="An order is as it was, but for these fields (RFC 7396).", to="order", is_alone=False),
    "pay": _order("pay", "The payment is authorised."),
    "cancel": _order("cancel", "Somebody cancels the order.", bodies.CancelOrder),
    "request-cancel": _order("request-cancel", "The buyer asks to cancel.", bodies.RequestCancel),
    "ship": _order("ship", "The seller ships by hand, or Amazon's warehouse does.", bodies.ShipOrder),
    "deliver": _order("deliver", "The parcels arrive."),
    "return": _order("return", "The buyer sends the goods back."),
    "stick-feed": Verb(
        about="A feed never ends.", to="feed", is_alone=False, path="/feeds/{to}/stick", body=bodies.Nothing
    ),
    "fail-feed": Verb(
        about="Amazon gives up on a feed.", to="feed", is_alone=False, path="/feeds/{to}/fatal", body=GiveUpFeed
    ),
    "clock": Verb(about="The clock jumps, or runs at another rate.", path="/clock", body=bodies.SetClock),
    "limits": Verb(about="Usage plans are enforced, or not.", path="/limits", body=bodies.SetLimits),
    "options": Verb(about="Switches of the world are turned.", path="/options", body=bodies.SetOptions),
    "revoke": Verb(
        about="A seller takes the application's permission back.",
        to="seller",
        is_alone=False,
        path="/sellers/{to}/revoke",
        body=bodies.Nothing,
    ),
    "control": Verb(about="Any other call of the control plane.", keys=frozenset({"method", "path", "query", "body"})),
    "call": _client("Any call of Amazon's operations.", "method", "path", "query", "body"),
    "log-in": _client("The client gets an access token.", "client-id", "refresh-token"),
    "search": _client("The client searches for orders, page after page.", "query", "pages"),
    "get-order": _client("The client reads an order.", "query", to="order"),
    "confirm-shipment": _client(
        "The client confirms a package; without items, all that is open.", "reference", "items", "package", to="order"
    ),
    "cancel-feed": _client("The client cancels orders by an acknowledgement feed.", "reason", to="order"),
    "submit-feed": _client("The client submits a feed of this text.", "type", "text", "content-type", "marketplace-id"),
    "get-feed": _client("The client reads a feed and, if it has ended, the report.", to="feed"),
    "shop-stock": _shop("The shop has so many of a product.", "quantity", "enabled", to="product"),
    "shop-ship": _shop("The shop ships an order, or some of it.", "carrier", "tracking", "items"),
    "shop-cancel": _shop("The shop asks Amazon to cancel an order.", "reason"),
    "shop-resolve": _shop("A person takes a way out of what stands against an order.", "resolution", "inputs", "kind"),
    "shop-retry": _shop("A person lets the import be tried again."),
    "shop-settings": _shop("A person changes the store's order settings.", "patch", to=None),
    "shop-sync": _shop("A person lets the store be synced now.", to=None),
    "shop-wait": _shop("The shop does what is due now.", to=None),
}
