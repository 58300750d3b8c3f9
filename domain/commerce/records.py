"""Stored commerce orders with their lines, papers, packages and number sequences."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.commerce.lifecycle import CommerceOrderState
from domain.instant import Instant


class Document(StrEnum):
    """The papers of an order."""

    INVOICE = "INVOICE"
    SHIPMENT = "SHIPMENT"
    PACKAGE = "PACKAGE"
    CREDIT_MEMO = "CREDIT_MEMO"


class ShipmentSource(StrEnum):
    """Who shipped."""

    COMMERCE = "COMMERCE"  # a person here
    AMAZON = "AMAZON"  # seen on Amazon: shipped there, or by Amazon


class CommerceOrder(Model):
    """A sales order of the back office; made once per Amazon order."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    channel_order_id = fields.BigIntField()  # the channel's order, opaque here
    channel_number = fields.CharField(max_length=32)  # Amazon's order number
    store_view = fields.CharField(max_length=64)
    number = fields.CharField(max_length=64)
    state = fields.CharEnumField(CommerceOrderState, max_length=24)
    status = fields.CharField(max_length=64)  # a status code of that state
    customer_id = fields.BigIntField(null=True)  # null: a guest
    currency = fields.CharField(max_length=3)
    subtotal_minor = fields.BigIntField()
    shipping_minor = fields.BigIntField()
    gift_wrap_minor = fields.BigIntField()
    tax_minor = fields.BigIntField()
    discount_minor = fields.BigIntField()
    other_minor = fields.BigIntField()
    total_minor = fields.BigIntField()
    paid_minor = fields.BigIntField(default=0)  # the sum of its invoices
    refunded_minor = fields.BigIntField(default=0)
    base_currency = fields.CharField(max_length=3, null=True)  # the one of the whole back office when it was made
    base_rate = fields.CharField(max_length=20, null=True)  # what 1 `currency` was worth in it then
    base_total_minor = fields.BigIntField(null=True)
    version = fields.IntField(default=1)
    purchased_at = Instant()  # when the buyer placed the channel's order
    created_at = Instant()
    updated_at = Instant()  # when something about it changed last; `change` keeps it
    completed_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "commerce_order"
        unique_together = (("store_id", "channel_order_id"), ("store_view", "number"))
        indexes = (
            Index(fields=("store_id", "created_at", "id"), name="ix_commerce_order_store"),
            Index(fields=("customer_id",), name="ix_commerce_order_customer"),
            Index(fields=("number", "id"), name="ix_commerce_order_number"),
            Index(fields=("channel_number",), name="ix_commerce_order_channel_number"),
            Index(fields=("created_at", "id"), name="ix_commerce_order_created"),
            Index(fields=("updated_at", "id"), name="ix_commerce_order_updated"),
            Index(fields=("purchased_at", "id"), name="ix_commerce_order_purchased"),
            Index(fields=("currency", "total_minor", "id"), name="ix_commerce_order_total"),
            Index(fields=("currency", "refunded_minor", "id"), name="ix_commerce_order_refunded"),
            Index(fields=("state", "created_at", "id"), name="ix_commerce_order_state"),
        )


class CommerceOrderLine(Model):
    """One line; sku, title and amounts are snapshots, amounts are for the whole line."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    item_id = fields.BigIntField()  # the channel's item row, opaque here
    position = fields.IntField()
    product_id = fields.BigIntField(null=True)
    sku = fields.CharField(max_length=200)
    title = fields.TextField()
    quantity_ordered = fields.BigIntField()
    quantity_invoiced = fields.BigIntField(default=0)
    quantity_shipped = fields.BigIntField(default=0)
    quantity_refunded = fields.BigIntField(default=0)
    quantity_canceled = fields.BigIntField(default=0)
    unit_price_minor = fields.BigIntField()  # shown only; the sums are kept
    price_minor = fields.BigIntField()
    shipping_minor = fields.BigIntField()
    gift_wrap_minor = fields.BigIntField()
    tax_minor = fields.BigIntField()
    discount_minor = fields.BigIntField()
    other_minor = fields.BigIntField()
    total_minor = fields.BigIntField()

    class Meta:
        """Storage."""

        table = "commerce_order_line"
        unique_together = (("order_id", "item_id"),)
        indexes = (Index(fields=("sku", "order_id"), name="ix_commerce_order_line_sku"),)


class Invoice(Model):
    """A bill for some or all of an order."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    store_view = fields.CharField(max_length=64)
    number = fields.CharField(max_length=64)
    currency = fields.CharField(max_length=3)
    shipping_minor = fields.BigIntField(default=0)  # what of it is shipping
    tax_minor = fields.BigIntField(default=0)  # what of it is tax
    total_minor = fields.BigIntField()
    base_currency = fields.CharField(max_length=3, null=True)
    base_total_minor = fields.BigIntField(null=True)  # with those before it what they come to together
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "invoice"
        unique_together = (("store_view", "number"),)
        indexes = (Index(fields=("order_id",), name="ix_invoice_order"),)


class Shipment(Model):
    """Goods that left."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    store_view = fields.CharField(max_length=64)
    number = fields.CharField(max_length=64)
    source = fields.CharEnumField(ShipmentSource, max_length=16)
    shipped_at = Instant()
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "shipment"
        unique_together = (("store_view", "number"),)
        indexes = (Index(fields=("order_id",), name="ix_shipment_order"),)


class Package(Model):
    """One parcel of a shipment; its reference is ours and unique everywhere."""

    id = fields.BigIntField(primary_key=True)
    shipment_id = fields.BigIntField()
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    package_reference = fields.CharField(max_length=32)
    carrier_code = fields.CharField(max_length=100)
    carrier_name = fields.CharField(max_length=200, null=True)
    shipping_method = fields.CharField(max_length=100, null=True)
    tracking_number = fields.CharField(max_length=200, null=True)

    class Meta:
        """Storage."""

        table = "package"
        unique_together = (("order_id", "package_reference"),)
        indexes = (Index(fields=("shipment_id",), name="ix_package_shipment"),)


class CreditMemo(Model):
    """Money given back."""

    id = fields.BigIntField(primary_key=True)
    order_id = fields.BigIntField()
    account_id = fields.BigIntField()
    store_view = fields.CharField(max_length=64)
    number = fields.CharField(max_length=64)
    currency = fields.CharField(max_length=3)
    shipping_minor = fields.BigIntField(default=0)
    adjustment_minor = fields.BigIntField(default=0)  # what belongs to no line, after the fee
    adjustment_fee_minor = fields.BigIntField(default=0)  # what was kept back
    total_minor = fields.BigIntField()
    base_currency = fields.CharField(max_length=3, null=True)
    base_total_minor = fields.BigIntField(null=True)  # with those before it what they come to together
    reason = fields.CharField(max_length=32)
    note = fields.TextField(null=True)  # never buyer data
    restocked = fields.BooleanField(default=False)
    command_id = fields.BigIntField(null=True)  # the channel's message to Amazon about it, opaque here
    created_at = Instant()

    class Meta:
        """Storage."""

        table = "credit_memo"
        unique_together = (("store_view", "number"),)
        indexes = (
            Index(fields=("order_id",), name="ix_credit_memo_order"),
            Index(fields=("command_id",), name="ix_credit_memo_command"),
        )


class DocumentLine(Model):
    """How much of an order line a paper or a package covers."""

    id = fields.BigIntField(primary_key=True)
    document = fields.CharEnumField(Document, max_length=16)
    document_id = fields.BigIntField()
    account_id = fields.BigIntField()
    line_id = fields.BigIntField()
    quantity = fields.BigIntField()
    amount_minor = fields.BigIntField(null=True)
    shipping_minor = fields.BigIntField(null=True)  # of a credit memo's shipping, what belongs to the line

    class Meta:
        """Storage."""

        table = "document_line"
        unique_together = (("document", "document_id", "line_id"),)
        indexes = (Index(fields=("line_id",), name="ix_document_line"),)


class NumberSequence(Model):
    """The next number of one kind of paper in one store view."""

    id = fields.BigIntField(primary_key=True)
    store_view = fields.CharField(max_length=64)
    kind = fields.CharField(max_length=16)
    next_number = fields.BigIntField(default=1)

    class Meta:
        """Storage."""

        table = "number_sequence"
        unique_together = (("store_view", "kind"),)
