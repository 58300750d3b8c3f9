"""Stored Amazon orders and items, and what we asked Amazon to do."""

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from domain.amazon.display import DisplayStatus, ImportState
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.instant import Instant
from domain.timeline import Subject


class CommandKind(StrEnum):
    """What we ask Amazon to do."""

    CONFIRM_SHIPMENT = "CONFIRM_SHIPMENT"
    CANCEL = "CANCEL"
    REFUND = "REFUND"
    PARTIAL_CANCEL = "PARTIAL_CANCEL"
    UPDATE_STOCK = "UPDATE_STOCK"
    UPDATE_TRACKING = "UPDATE_TRACKING"


class CommandState(StrEnum):
    """Where a command stands."""

    QUEUED = "QUEUED"  # to be sent
    HELD = "HELD"  # read-only mode
    SENT = "SENT"  # a call went out and its answer is not known
    ACCEPTED = "ACCEPTED"  # Amazon took it; the fact is not seen yet
    CONFIRMED = "CONFIRMED"  # the fact is seen
    REFUSED = "REFUSED"  # Amazon said never
    PARKED = "PARKED"  # a person has to look
    DEAD = "DEAD"  # out of attempts
    WITHDRAWN = "WITHDRAWN"  # no longer wanted


OPEN_COMMANDS = (CommandState.QUEUED, CommandState.HELD, CommandState.SENT, CommandState.ACCEPTED)


class AmazonOrder(Model):
    """An order as Amazon describes it, and what became of it here."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    number = fields.CharField(max_length=32)
    amazon_status = fields.CharEnumField(AmazonOrderStatus, max_length=24)  # the fact: only the intake writes it
    raw_status = fields.CharField(max_length=64, null=True)
    display_status = fields.CharEnumField(DisplayStatus, max_length=24)
    import_state = fields.CharEnumField(ImportState, max_length=16, default=ImportState.NEW)
    fulfillment_channel = fields.CharEnumField(FulfillmentChannel, max_length=16, null=True)
    purchased_at = Instant()
    updated_at = Instant()  # Amazon's lastUpdatedTime
    latest_ship_at = Instant(null=True)
    service_level = fields.CharField(max_length=100, null=True)
    sales_channel = fields.CharField(max_length=40, null=True)  # Amazon's word
    payment_methods: Any = fields.JSONField(null=True)  # Amazon's words
    programs: Any = fields.JSONField(default=list)
    replaced_number = fields.CharField(max_length=32, null=True)
    total_minor = fields.BigIntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    breakdowns: Any = fields.JSONField(default=list)  # of the order itself: [kind, minor, currency]
    packages: Any = fields.JSONField(default=list)  # as Amazon knows them
    problems: Any = fields.JSONField(default=list)  # [field, value, reason]
    cancel_requested_at = Instant(null=True)  # when we first saw the buyer's request
    facts_hash = fields.CharField(max_length=64)
    fetched_at = Instant()  # Amazon time of the request that brought the facts
    seen_at = Instant()
    version = fields.IntField(default=1)  # grows when something changes here; mere syncs do not count
    evaluate_due = Instant(null=True)
    evaluate_attempts = fields.IntField(default=0)
    last_sequence = fields.IntField(default=0)  # of its events
    commerce_order_id = fields.BigIntField(null=True)
    completed_at = Instant(null=True)  # when its commerce order was completed
    extra: Any = fields.JSONField(default=dict)  # what we do not know yet, without buyer data

    class Meta:
        """Storage."""

        table = "amazon_order"
        unique_together = (("store_id", "number"),)
        indexes = (
            Index(
                fields=("store_id", "display_status", "purchased_at", "id", "currency", "total_minor"),
                name="ix_order_status",
            ),
            Index(fields=("store_id", "purchased_at", "id"), name="ix_order_store"),
            Index(fields=("purchased_at", "id"), name="ix_order_purchased"),
            Index(fields=("number",), name="ix_order_number"),
            Index(fields=("store_id", "amazon_status"), name="ix_order_amazon_status"),
            Index(fields=("store_id", "latest_ship_at", "id"), name="ix_order_ship_by"),
            Index(fields=("updated_at", "id"), name="ix_order_updated"),
            Index(fields=("currency", "total_minor", "id"), name="ix_order_total"),
        )

    @property
    def subject(self) -> Subject:
        """What this order's events are about."""
        return Subject(self.account_id, self.store_id, self.id)


class AmazonItem(Model):
    """One item of an Amazon order; amounts are for the whole line, null while Amazon withholds them."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()
    item_id = fields.CharField(max_length=64)  # Amazon's orderItemId
    position = fields.IntField()
    seller_sku = fields.CharField(max_length=200, null=True)
    asin = fields.CharField(max_length=20, null=True)
    title = fields.TextField(null=True)
    condition = fields.CharField(max_length=40, null=True)  # Amazon's word
    condition_subtype = fields.CharField(max_length=40, null=True)  # Amazon's word
    quantity_ordered = fields.IntField()
    quantity_shipped = fields.IntField(default=0)
    quantity_unshipped = fields.IntField(null=True)
    currency = fields.CharField(max_length=3, null=True)
    unit_price_minor = fields.BigIntField(null=True)
    price_minor = fields.BigIntField(null=True)
    shipping_minor = fields.BigIntField(null=True)
    gift_wrap_minor = fields.BigIntField(null=True)
    tax_minor = fields.BigIntField(null=True)
    discount_minor = fields.BigIntField(null=True)  # as Amazon signs it: negative reduces
    other_minor = fields.BigIntField(null=True)
    total_minor = fields.BigIntField(null=True)
    details: Any = fields.JSONField(null=True)  # of taxes and discounts: kind to subtype to minor units
    cancel_requested = fields.BooleanField(default=False)
    canceled_by = fields.CharField(max_length=16, null=True)
    gone_at = Instant(null=True)  # Amazon no longer lists it

    class Meta:
        """Storage."""

        table = "amazon_item"
        unique_together = (("order_id", "item_id"),)
        indexes = (
            Index(fields=("store_id", "seller_sku"), name="ix_item_sku"),
            Index(fields=("seller_sku", "order_id"), name="ix_item_seller_sku"),
        )


class Command(Model):
    """One message to Amazon about one order; `order_seq` gives the strict order of an order's commands."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    store_id = fields.BigIntField()
    order_id = fields.BigIntField()
    order_seq = fields.IntField()
    kind = fields.CharEnumField(CommandKind, max_length=24)
    state = fields.CharEnumField(CommandState, max_length=16)
    attempts = fields.IntField(default=0)
    due_at = Instant(null=True)  # null: nothing to send
    lease_until = fields.BigIntField(null=True)  # machine time, milliseconds
    fence = fields.BigIntField(default=0)
    package_id = fields.BigIntField(null=True)  # commerce's package, opaque here
    package_reference = fields.CharField(max_length=32, null=True)
    payload: Any = fields.JSONField(default=dict)  # what is sent; never buyer data
    submission_id = fields.BigIntField(null=True)
    message_id = fields.IntField(null=True)
    in_doubt = fields.BooleanField(default=False)  # an earlier attempt may have had its effect
    error_code = fields.CharField(max_length=100, null=True)
    error_message = fields.TextField(null=True)
    error_retryable = fields.BooleanField(default=False)
    request_id = fields.CharField(max_length=100, null=True)
    created_at = Instant()
    sent_at = Instant(null=True)
    accepted_at = Instant(null=True)
    confirmed_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "command"
        unique_together = (("order_id", "order_seq"),)
        indexes = (
            Index(fields=("due_at",), name="ix_command_due"),
            Index(fields=("store_id", "state", "id"), name="ix_command_state"),
            Index(fields=("state", "id"), name="ix_command_of_state"),
            Index(fields=("package_id",), name="ix_command_package"),
        )


class FeedState(StrEnum):
    """How far a feed has come; it is open until it is finished."""

    COLLECTED = "COLLECTED"  # its commands are chosen, nothing was posted
    POSTED = "POSTED"  # createFeed went out and its answer is not known
    SUBMITTED = "SUBMITTED"  # Amazon gave it an id
    DONE = "DONE"  # its report was read
    FAILED = "FAILED"  # Amazon did not process it
    ABANDONED = "ABANDONED"  # never posted; its commands wait for the next one
    PARKED = "PARKED"  # nobody knows what became of it; a person has to look


class FeedSubmission(Model):
    """One feed that carries many commands; an account has at most one unfinished feed of a type."""

    id = fields.BigIntField(primary_key=True)
    account_id = fields.BigIntField()
    feed_type = fields.CharField(max_length=80)
    state = fields.CharEnumField(FeedState, max_length=16)
    marketplaces = fields.CharField(max_length=1000, null=True)  # ids joined by a comma, sorted
    messages = fields.IntField(default=0)  # how many commands it carries
    document_id = fields.CharField(max_length=200, null=True)
    feed_id = fields.CharField(max_length=64, null=True)
    result_document_id = fields.CharField(max_length=200, null=True)
    post_started_at = Instant(null=True)  # Amazon time at which createFeed went out; stored before it does
    processing_status = fields.CharField(max_length=32, null=True)  # Amazon's word
    attempts = fields.IntField(default=0)  # in a row that brought nothing: of sending, then of looking
    due_at = Instant(null=True)  # business time of the next look
    error_code = fields.CharField(max_length=100, null=True)
    error_message = fields.TextField(null=True)
    created_at = Instant()
    finished_at = Instant(null=True)

    class Meta:
        """Storage."""

        table = "feed_submission"
