"""The Order of Amazon's 2026-01-01 model, to check what is loaded: required fields, types and enums.

Fields that the model does not know are allowed, as Amazon adds some before it documents them.
"""

from datetime import date, datetime
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Time: TypeAlias = Annotated[datetime, Meta(tz=True)]
Text: TypeAlias = str | UnsetType
Texts: TypeAlias = list[str] | UnsetType


class Part(msgspec.Struct, rename="camel"):
    """A piece of an order; an absent field is unset, and none may be null."""


class Money(Part):
    amount: Annotated[str, Meta(pattern=r"^-?[0-9]+([.][0-9]+)?$")]
    currency_code: str


class DateTimeRange(Part):
    earliest_date_time: Time | UnsetType = UNSET
    latest_date_time: Time | UnsetType = UNSET


class Alias(Part):
    alias_id: str
    alias_type: str


class AssociatedOrder(Part):
    order_id: Text = UNSET
    association_type: Text = UNSET


class SalesChannel(Part):
    channel_name: str
    marketplace_id: Text = UNSET
    marketplace_name: Text = UNSET


class Buyer(Part):
    buyer_name: Text = UNSET
    buyer_email: Text = UNSET
    buyer_company_name: Text = UNSET
    buyer_purchase_order_number: Text = UNSET


class ExtendedFields(Part):
    street_name: Text = UNSET
    street_number: Text = UNSET
    complement: Text = UNSET
    neighborhood: Text = UNSET


class MerchantAddress(Part):
    name: Text = UNSET
    address_line1: Text = UNSET
    address_line2: Text = UNSET
    address_line3: Text = UNSET
    city: Text = UNSET
    district_or_county: Text = UNSET
    state_or_region: Text = UNSET
    municipality: Text = UNSET
    postal_code: Text = UNSET
    country_code: Text = UNSET


class CustomerAddress(MerchantAddress):
    company_name: Text = UNSET
    phone: Text = UNSET
    extended_fields: ExtendedFields | UnsetType = UNSET
    address_type: Text = UNSET


class HourMinute(Part):
    hour: int | UnsetType = UNSET
    minute: int | UnsetType = UNSET


class TimeWindow(Part):
    start_time: HourMinute | UnsetType = UNSET
    end_time: HourMinute | UnsetType = UNSET


class BusinessHour(Part):
    day_of_week: Literal["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] | UnsetType = UNSET
    time_windows: list[TimeWindow] | UnsetType = UNSET


class ExceptionDate(Part):
    exception_date: date | UnsetType = UNSET
    exception_date_type: Literal["CLOSED", "OPEN"] | UnsetType = UNSET
    time_windows: list[TimeWindow] | UnsetType = UNSET


class PreferredDeliveryTime(Part):
    business_hours: list[BusinessHour] | UnsetType = UNSET
    exception_dates: list[ExceptionDate] | UnsetType = UNSET


class DeliveryPreference(Part):
    drop_off_location: Text = UNSET
    address_instruction: Text = UNSET
    delivery_time: PreferredDeliveryTime | UnsetType = UNSET
    delivery_capabilities: Texts = UNSET


class Recipient(Part):
    delivery_address: CustomerAddress | UnsetType = UNSET
    delivery_preference: DeliveryPreference | UnsetType = UNSET


class OrderBreakdown(Part):
    type: str
    subtotal: Money
    status: Text = UNSET


class OrderProceeds(Part):
    grand_total: Money | UnsetType = UNSET
    breakdowns: list[OrderBreakdown] | UnsetType = UNSET


class PaymentExecution(Part):
    payment_method: Text = UNSET
    payment_amount: Money | UnsetType = UNSET
    acquirer_id: Text = UNSET
    card_brand: Text = UNSET
    authorization_code: Text = UNSET


class OrderPayment(Part):
    payment_executions: list[PaymentExecution] | UnsetType = UNSET


class TaxAttribute(Part):
    key: Text = UNSET
    value: Text = UNSET


class TaxRegistration(Part):
    entity_type: Text = UNSET
    legal_name: Text = UNSET
    tax_registration_type: Text = UNSET
    tax_registration_number: Text = UNSET
    tax_registration_address: CustomerAddress | UnsetType = UNSET
    tax_registration_attributes: list[TaxAttribute] | UnsetType = UNSET


class TaxInvoicing(Part):
    buyer_invoice_preference: Text = UNSET
    invoice_status: Text = UNSET


class OrderTax(Part):
    tax_registrations: list[TaxRegistration] | UnsetType = UNSET
    tax_invoicing: TaxInvoicing | UnsetType = UNSET


class OrderFulfillment(Part):
    fulfillment_status: Literal[
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "PARTIALLY_SHIPPED",
        "SHIPPED",
        "CANCELLED",
        "UNFULFILLABLE",
    ]
    fulfilled_by: Text = UNSET
    fulfillment_service_level: Text = UNSET
    ship_by_window: DateTimeRange | UnsetType = UNSET
    deliver_by_window: DateTimeRange | UnsetType = UNSET
    label_printing_window: DateTimeRange | UnsetType = UNSET


class PackageStatus(Part):
    status: Literal["PENDING", "IN_TRANSIT", "SHIPPED", "DELIVERED", "CANCELLED", "UNDELIVERABLE"] | UnsetType = UNSET
    detailed_status: Text = UNSET


class PackageItem(Part):
    order_item_id: str
    quantity: int
    transparency_codes: Texts = UNSET


class OrderPackage(Part):
    package_reference_id: str
    created_time: Time | UnsetType = UNSET
    package_status: PackageStatus | UnsetType = UNSET
    carrier: Text = UNSET
    ship_time: Time | UnsetType = UNSET
    shipping_service: Text = UNSET
    tracking_number: Text = UNSET
    ship_from_address: MerchantAddress | UnsetType = UNSET
    package_items: list[PackageItem] | UnsetType = UNSET


class FulfillmentOrder(Part):
    fulfillment_order_id: str
