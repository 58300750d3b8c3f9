"""What a step can do: acts at Amazon's back door, calls of a client, and acts of the shop beside the simulator."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from msgspec import Struct, structs

from simulator.control import bodies
from simulator.control.access import Authorize, SetRoles
from simulator.control.faults import PlannedFault
from simulator.control.feeds import GiveUpFeed
from simulator.control.listings import SetListing
from simulator.control.notifications import PushTo
from simulator.scenarios import details


class Side(Enum):
    """Where an act takes place."""

    CONTROL = "control"  # one call of the control plane, with `with` as its body
    CLIENT = "client"  # the built-in client calls Amazon's own operations
    SHOP = "shop"  # the service beside the simulator does it; skipped where there is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One act: what it does, what its `to` names, what its `with` holds, and for the control plane the call."""

    about: str
    side: Side = Side.CONTROL
    to: str | None = None  # what it is done to; nothing if the act has no object
    body: type[Struct] | None = details.NoDetails  # nothing where any mapping will do
    method: str = "POST"
    path: str = ""
    takes_all: bool = False  # all that `to` names go into one act; other acts are done to one after the other

    def takes(self) -> list[str]:
        """Return the names of what `with` holds, in brackets where they can be left out."""
        fields = () if self.body is None else structs.fields(self.body)
        return [one.encode_name if one.required else f"[{one.encode_name}]" for one in fields]


def _control(about: str, path: str, body: type[Struct] | None, *, to: str | None = None, method: str = "POST") -> Verb:
    return Verb(about=about, to=to, body=body, method=method, path=path)


def _order(act: str, about: str, body: type[Struct] = bodies.Nothing) -> Verb:
    return _control(about, f"/orders/{{to}}/{act}", body, to="order")


def _client(about: str, body: type[Struct], *, to: str | None = None) -> Verb:
    return Verb(about=about, side=Side.CLIENT, to=to, body=body, takes_all=body is details.CancelFeed)


def _shop(about: str, body: type[Struct] = details.NoDetails, *, to: str | None = "order") -> Verb:
    return Verb(about=about, side=Side.SHOP, to=to, body=body)


VERBS: Final[dict[str, Verb]] = {
    "place": _control("Buyers place orders.", "/orders", bodies.PlaceOrders),
    "load": _control("Amazon has these orders.", "/orders", bodies.LoadOrders, method="PUT"),
    "rewrite": _control("An order is as it was, but for these fields (RFC 7396).", "", None, to="order"),
    "pay": _order("pay", "The payment is authorised."),
    "cancel": _order("cancel", "Somebody cancels the order.", bodies.CancelOrder),
    "request-cancel": _order("request-cancel", "The buyer asks to cancel.", bodies.RequestCancel),
    "ship": _order("ship", "The seller ships by hand, or Amazon's warehouse does.", bodies.ShipOrder),
    "deliver": _order("deliver", "The parcels arrive.", bodies.OnePackage),
    "lose": _order("lose", "A parcel does not arrive.", bodies.LostPackage),
    "return": _order("return", "The buyer sends goods back.", bodies.ReturnOrder),
    "refund": _order("refund", "The seller pays money back by hand.", bodies.RefundOrder),
    "release": _order("release", "What was ordered before it was there can be sent."),
    "fail-payment": _order("fail-payment", "The payment is not authorised."),
    "declare-unfulfillable": _order("declare-unfulfillable", "Amazon cannot fulfil an order of another channel."),
    "await-invoice": _order("await-invoice", "The order waits for an invoice to be confirmed."),
    "confirm-invoice": _order("confirm-invoice", "The invoice is confirmed."),
    "stick-feed": _control("A feed never ends.", "/feeds/{to}/stick", bodies.Nothing, to="feed"),
    "fail-feed": _control("Amazon gives up on a feed.", "/feeds/{to}/fatal", GiveUpFeed, to="feed"),
    "clock": _control("The clock jumps, or runs at another rate.", "/clock", bodies.SetClock),
    "limits": _control("Usage plans are enforced, or not.", "/limits", bodies.SetLimits),
    "options": _control("Switches of the world are turned.", "/options", bodies.SetOptions),
    "revoke": _control("A seller lets the application go.", "/sellers/{to}/revoke", bodies.Nothing, to="seller"),
    "roles": _control("The application holds only these roles.", "/roles", SetRoles, method="PUT"),
    "clear-roles": _control("The application holds all roles again.", "/roles", bodies.Nothing, method="DELETE"),
    "authorize": _control("A seller lets the application in again.", "/authorization-codes", Authorize),
    "listing": _control("A listing has so many of a product.", "/listings", SetListing, method="PUT"),
    "fault": _control("Something goes wrong from now on, by a rule.", "/faults", PlannedFault),
    "end-fault": _control("One rule goes.", "/faults/{to}", bodies.Nothing, to="fault", method="DELETE"),
    "clear-faults": _control("All rules go.", "/faults", bodies.Nothing, method="DELETE"),
    "redeliver": _control(
        "A notification is delivered once more.",
        "/notifications/{to}/redeliver",
        bodies.Nothing,
        to="notification",
    ),
    "push": _control("Notifications are pushed to a URL.", "/push", PushTo),
    "control": _control("Any other call of the control plane.", "", details.AnyControl),
    "call": _client("Any call of Amazon's operations.", details.AnyCall),
    "log-in": _client("The client gets an access token.", details.LogIn),
    "search": _client("The client searches for orders, page after page.", details.Search),
    "get-order": _client("The client reads an order.", details.GetOrder, to="order"),
    "confirm-shipment": _client("The client confirms a package.", details.ConfirmShipment, to="order"),
    "cancel-feed": _client("The client cancels orders by a feed.", details.CancelFeed, to="order"),
    "adjust-feed": _client("The client refunds, or cancels units, by a feed.", details.AdjustFeed, to="order"),
    "subscribe": _client("The client wants to be notified.", details.Subscribe),
    "submit-feed": _client("The client submits a feed of this text.", details.SubmitFeed),
    "get-feed": _client("The client reads a feed, and the report on it.", details.OfSeller, to="feed"),
    "shop-stock": _shop("The shop has so many of a product.", details.ShopStock, to="product"),
    "shop-ship": _shop("The shop ships an order, or some of it.", details.ShopShip),
    "shop-cancel": _shop("The shop asks Amazon to cancel an order.", details.ShopCancel),
    "shop-resolve": _shop("A person takes a way out of what stands against an order.", details.ShopResolve),
    "shop-retry": _shop("A person lets the import be tried again."),
    "shop-settings": _shop("A person changes the order settings.", details.ShopSettings, to=None),
    "shop-sync": _shop("A person lets the store be synced now, or one order.", details.ShopSync, to=None),
}
