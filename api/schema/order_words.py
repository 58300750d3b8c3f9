"""The words that say where an Amazon order stands."""

from enum import StrEnum

from api.schema.enums import described
from domain.amazon.display import DisplayStatus
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import BlockerKind
from domain.channel.cases import Outcome


class OrderTarget(StrEnum):
    """Where a click on an order number leads."""

    COMMERCE_ORDER = "COMMERCE_ORDER"
    AMAZON_ORDER_DETAILS = "AMAZON_ORDER_DETAILS"
    SELLER_CENTRAL = "SELLER_CENTRAL"


class OrderActionKind(StrEnum):
    """What can be asked of an order."""

    SHIP = "SHIP"
    CANCEL = "CANCEL"
    PARTIAL_CANCEL = "PARTIAL_CANCEL"
    TRACK = "TRACK"
    REFUND = "REFUND"
    RETRY_IMPORT = "RETRY_IMPORT"
    CORRECT_ADDRESS = "CORRECT_ADDRESS"
    HOLD = "HOLD"
    UNHOLD = "UNHOLD"
    INVOICE = "INVOICE"
    COMMENT = "COMMENT"
    SEND_EMAIL = "SEND_EMAIL"


_FACTS = {
    "PENDING": "Placed; Amazon still verifies the payment.",
    "PENDING_AVAILABILITY": "A pre-order: not available yet.",
    "UNSHIPPED": "Paid, and nothing of it has shipped.",
    "PARTIALLY_SHIPPED": "Some of it has shipped.",
    "SHIPPED": "All of it has shipped.",
    "CANCELED": "Canceled; Amazon's newer API writes CANCELLED.",
    "UNFULFILLABLE": "An order from another channel that Amazon cannot send.",
    "INVOICE_UNCONFIRMED": "Shipped, but the invoice is not confirmed; only Amazon's old API says so.",
    "UNKNOWN": "A word of Amazon's that this version does not know; `rawStatus` has it.",
}

described(AmazonOrderStatus, description="Where Amazon says that an order stands.", values=_FACTS)

described(
    DisplayStatus,
    description="What a person should see of an order: Amazon's word, or what is known beyond it.",
    values=_FACTS
    | {
        "COMPLETED": "Shipped, and its commerce order is complete.",
        "CANCEL_REQUESTED": "A cancellation is on its way to Amazon.",
        "ERROR": "It cannot be imported, or Amazon refused a message about it; the newest event says why.",
    },
)

described(
    FulfillmentChannel,
    description="Who sends the goods.",
    values={"AMAZON": "Amazon sends them.", "MERCHANT": "The seller sends them."},
)

described(
    Outcome,
    name="ImportOutcome",
    description="What became of an order here.",
    values={
        "IMPORTED": "It has a commerce order.",
        "WAITING": "It may be imported later, when something at Amazon or here changes.",
        "BLOCKED": "It could be imported if it were not for its blockers.",
        "SKIPPED": "It is not meant to be imported.",
    },
)

described(
    BlockerKind,
    description="Why an order that could be imported is not.",
    values={
        "PRODUCT_NOT_MATCHED": "No product is known for the seller SKU of an item.",
        "PRODUCT_DISABLED": "The product of an item is not for sale.",
        "OUT_OF_STOCK": "Less of a product is free than the order needs.",
        "INVALID_ADDRESS": "The shipping address lacks a part without which nothing can be sent.",
        "CURRENCY_NOT_CONFIGURED": "The currency cannot be worked with, or has no rate to the base currency.",
        "MARKETPLACE_DATA_INVALID": "What Amazon says is missing something or contradicts itself.",
    },
)

described(
    OrderTarget,
    description="Where a click on an order number leads.",
    values={
        "COMMERCE_ORDER": "To its commerce order.",
        "AMAZON_ORDER_DETAILS": "To what is known of the Amazon order here.",
        "SELLER_CENTRAL": "To its page in Amazon's Seller Central.",
    },
)

described(
    OrderActionKind,
    description="What can be asked of an order.",
    values={
        "SHIP": "Ship what is left of it (`shipOrder`).",
        "CANCEL": "Ask Amazon to cancel all of it (`cancelOrder`).",
        "PARTIAL_CANCEL": "Ask Amazon to cancel what is left of it, or some units (`cancelRest`).",
        "TRACK": "Correct the tracking of what left from here, or add a parcel (`correctTrack`, `addTrack`).",
        "REFUND": "Give back some or all that was paid of it (`refundOrder`).",
        "RETRY_IMPORT": "Evaluate it again with what is stored (`retryImport`).",
        "CORRECT_ADDRESS": "Correct its delivery address (`correctAddress`).",
        "HOLD": "Put it on hold (`holdOrder`).",
        "UNHOLD": "Lift its hold (`unholdOrder`).",
        "INVOICE": "Invoice what is not billed of it (`invoiceOrder`).",
        "COMMENT": "Write a comment on it (`addOrderComment`).",
        "SEND_EMAIL": "Write to its buyer (`sendEmail`); `emailOptions` of the commerce order says which e-mails.",
    },
)
