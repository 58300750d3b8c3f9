"""The shapes of Amazon's order answers that we read; everything is optional here, what is needed is checked in reading.

Times, statuses and amounts stay text, so that one bad value spoils one field or one order and never a page.
"""

import msgspec


class _Wire(msgspec.Struct, rename="camel"):
    """A part of an answer."""


class Money(_Wire):
    """An amount; `amount` is kept as written, since a number must not pass through a float."""

    amount: msgspec.Raw = msgspec.Raw(b"null")
    currency_code: str | None = None


class Detail(_Wire):
    """What of a part belongs to what."""

    subtype: str | None = None
    value: Money | None = None


class Breakdown(_Wire):
    """A part of the proceeds."""

    type: str | None = None
    subtotal: Money | None = None
    detailed_breakdowns: list[Detail] | None = None


class Proceeds(_Wire):
    """What an order or an item earns."""

    grand_total: Money | None = None
    proceeds_total: Money | None = None
    breakdowns: list[Breakdown] | None = None


class Window(_Wire):
    """A range of times."""

    latest_date_time: str | None = None


class Fulfillment(_Wire):
    """Where an order stands."""

    fulfillment_status: str | None = None
    fulfilled_by: str | None = None
    fulfillment_service_level: str | None = None
    ship_by_window: Window | None = None


class SalesChannel(_Wire):
    """Where it was sold."""

    channel_name: str | None = None
    marketplace_id: str | None = None


class PaymentExecution(_Wire):
    """One way in which it was paid."""

    payment_method: str | None = None


class Payment(_Wire):
    """How it was paid."""

    payment_executions: list[PaymentExecution] | None = None


class AssociatedOrder(_Wire):
    """Another order that this one replaces."""

    order_id: str | None = None
    association_type: str | None = None


class Buyer(_Wire):
    """Who bought."""

    buyer_name: str | None = None
    buyer_email: str | None = None
    buyer_company_name: str | None = None
    buyer_purchase_order_number: str | None = None


class Address(_Wire):
    """Where it goes."""

    name: str | None = None
    company_name: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    city: str | None = None
    state_or_region: str | None = None
    postal_code: str | None = None
    country_code: str | None = None
    phone: str | None = None


class Recipient(_Wire):
    """Who receives it."""

    delivery_address: Address | None = None


class Price(_Wire):
    """What one unit costs."""

    unit_price: Money | None = None


class Condition(_Wire):
    """In which condition it is sold."""

    condition_type: str | None = None
    condition_subtype: str | None = None


class Product(_Wire):
    """What was bought."""

    asin: str | None = None
    title: str | None = None
    seller_sku: str | None = None
    condition: Condition | None = None
    price: Price | None = None


class CancellationRequest(_Wire):
    """The buyer asks to cancel."""

    cancel_reason: str | None = None


class CancellationExecution(_Wire):
    """Somebody canceled."""

    cancelled_by: str | None = None


class Cancellation(_Wire):
    """What is known about cancelling an item."""

    cancellation_request: CancellationRequest | None = None
    cancellation_execution: CancellationExecution | None = None


class ItemFulfillment(_Wire):
    """How much of an item is sent."""

    quantity_fulfilled: int | None = None
    quantity_unfulfilled: int | None = None


class Item(_Wire):
    """An order item."""

    order_item_id: str
    quantity_ordered: int
    product: Product | None = None
    proceeds: Proceeds | None = None
    cancellation: Cancellation | None = None
    fulfillment: ItemFulfillment | None = None


class PackageStatus(_Wire):
    """Where a package is."""

    status: str | None = None


class PackageItem(_Wire):
    """How much of an item is in a package."""

    order_item_id: str
    quantity: int


class Package(_Wire):
    """A package."""

    package_reference_id: str
    package_status: PackageStatus | None = None
    carrier: str | None = None
    ship_time: str | None = None
    shipping_service: str | None = None
    tracking_number: str | None = None
    package_items: list[PackageItem] | None = None


class Order(_Wire):
    """An order (Orders API v2026-01-01)."""

    order_id: str
    created_time: str
    last_updated_time: str
    programs: list[str] | None = None
    associated_orders: list[AssociatedOrder] | None = None
    sales_channel: SalesChannel | None = None
    buyer: Buyer | None = None
    recipient: Recipient | None = None
    proceeds: Proceeds | None = None
    payment: Payment | None = None
    fulfillment: Fulfillment | None = None
    order_items: list[Item] | None = None
    packages: list[Package] | None = None


class Pagination(_Wire):
    """How to read on."""

    next_token: str | None = None


class SearchAnswer(_Wire):
    """A page of orders, each still as it was written."""

    orders: list[msgspec.Raw]
    pagination: Pagination | None = None
    last_updated_before: str | None = None


class OrderAnswer(_Wire):
    """One order, still as it was written."""

    order: msgspec.Raw
