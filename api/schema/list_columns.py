"""The columns that lists can be shown and exported with."""

from enum import StrEnum

from api.schema.enums import described


class AmazonOrderColumn(StrEnum):
    """A column of the list of Amazon orders."""

    PURCHASED_AT = "PURCHASED_AT"
    AMAZON_ORDER_ID = "AMAZON_ORDER_ID"
    DISPLAY_STATUS = "DISPLAY_STATUS"
    TOTAL = "TOTAL"
    CURRENCY = "CURRENCY"
    NOTE = "NOTE"
    STORE = "STORE"
    COMMERCE_NUMBER = "COMMERCE_NUMBER"
    STATUS = "STATUS"
    IMPORT_OUTCOME = "IMPORT_OUTCOME"
    FULFILLMENT_CHANNEL = "FULFILLMENT_CHANNEL"
    ITEMS_ORDERED = "ITEMS_ORDERED"
    ITEMS_SHIPPED = "ITEMS_SHIPPED"
    ITEMS_UNSHIPPED = "ITEMS_UNSHIPPED"
    RESERVED = "RESERVED"
    LATEST_SHIP_AT = "LATEST_SHIP_AT"
    LAST_UPDATED_AT = "LAST_UPDATED_AT"
    IS_PRIME = "IS_PRIME"
    BUYER_NAME = "BUYER_NAME"


class CommerceOrderColumn(StrEnum):
    """A column of the list of commerce orders."""

    NUMBER = "NUMBER"
    STORE_VIEW = "STORE_VIEW"
    PURCHASED_AT = "PURCHASED_AT"
    CREATED_AT = "CREATED_AT"
    STATE = "STATE"
    STATUS = "STATUS"
    TOTAL = "TOTAL"
    CURRENCY = "CURRENCY"
    SUBTOTAL = "SUBTOTAL"
    SHIPPING = "SHIPPING"
    TAX = "TAX"
    DISCOUNT = "DISCOUNT"
    TOTAL_PAID = "TOTAL_PAID"
    TOTAL_REFUNDED = "TOTAL_REFUNDED"
    BASE_TOTAL = "BASE_TOTAL"
    BASE_CURRENCY = "BASE_CURRENCY"
    BASE_RATE = "BASE_RATE"
    AMAZON_ORDER_ID = "AMAZON_ORDER_ID"
    STORE = "STORE"
    IS_GUEST = "IS_GUEST"
    ITEMS_ORDERED = "ITEMS_ORDERED"
    ITEMS_SHIPPED = "ITEMS_SHIPPED"
    UPDATED_AT = "UPDATED_AT"
    COMPLETED_AT = "COMPLETED_AT"
    BILL_TO_NAME = "BILL_TO_NAME"
    SHIP_TO_NAME = "SHIP_TO_NAME"
    CUSTOMER_EMAIL = "CUSTOMER_EMAIL"


described(
    AmazonOrderColumn,
    description="A column of the list of Amazon orders. Times are UTC, amounts decimals of the currency beside them.",
    values={
        "PURCHASED_AT": "When the buyer placed it.",
        "AMAZON_ORDER_ID": "Amazon's order number.",
        "DISPLAY_STATUS": "What people see of where it stands.",
        "TOTAL": "What the buyer pays.",
        "CURRENCY": "The currency of its amounts.",
        "NOTE": "The newest line of its timeline.",
        "STORE": "The name of its store.",
        "COMMERCE_NUMBER": "The number of its commerce order.",
        "STATUS": "What Amazon says of where it stands.",
        "IMPORT_OUTCOME": "What became of it here.",
        "FULFILLMENT_CHANNEL": "Who sends the goods.",
        "ITEMS_ORDERED": "How many pieces are ordered.",
        "ITEMS_SHIPPED": "How many of them Amazon knows as shipped.",
        "ITEMS_UNSHIPPED": "How many of them are still to ship.",
        "RESERVED": "Whether stock is held for it.",
        "LATEST_SHIP_AT": "Until when it has to ship.",
        "LAST_UPDATED_AT": "When Amazon last changed it.",
        "IS_PRIME": "Whether Amazon promised Prime delivery.",
        "BUYER_NAME": "Who bought it. Buyer data, empty once it is deleted; a file with it has to go in time too.",
    },
)

described(
    CommerceOrderColumn,
    description="A column of the list of commerce orders. Times are UTC, amounts decimals of the currency beside them.",
    values={
        "NUMBER": "Its number.",
        "STORE_VIEW": "The store view in which it was made.",
        "PURCHASED_AT": "When the buyer placed the Amazon order.",
        "CREATED_AT": "When it was made here.",
        "STATE": "Where it stands.",
        "STATUS": "The code of its status.",
        "TOTAL": "What the buyer pays.",
        "CURRENCY": "The currency of its amounts.",
        "SUBTOTAL": "The goods alone.",
        "SHIPPING": "What sending costs the buyer.",
        "TAX": "The tax in it.",
        "DISCOUNT": "What was taken off.",
        "TOTAL_PAID": "What of it is invoiced.",
        "TOTAL_REFUNDED": "What was given back of it.",
        "BASE_TOTAL": "What the buyer pays, in the base currency; empty without a rate.",
        "BASE_CURRENCY": "The base currency that it got a rate to.",
        "BASE_RATE": "What one unit of its currency was worth in the base currency when it was made.",
        "AMAZON_ORDER_ID": "The number of its Amazon order.",
        "STORE": "The name of its store.",
        "IS_GUEST": "Whether its buyer is a guest, not a customer.",
        "ITEMS_ORDERED": "How many pieces are ordered.",
        "ITEMS_SHIPPED": "How many of them left.",
        "UPDATED_AT": "When something about it changed last.",
        "COMPLETED_AT": "When it was completed.",
        "BILL_TO_NAME": "Who bought it. Buyer data, empty once it is deleted; a file with it has to go in time too.",
        "SHIP_TO_NAME": "To whom it goes. Buyer data, as `BILL_TO_NAME`.",
        "CUSTOMER_EMAIL": "The buyer's e-mail address, or the one made up where Amazon told none, as `customerEmail`. "
        "Buyer data, as `BILL_TO_NAME`.",
    },
)
