"""What the control plane accepts: every body, with its types and bounds; unknown keys are refused."""

import re
from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request

FASTEST: Final = 1_000_000
MOST_ORDERS: Final = 100_000
WHERE: Final = re.compile(r" - at `\$[.]?(.*)`$")

Time: TypeAlias = Annotated[datetime, Meta(tz=True)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MOST_ORDERS)]
Name: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\Z")]
Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
Seed: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)] | int


class ControlError(Exception):
    """A refusal of the control plane."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.field = field


class Body(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """A body of the control plane."""


class Nothing(Body):
    """A body without content."""


class SetClock(Body):
    """One of: seconds to advance by, the time to set, the rate to run at."""

    advance: Annotated[float, Meta(ge=0)] | UnsetType = UNSET
    now: Time | UnsetType = UNSET
    rate: Annotated[float, Meta(ge=0, le=FASTEST)] | UnsetType = UNSET


class PlacedItem(Body):
    """A product to order; the price is of one unit, as a decimal string."""

    sku: Annotated[str, Meta(min_length=1, max_length=100)]
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)]
    price: str | None = None


class PlaceOrders(Body):
    """Orders to place."""

    count: Annotated[int, Meta(ge=1, le=MOST_ORDERS)] = 1
    seller: Name = "demo"
    marketplace_id: str = "ATVPDKIKX0DER"
    fulfilled_by: Literal["MERCHANT", "AMAZON"] = "MERCHANT"
    fulfillment_status: Literal[
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "PARTIALLY_SHIPPED",
        "SHIPPED",
        "CANCELLED",
        "UNFULFILLABLE",
    ] = "PENDING"
    items: Annotated[list[PlacedItem], Meta(min_length=1, max_length=1_000)] | UnsetType = UNSET
    programs: list[str] | UnsetType = UNSET


class LoadOrders(Body):
    """Orders to load as they are."""

    orders: list[dict[str, Any]]
    seller: Name = "demo"


class CancelOrder(Body):
    """Who cancels, and why."""

    by: Literal["BUYER", "SELLER", "AMAZON"]
    reason: Reason | None = None


class RequestCancel(Body):
    """Why the buyer asks to cancel."""

    reason: Reason | None = None


class ShippedItem(Body):
    """So many units of an order item."""

    order_item_id: str
    quantity: Annotated[int, Meta(ge=1)]


class ShipOrder(Body):
    """What to ship; without items, all that is open."""

    items: Annotated[list[ShippedItem], Meta(min_length=1)] | UnsetType = UNSET


class Reset(Body):
    """What the world begins anew with."""

    seed: Seed | UnsetType = UNSET
    now: Time | UnsetType = UNSET
    orders: Count = 0


class SetLimits(Body):
    """Whether usage plans are enforced."""

    enabled: bool


class SetOptions(Body):
    """The switches to turn; see ``Options`` for what each stands for."""

    offers_cancel_order: bool | UnsetType = UNSET
    v0_reads: Literal["BY_DATE", "SERVED", "GONE"] | UnsetType = UNSET
    v0_gone_status: Literal[403, 404, 410] | UnsetType = UNSET
    moves_packages: bool | UnsetType = UNSET
    shows_detailed_status: bool | UnsetType = UNSET
    restocks_cancelled: bool | UnsetType = UNSET


AnyBody = TypeVar("AnyBody", bound=Body)


async def read_body(request: Request, kind: type[AnyBody]) -> AnyBody:
    """Read and check the body of a request; an empty one counts as ``{}``. Raises ControlError."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except msgspec.ValidationError as error:
        found = WHERE.search(str(error))
        raise ControlError(422, "INVALID", WHERE.sub("", str(error)), found[1] if found else None) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(400, "MALFORMED", "the body is not JSON") from error
