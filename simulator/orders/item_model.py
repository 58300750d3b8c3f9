"""The order item of Amazon's 2026-01-01 model, and the Order that holds it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from simulator.orders.model import (
    Alias,
    AssociatedOrder,
    Buyer,
    DateTimeRange,
    FulfillmentOrder,
    Money,
    OrderFulfillment,
    OrderPackage,
    OrderPayment,
    OrderProceeds,
    OrderTax,
    Part,
    Recipient,
    SalesChannel,
    Text,
    Texts,
    Time,
)

Mandatory = Literal["MANDATORY"] | UnsetType


class Measurement(Part):
    unit: Literal[
        "OUNCES", "POUNDS", "KILOGRAMS", "GRAMS", "MILLIGRAMS", "INCHES", "FEET", "METERS", "CENTIMETERS",
        "MILLIMETERS", "SQUARE_METERS", "SQUARE_CENTIMETERS", "SQUARE_FEET", "SQUARE_INCHES", "GALLONS",
        "PINTS", "QUARTS", "FLUID_OUNCES", "LITERS", "CUBIC_METERS", "CUBIC_FEET", "CUBIC_INCHES",
        "CUBIC_CENTIMETERS", "COUNT",
    ]  # fmt: skip
    value: float


class AssociatedOrderItem(Part):
    order_id: Text = UNSET
    order_item_id: Text = UNSET
    association_type: Text = UNSET


class ItemCondition(Part):
    condition_type: Text = UNSET
    condition_subtype: Text = UNSET
    condition_note: Text = UNSET


class ItemPrice(Part):
    unit_price: Money | UnsetType = UNSET
    price_designation: Text = UNSET


class ItemCustomization(Part):
    customized_url: Text = UNSET


class ItemProduct(Part):
    asin: Text = UNSET
    title: Text = UNSET
    seller_sku: Text = UNSET
    condition: ItemCondition | UnsetType = UNSET
    price: ItemPrice | UnsetType = UNSET
    serial_numbers: Texts = UNSET
    customization: ItemCustomization | UnsetType = UNSET


class DetailedBreakdown(Part):
    subtype: Text = UNSET
    value: Money | UnsetType = UNSET


class ItemBreakdown(Part):
    type: str
    subtotal: Money
    detailed_breakdowns: list[DetailedBreakdown] | UnsetType = UNSET


class ItemProceeds(Part):
    proceeds_total: Money | UnsetType = UNSET
    breakdowns: list[ItemBreakdown] | UnsetType = UNSET


class PointsGranted(Part):
    points_number: int | UnsetType = UNSET
    points_monetary_value: Money | UnsetType = UNSET


class PointsCost(Part):
    points_granted: PointsGranted | UnsetType = UNSET


class ItemExpense(Part):
    points_cost: PointsCost | UnsetType = UNSET


class PromotionBreakdown(Part):
    promotion_id: Text = UNSET


class ItemPromotion(Part):
    breakdowns: list[PromotionBreakdown] | UnsetType = UNSET


class CancellationRequest(Part):
    requester: Text = UNSET
    cancel_reason: Text = UNSET


class CancellationExecution(Part):
    cancelled_by: Text = UNSET
    cancel_reason: Text = UNSET


class ItemCancellation(Part):
    cancellation_request: CancellationRequest | UnsetType = UNSET
    cancellation_execution: CancellationExecution | UnsetType = UNSET


class SubstitutionOption(Part):
    asin: Text = UNSET
    quantity_ordered: int | UnsetType = UNSET
    seller_sku: Text = UNSET
    title: Text = UNSET
    measurement: Measurement | UnsetType = UNSET


class SubstitutionPreference(Part):
    substitution_type: Literal["CUSTOMER_PREFERENCE", "AMAZON_RECOMMENDED", "DO_NOT_SUBSTITUTE"]
    substitution_options: list[SubstitutionOption] | UnsetType = UNSET


class ItemPicking(Part):
    substitution_preference: SubstitutionPreference | UnsetType = UNSET


class GiftOption(Part):
    gift_message: Text = UNSET
    gift_wrap_level: Text = UNSET


class SerialNumberRequirement(Part):
    requirement_type: Text = UNSET


class ItemPacking(Part):
    gift_option: GiftOption | UnsetType = UNSET
    serial_number_requirement: SerialNumberRequirement | UnsetType = UNSET


class ShippingConstraints(Part):
    pallet_delivery: Mandatory = UNSET
    cash_on_delivery: Mandatory = UNSET
    signature_confirmation: Mandatory = UNSET
    recipient_identity_verification: Mandatory = UNSET
    recipient_age_verification: Mandatory = UNSET


class InternationalShipping(Part):
    ioss_number: Text = UNSET


class ItemShipping(Part):
    scheduled_delivery_window: DateTimeRange | UnsetType = UNSET
    shipping_constraints: ShippingConstraints | UnsetType = UNSET
    international_shipping: InternationalShipping | UnsetType = UNSET


class ItemFulfillment(Part):
    quantity_fulfilled: int | UnsetType = UNSET
    quantity_unfulfilled: int | UnsetType = UNSET
    picking: ItemPicking | UnsetType = UNSET
    packing: ItemPacking | UnsetType = UNSET
    shipping: ItemShipping | UnsetType = UNSET


class TaxCalculation(Part):
    reporting_scheme: Text = UNSET


class TaxCollection(Part):
    model: Text = UNSET
    responsible_party: Text = UNSET


class ItemTax(Part):
    tax_calculation_breakdowns: list[TaxCalculation] | UnsetType = UNSET
    tax_collections: list[TaxCollection] | UnsetType = UNSET


class OrderItem(Part):
    order_item_id: str
    quantity_ordered: int
    product: ItemProduct
    measurement: Measurement | UnsetType = UNSET
    associated_order_items: list[AssociatedOrderItem] | UnsetType = UNSET
    programs: Texts = UNSET
    proceeds: ItemProceeds | UnsetType = UNSET
    expense: ItemExpense | UnsetType = UNSET
    promotion: ItemPromotion | UnsetType = UNSET
    cancellation: ItemCancellation | UnsetType = UNSET
    fulfillment: ItemFulfillment | UnsetType = UNSET
    tax: ItemTax | UnsetType = UNSET


class Order(Part):
    order_id: Annotated[str, Meta(min_length=1)]
    created_time: Time
    last_updated_time: Time
    sales_channel: SalesChannel
    order_items: list[OrderItem]
    order_aliases: list[Alias] | UnsetType = UNSET
    programs: Texts = UNSET
    associated_orders: list[AssociatedOrder] | UnsetType = UNSET
    buyer: Buyer | UnsetType = UNSET
    recipient: Recipient | UnsetType = UNSET
    proceeds: OrderProceeds | UnsetType = UNSET
    payment: OrderPayment | UnsetType = UNSET
    tax: OrderTax | UnsetType = UNSET
    fulfillment: OrderFulfillment | UnsetType = UNSET
    packages: list[OrderPackage] | UnsetType = UNSET
    fulfillment_orders: list[FulfillmentOrder] | UnsetType = UNSET
