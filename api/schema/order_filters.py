"""What Amazon orders can be filtered and sorted by."""

from enum import StrEnum
from typing import ClassVar

import strawberry

from api.schema import order_words as order_words
from api.schema.enums import described
from api.schema.filters import (
    ANY,
    NOT,
    THIS,
    DateTimeRange,
    IDFilter,
    MoneyRange,
    NameFilter,
    OrderDirection,
    StringFilter,
)
from api.schema.optional import Optionals, optional
from domain.amazon.display import DisplayStatus
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.channel.blockers import BlockerKind
from domain.channel.cases import Outcome


@strawberry.input(one_of=True, description="A condition on Amazon's status.")
class AmazonOrderStatusFilter(Optionals):
    """A condition on Amazon's status."""

    eq: AmazonOrderStatus | None = optional(THIS)
    one_of: list[AmazonOrderStatus] | None = optional(ANY)
    not_in: list[AmazonOrderStatus] | None = optional(NOT)


@strawberry.input(one_of=True, description="A condition on the status that people see.")
class DisplayStatusFilter(Optionals):
    """A condition on the status that people see."""

    eq: DisplayStatus | None = optional(THIS)
    one_of: list[DisplayStatus] | None = optional(ANY)
    not_in: list[DisplayStatus] | None = optional(NOT)


@strawberry.input(one_of=True, description="A condition on who sends the goods.")
class FulfillmentChannelFilter(Optionals):
    """A condition on who sends the goods."""

    eq: FulfillmentChannel | None = optional(THIS)
    one_of: list[FulfillmentChannel] | None = optional(ANY)


@strawberry.input(one_of=True, description="A condition on what became of an order here.")
class ImportOutcomeFilter(Optionals):
    """A condition on what became of an order."""

    eq: Outcome | None = optional(THIS)
    one_of: list[Outcome] | None = optional(ANY)


@strawberry.input(one_of=True, description="A condition on the open blockers of an order: it has one of this kind.")
class BlockerKindFilter(Optionals):
    """A condition on open blockers."""

    eq: BlockerKind | None = optional(THIS)
    one_of: list[BlockerKind] | None = optional(ANY)


@strawberry.input(
    description="Conditions on Amazon orders; all that are given have to hold. "
    "Nests at most 5 deep, with at most 50 parts."
)
class AmazonOrderWhere(Optionals):
    """Conditions on Amazon orders."""

    CHOICES: ClassVar = (
        "store_id",
        "amazon_order_id",
        "commerce_number",
        "status",
        "display_status",
        "fulfillment_channel",
        "import_outcome",
        "blocker_kind",
        "sku",
        "tag",
    )

    all_of: "list[AmazonOrderWhere] | None" = optional("All of these hold.", name="AND")
    any_of: "list[AmazonOrderWhere] | None" = optional("One of these holds; no order fulfils an empty list.", name="OR")
    negated: "AmazonOrderWhere | None" = optional("This does not hold.", name="NOT")
    ids: list[strawberry.ID] | None = optional("It is one of these orders, at most 100.")
    store_id: IDFilter | None = optional("The store it belongs to.")
    amazon_order_id: StringFilter | None = optional("Amazon's order number.")
    commerce_number: StringFilter | None = optional("The number of its commerce order.")
    status: AmazonOrderStatusFilter | None = optional("What Amazon says.")
    display_status: DisplayStatusFilter | None = optional("What people see.")
    fulfillment_channel: FulfillmentChannelFilter | None = optional("Who sends the goods.")
    import_outcome: ImportOutcomeFilter | None = optional("What became of it here.")
    blocker_kind: BlockerKindFilter | None = optional("It has an open blocker of this kind.")
    on_hold: bool | None = optional("Whether its commerce order is on hold; one without a commerce order is not.")
    purchased_at: DateTimeRange | None = optional("When the buyer placed it.")
    last_updated_at: DateTimeRange | None = optional("When Amazon last changed it.")
    latest_ship_at: DateTimeRange | None = optional(
        "Until when it has to ship; an order without such a time never matches."
    )
    total: MoneyRange | None = optional("What the buyer pays; an order whose total Amazon withholds never matches.")
    buyer_name: NameFilter | None = optional("Who bought it.")
    sku: StringFilter | None = optional("The seller SKU of one of its items.")
    tag: StringFilter | None = optional("One of the tags on it (`tagOrder`).")
    search: str | None = optional(
        "A part of its numbers, or of a seller SKU or title of its items, whatever the case of ASCII letters; or how "
        "the names of its buyer or recipient begin, or the buyer's whole e-mail address, as long as they are kept. "
        "A whole Amazon order number finds its order alone."
    )


class AmazonOrderOrderField(StrEnum):
    """By what Amazon orders are sorted."""

    PURCHASED_AT = "PURCHASED_AT"
    UPDATED_AT = "UPDATED_AT"
    NUMBER = "NUMBER"
    SHIP_BY = "SHIP_BY"
    TOTAL = "TOTAL"


described(
    AmazonOrderOrderField,
    description="By what Amazon orders are sorted. Orders without the value come last in both directions.",
    values={
        "PURCHASED_AT": "When the buyer placed it.",
        "UPDATED_AT": "When Amazon last changed it.",
        "NUMBER": "Amazon's order number.",
        "SHIP_BY": "Until when it has to ship.",
        "TOTAL": "What the buyer pays; needs `total: {currencyCode: …}` in the filter.",
    },
)


@strawberry.input(description="How Amazon orders are sorted.")
class AmazonOrderOrder:
    """How Amazon orders are sorted."""

    field: AmazonOrderOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.DESC)
