"""What Amazon said about one order, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.money import Money


class AmazonOrderStatus(StrEnum):
    """Where Amazon says the order stands; one spelling for every version of its API."""

    PENDING = "PENDING"  # placed, payment not verified
    PENDING_AVAILABILITY = "PENDING_AVAILABILITY"  # pre-order
    UNSHIPPED = "UNSHIPPED"
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED"
    SHIPPED = "SHIPPED"
    CANCELED = "CANCELED"
    UNFULFILLABLE = "UNFULFILLABLE"  # Amazon-fulfilled, from another channel
    INVOICE_UNCONFIRMED = "INVOICE_UNCONFIRMED"  # shipped, invoice not confirmed; only the old API says so
    UNKNOWN = "UNKNOWN"  # a word we do not know; the raw word is kept


class FulfillmentChannel(StrEnum):
    """Who sends the goods."""

    AMAZON = "AMAZON"
    MERCHANT = "MERCHANT"


class BreakdownKind(StrEnum):
    """What a part of the proceeds is for; the words of Amazon's proceeds breakdowns."""

    ITEM = "ITEM"
    SHIPPING = "SHIPPING"
    GIFT_WRAP = "GIFT_WRAP"
    COD_FEE = "COD_FEE"
    TAX = "TAX"
    DISCOUNT = "DISCOUNT"  # as Amazon gives it: negative reduces the total
    DELIVERY_TIP = "DELIVERY_TIP"
    OTHER = "OTHER"  # also any kind we do not know


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One part of the proceeds of an order or of a whole item line (not of one unit).

    `details` are pairs of what it belongs to, in Amazon's word, and minor units; empty unless they add up to the part.
    """

    kind: BreakdownKind
    amount: Money
    details: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in Amazon's answer that cannot be used as it is; never holds buyer data."""

    field: str  # Amazon's path, e.g. orderItems[0].proceeds.proceedsTotal.amount
    value: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """One order item; amounts are for the whole line."""

    order_item_id: str
    seller_sku: str | None = None
    asin: str | None = None
    title: str | None = None
    condition: str | None = None  # Amazon's words, e.g. USED
    condition_subtype: str | None = None  # e.g. VERY_GOOD
    quantity_ordered: int
    quantity_shipped: int = 0
    quantity_unshipped: int | None = None  # as Amazon says it; None where it does not say
    unit_price: Money | None = None
    proceeds_total: Money | None = None
    breakdowns: tuple[Breakdown, ...] = ()
    cancel_requested: bool = False
    canceled_by: str | None = None  # BUYER, MERCHANT or AMAZON


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerFacts:
    """Who bought. Buyer data."""

    name: str | None = None
    email: str | None = None
    company: str | None = None
    purchase_order_number: str | None = None
    cancel_reason: str | None = None  # the buyer's own words


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressFacts:
    """Where it goes. Buyer data."""

    name: str | None = None
    line1: str | None = None
    line2: str | None = None
    line3: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFacts:
    """A package that Amazon knows of; `items` are pairs of order item id and quantity."""

    reference: str
    carrier: str | None = None
    shipping_service: str | None = None  # the carrier's method, as whoever sent it called it
    tracking_number: str | None = None
    status: str | None = None
    shipped_at: datetime | None = None
    items: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """An order as Amazon describes it in one answer."""

    amazon_order_id: str
    marketplace_id: str | None
    created_at: datetime
    updated_at: datetime
    status: AmazonOrderStatus
    raw_status: str | None
    fulfillment_channel: FulfillmentChannel | None
    sales_channel: str | None = None  # AMAZON or NON_AMAZON
    payment_methods: tuple[str, ...] = ()  # Amazon's words, e.g. CreditCard
    service_level: str | None = None
    latest_ship_at: datetime | None = None
    programs: tuple[str, ...] = ()
    replaced_order_id: str | None = None
    grand_total: Money | None = None
    breakdowns: tuple[Breakdown, ...] = ()  # of the order itself, where Amazon gives them
    items: tuple[ItemFacts, ...] = ()
    packages: tuple[PackageFacts, ...] = ()
    buyer: BuyerFacts | None = None
    address: AddressFacts | None = None
    problems: tuple[Problem, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)  # fields unknown to us, without buyer data


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableOrder:
    """An order in an answer that could not be decoded: parked alone, so that the others go on."""

    amazon_order_id: str | None
    problem: Problem
    digest: str | None = None  # of all that Amazon sent of it: the same for the same content
