"""What the control plane accepts: every body, with its types and bounds; unknown keys are refused."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request

from simulator.cast.odd_addresses import AddressKind
from simulator.orders.programs import ItemProgram, OrderProgram
from simulator.refusing import refusal_of

FASTEST: Final = 1_000_000
MOST_ORDERS: Final = 100_000
MOST_SEEDED: Final = 100_000  # nobody else is answered meanwhile; a simulator may begin with more
MOST_POINTS: Final = 1_000_000
LONGEST_WAIT: Final = 366 * 86_400  # seconds until the release of a pre-order
LONGEST: Final = 21 * 86_400  # seconds; Amazon waits for a payment for 21 days

Time: TypeAlias = Annotated[datetime, Meta(tz=True)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=MOST_SEEDED)]
Name: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\Z")]
Reason: TypeAlias = Annotated[str, Meta(min_length=1, max_length=500)]
Seconds: TypeAlias = Annotated[int, Meta(ge=0, le=LONGEST)]
Seed: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)] | int

Word: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100)]
Line: TypeAlias = Annotated[str, Meta(max_length=500)]
Percent: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9]{1,2}([.][0-9]{1,2})?\Z")]


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
    """A product to order; the price is of one unit, every other amount for the whole line, as decimal strings."""

    sku: Word
    quantity: Annotated[int, Meta(ge=0, le=1_000_000)]
    price: str | None = None
    shipping: str | UnsetType = UNSET
    gift_wrap: str | UnsetType = UNSET
    cod_fee: str | UnsetType = UNSET
    other: str | UnsetType = UNSET
    discount: str | UnsetType = UNSET
    shipping_discount: str | UnsetType = UNSET
    gift_message: Annotated[str, Meta(min_length=1, max_length=500)] | None = None
    gift_wrap_level: Word | None = None
    programs: Annotated[list[ItemProgram], Meta(max_length=2)] = msgspec.field(default_factory=list)
    points: Annotated[int, Meta(ge=0, le=MOST_POINTS)] = 0


class PlacedAddress(Body, omit_defaults=True):
    """An address as it is to be served; give none of a real person."""

    name: Line | UnsetType = UNSET
    company_name: Line | UnsetType = UNSET
    address_line1: Line | UnsetType = UNSET
    address_line2: Line | UnsetType = UNSET
    address_line3: Line | UnsetType = UNSET
    city: Line | UnsetType = UNSET
    district_or_county: Line | UnsetType = UNSET
    state_or_region: Line | UnsetType = UNSET
    municipality: Line | UnsetType = UNSET
    postal_code: Line | UnsetType = UNSET
    country_code: Line | UnsetType = UNSET
    phone: Line | UnsetType = UNSET
    address_type: Line | UnsetType = UNSET


class PlaceOrders(Body):
    """Orders to place, all alike in what is said of them."""

    count: Annotated[int, Meta(ge=1, le=MOST_ORDERS)] = 1
    seller: Name = "demo"
    marketplace_id: str | UnsetType = UNSET
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
    programs: Annotated[list[OrderProgram], Meta(max_length=20)] | UnsetType = UNSET
    channel_name: Literal["AMAZON", "NON_AMAZON"] | UnsetType = UNSET
    payment_takes: Seconds | UnsetType = UNSET
    payment_fails: bool = False
    release_takes: Annotated[int, Meta(ge=0, le=LONGEST_WAIT)] | UnsetType = UNSET
    payment_method: (
        Literal["CreditCard", "CashOnDelivery", "ConvenienceStore", "Invoice", "Pix", "Other"] | UnsetType
    ) = UNSET
    awaits_invoice: bool = False
    replacement_for: str | UnsetType = UNSET
    address: AddressKind | PlacedAddress | UnsetType = UNSET
    service_level: (
        Literal["EXPEDITED", "FREE_ECONOMY", "NEXT_DAY", "PRIORITY", "SAME_DAY", "SECOND_DAY", "SCHEDULED", "STANDARD"]
        | UnsetType
    ) = UNSET
    purchase_order_number: Word | UnsetType = UNSET
    business_price: bool | UnsetType = UNSET
    seller_order_id: Word | UnsetType = UNSET
    tax_rate: Percent | UnsetType = UNSET


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


class CountedItem(Body):
    """So many units of an order item."""

    order_item_id: str
    quantity: Annotated[int, Meta(ge=1)]


class ShipOrder(Body):
    """What to ship; without items, all that is open."""

    items: Annotated[list[CountedItem], Meta(min_length=1)] | UnsetType = UNSET


class ReturnOrder(Body):
    """What comes back; without items, all that has arrived."""

    items: Annotated[list[CountedItem], Meta(min_length=1)] | UnsetType = UNSET


class RefundedItem(Body):
    """An order item to refund: amounts as decimal strings by component, or all that is left of it."""

    order_item_id: str
    amounts: Annotated[dict[str, str], Meta(min_length=1, max_length=20)] | UnsetType = UNSET


class RefundOrder(Body):
    """What to refund, and why; without items, all that is left of what was charged."""

    items: Annotated[list[RefundedItem], Meta(min_length=1, max_length=1_000)] | UnsetType = UNSET
    reason: Reason | None = None


class OnePackage(Body):
    """Which package is meant; without a reference, all that are on their way."""

    package_reference_id: str | None = None


class LostPackage(OnePackage):
    """Which package is lost, and what Amazon would say of it, where the world shows that."""

    detailed_status: (
        Literal["REJECTED_BY_BUYER", "UNDELIVERABLE", "RETURNING_TO_SELLER", "RETURNED_TO_SELLER", "LOST", "DAMAGED"]
        | None
    ) = None


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
    progress_updates: bool | UnsetType = UNSET
    shows_detailed_status: bool | UnsetType = UNSET
    restocks_cancelled: bool | UnsetType = UNSET
    zeroes_cancelled: bool | UnsetType = UNSET
    demands_transparency_codes: bool | UnsetType = UNSET
    payment_takes: Seconds | UnsetType | None = UNSET
    warehouse_takes: Seconds | UnsetType | None = UNSET
    delivery_takes: Seconds | UnsetType | None = UNSET
    cancel_order_takes: Seconds | UnsetType = UNSET


AnyBody = TypeVar("AnyBody", bound=Body)


async def read_body(request: Request, kind: type[AnyBody]) -> AnyBody:
    """Read and check the body of a request; an empty one counts as ``{}``. Raises ControlError."""
    try:
        return msgspec.json.decode(await request.body() or b"{}", type=kind)
    except msgspec.ValidationError as error:
        message, path = refusal_of(error, kind)
        raise ControlError(422, "INVALID", message, path or None) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ControlError(400, "MALFORMED", "the body is not JSON") from error
