"""Stored products, stock, reservations and remembered matches."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.instant import Instant

DEFAULT_SOURCE = "default"


class ReservationState(StrEnum):
    """What became of held stock."""

    ACTIVE = "ACTIVE"
    CONSUMED = "CONSUMED"  # all of it left the shelf
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"


class MatchSource(StrEnum):
    """How a seller SKU found its product."""

    SKU = "SKU"
    ASIN = "ASIN"
    MANUAL = "MANUAL"
    CREATED = "CREATED"


class MoveReason(StrEnum):
    """Why the counts of the shelf changed."""

    COUNTED = "COUNTED"  # a person or a file said how many there are
    RESTOCKED = "RESTOCKED"  # more came
    RESERVED = "RESERVED"
    RELEASED = "RELEASED"
    EXPIRED = "EXPIRED"
    SHIPPED = "SHIPPED"
    WRITTEN_OFF = "WRITTEN_OFF"  # promised goods that turned out not to be there
    RETURNED = "RETURNED"
    TRANSFERRED = "TRANSFERRED"  # from one source to another


class Product(Model):
    """Something we sell."""

    id = fields.BigIntField(primary_key=True)
    sku = fields.CharField(max_length=200, unique=True)
    name = fields.TextField()
    price_minor = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    enabled = fields.BooleanField(default=True)
    manages_stock = fields.BooleanField(default=True)
    asin = fields.CharField(max_length=20, null=True)
    awaits_review = fields.BooleanField(default=False)  # made disabled by an import, and not enabled since
    version = fields.IntField(default=1)
    created_at = Instant()
    updated_at = Instant()

    class Meta:
        """Storage."""

        table = "product"
        indexes = (Index(fields=("asin",), name="ix_product_asin"),)


class Stock(Model):
    """How many of a product lie at the enabled sources, and how many of them are promised; 0 <= reserved <= on_hand.

    One row for each product, under the default source: `elsewhere` of them lie at others, the rest lies there.
    """

    id = fields.BigIntField(primary_key=True)
    product_id = fields.BigIntField()
    source = fields.CharField(max_length=64, default=DEFAULT_SOURCE)
    on_hand = fields.BigIntField()
    reserved = fields.BigIntField(default=0)
    elsewhere = fields.BigIntField(default=0)

    class Meta:
        """Storage."""

        table = "stock"
        unique_together = (("product_id", "source"),)


class Reservation(Model):
    """Stock promised to one item of an order; `quantity` is what is still held."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the channel's order, opaque here
    item_id = fields.BigIntField(unique=True)  # the channel's item row, opaque here
    product_id = fields.BigIntField()
    quantity = fields.BigIntField()
    state = fields.CharEnumField(ReservationState, max_length=16)
    reserved_at = Instant()
    expires_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "reservation"
        indexes = (
            Index(fields=("order_id",), name="ix_reservation_order"),
            Index(fields=("product_id", "state"), name="ix_reservation_product"),
        )


class Match(Model):
    """A remembered answer: in this account, this seller SKU means this product."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    seller_sku = fields.CharField(max_length=200)
    product_id = fields.BigIntField()
    source = fields.CharEnumField(MatchSource, max_length=16)
    matched_at = Instant()
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "product_match"
        unique_together = (("account_id", "seller_sku"),)


class ItemMatch(Model):
    """An answer for one item of an order alone: it means this product, whatever its SKU means elsewhere."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    order_id = fields.BigIntField()  # the channel's order, opaque here
    item_id = fields.BigIntField(unique=True)  # the channel's item row, opaque here
    product_id = fields.BigIntField()
    matched_at = Instant()
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)

    class Meta:
        """Storage."""

        table = "item_match"
        indexes = (
            Index(fields=("order_id",), name="ix_item_match_order"),
            Index(fields=("product_id",), name="ix_item_match_product"),
        )


class StockMove(Model):
    """One change of the counts, never changed itself: the counts are the sums of their moves."""

    id = fields.BigIntField(primary_key=True)
    product_id = fields.BigIntField()
    source = fields.CharField(max_length=64, default=DEFAULT_SOURCE)
    reason = fields.CharEnumField(MoveReason, max_length=16)
    on_hand = fields.BigIntField()  # by how much it changed
    reserved = fields.BigIntField()  # by how much it changed
    account_id = fields.BigIntField(null=True)
    order_id = fields.BigIntField(null=True)  # the channel's order, opaque here
    item_id = fields.BigIntField(null=True)
    note = fields.TextField(null=True)
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    at = Instant()

    class Meta:
        """Storage."""

        table = "stock_move"
        indexes = (Index(fields=("product_id", "id"), name="ix_stock_move_product"),)
