"""What the acts of the built-in client and of the shop take under ``with``, as types."""

from typing import Annotated, Any, Literal, TypeAlias

from msgspec import Meta, field

from simulator.cast.sellers import FIRST_SELLER
from simulator.control.bodies import Name
from simulator.marketplaces import FIRST_MARKETPLACE
from simulator.scenarios.language import Part, Words

Query: TypeAlias = dict[str, str | int | list[str]]
Path: TypeAlias = Annotated[str, Meta(pattern=r"^/(?!/)[!-~]*\Z", max_length=2_000)]  # two slashes would name a host
Header: TypeAlias = Annotated[str, Meta(pattern=r"^[ -~]{1,200}\Z")]
Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Amount: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{1,9}([.][0-9]{1,2})?\Z")]
Units: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]


class Details(Part):
    """What an act takes; keys that it does not know are refused."""


class NoDetails(Details):
    """An act that takes nothing."""


class AnyControl(Details):
    """A call of the control plane; the path is what follows ``/_sim``."""

    method: Method
    path: Path
    query: Query = field(default_factory=dict)
    body: Any = None


class OfSeller(Details):
    """An act of the client for a seller."""

    seller: Name = FIRST_SELLER


class AnyCall(OfSeller, kw_only=True):
    """A call of one of Amazon's operations."""

    method: Method
    path: Path
    query: Query = field(default_factory=dict)
    body: Any = None


class LogIn(OfSeller):
    """What the client shows for an access token."""

    client_id: Words = "scenario"
    refresh_token: Words | None = None


class Search(OfSeller):
    """A search, and how many pages are read of what it finds; without a query, what changed since the start."""

    query: Query = field(default_factory=dict)
    pages: Annotated[int, Meta(ge=1, le=1_000)] = 1_000


class GetOrder(OfSeller):
    """How an order is read; without a query, with all its parts."""

    query: Query = field(default_factory=dict)


class ConfirmShipment(OfSeller):
    """A package: its units by SKU or order item id, and what else of packageDetail is not as usual."""

    reference: Words = "1"
    items: dict[str, Units] | None = None
    package: dict[str, Any] = field(default_factory=dict)


class CancelFeed(OfSeller):
    """Why the orders are cancelled, in a word of Amazon's feed."""

    reason: Words = "NoInventory"


class SubmitFeed(OfSeller, kw_only=True):
    """A feed's type and its text; ``${name}`` stands for what earlier steps answered."""

    type: Words
    text: str
    content_type: Header = "text/xml; charset=UTF-8"
    marketplace_id: Words = FIRST_MARKETPLACE


class AdjustFeed(OfSeller):
    """What of an order is refunded, an amount for each SKU or order item id, or how many open units are cancelled."""

    reason: Words = "GeneralAdjustment"
    refund: dict[str, Amount] = field(default_factory=dict)
    cancel: dict[str, Units] = field(default_factory=dict)


class Subscribe(OfSeller):
    """Of what the client wants to be notified."""

    type: Words = "ORDER_CHANGE"


class ShopStock(Details):
    """How many of a product the shop has; without a quantity nobody counts it."""

    quantity: Units | None = None
    enabled: bool = True


class ShopShip(Details):
    """A package that the shop sends: its units by SKU, or all that is left."""

    carrier: Words = "UPS"
    tracking: Words = "1Z999AA10123456784"
    items: dict[str, Units] | None = None


class ShopCancel(Details):
    """Why the shop wants an order cancelled, in a word of the service's API."""

    reason: Words = "NO_INVENTORY"


class ShopResolve(Details):
    """The way out of a blocker of this kind, or of the only one; further inputs as the API names them."""

    resolution: Words
    kind: Words | None = None
    inputs: dict[str, Any] = field(default_factory=dict)


class ShopSettings(Details):
    """The order settings that change, as the API names them."""

    patch: dict[str, Any]


class ShopSync(Details):
    """What is synced: this one order, or the store."""

    order: Words | None = None
