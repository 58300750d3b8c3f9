"""Listings: seller SKUs that stock is pushed to, which stores push it, and what was pushed."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from domain.instant import Instant


class ListingAction(StrEnum):
    """What is changed of a listing."""

    UPDATE_STOCK = "UPDATE_STOCK"


class ListingOutcome(StrEnum):
    """What became of a change of a listing."""

    ACCEPTED = "ACCEPTED"  # Amazon took it, and lets it take effect a little later
    REFUSED = "REFUSED"  # Amazon will not have it; it is sent again when the product changes
    POSTPONED = "POSTPONED"  # no answer, or none that counts; it is sent again


class StockPush(Model):
    """A store that pushes stock, with its limits; a store without a row pushes none."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField(unique=True)
    threshold = fields.BigIntField()
    most = fields.BigIntField(null=True)
    changed_at = Instant()

    class Meta:
        """Storage."""

        table = "stock_push"


class Listing(Model):
    """A seller SKU of an account that stock is pushed to; `changes` counts what may have changed its number."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    seller_sku = fields.CharField(max_length=200)
    product_id = fields.BigIntField()
    changes = fields.BigIntField(default=1)
    attempts = fields.IntField(default=0)
    due_at = Instant(null=True)
    quantity = fields.BigIntField(null=True)  # what Amazon took last
    stamp = fields.CharField(
        max_length=100, null=True
    )  # of all that made this number; null: nobody knows what Amazon has
    sent_at = Instant(null=True)  # the last attempt

    class Meta:
        """Storage."""

        table = "listing"
        unique_together = (("account_id", "seller_sku"),)


class ListingChange(Model):
    """One message about a listing that was sent to Amazon."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    seller_sku = fields.CharField(max_length=200)
    product_id = fields.BigIntField()
    action = fields.CharEnumField(ListingAction, max_length=16)
    outcome = fields.CharEnumField(ListingOutcome, max_length=16)
    quantity = fields.BigIntField()
    comment = fields.TextField()
    submission_id = fields.CharField(max_length=100, null=True)
    at = Instant()

    class Meta:
        """Storage."""

        table = "listing_change"
