"""What commerce orders can be filtered and sorted by."""

from enum import StrEnum
from typing import ClassVar

import strawberry

from api.schema import commerce_words as commerce_words
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
from domain.commerce.lifecycle import CommerceOrderState


@strawberry.input(one_of=True, description="A condition on the state of a commerce order.")
class CommerceOrderStateFilter(Optionals):
    """A condition on the state."""

    eq: CommerceOrderState | None = optional(THIS)
    one_of: list[CommerceOrderState] | None = optional(ANY)
    not_in: list[CommerceOrderState] | None = optional(NOT)


@strawberry.input(
    description="Conditions on commerce orders; all that are given have to hold. "
    "Nests at most 5 deep, with at most 50 parts."
)
class CommerceOrderWhere(Optionals):
    """Conditions on commerce orders."""

    CHOICES: ClassVar = ("store_id", "number", "amazon_order_id", "store_view", "state", "status", "sku", "tag")

    all_of: "list[CommerceOrderWhere] | None" = optional("All of these hold.", name="AND")
    any_of: "list[CommerceOrderWhere] | None" = optional(
        "One of these holds; no order fulfils an empty list.", name="OR"
    )
    negated: "CommerceOrderWhere | None" = optional("This does not hold.", name="NOT")
    ids: list[strawberry.ID] | None = optional("It is one of these orders, at most 100.")
    store_id: IDFilter | None = optional("The store of its Amazon order.")
    number: StringFilter | None = optional("Its number.")
    amazon_order_id: StringFilter | None = optional("The number of its Amazon order.")
    store_view: StringFilter | None = optional("The store view in which it was made (the purchase point).")
    state: CommerceOrderStateFilter | None = optional("Where it stands.")
    status: StringFilter | None = optional("The code of its status.")
    on_hold: bool | None = optional("Whether it is on hold.")
    is_guest: bool | None = optional("Whether its buyer is a guest, not a customer.")
    purchased_at: DateTimeRange | None = optional("When the buyer placed the Amazon order.")
    created_at: DateTimeRange | None = optional("When it was made here.")
    updated_at: DateTimeRange | None = optional("When something about it changed last.")
    total: MoneyRange | None = optional("What the buyer pays.")
    base_total: MoneyRange | None = optional("What the buyer pays, in this base currency; orders without do not match.")
    total_refunded: MoneyRange | None = optional("What was given back of it.")
    bill_to_name: NameFilter | None = optional("Who bought it.")
    ship_to_name: NameFilter | None = optional("To whom it goes.")
    customer_email: str | None = optional(
        "The buyer's whole e-mail address, whatever its case, as long as it is kept: as Amazon relays it, or the one "
        "made up of its order number where Amazon told none."
    )
    sku: StringFilter | None = optional("The SKU of one of its lines.")
    tag: StringFilter | None = optional("One of the tags on its Amazon order (`tagOrder`).")
    search: str | None = optional(
        "A part of its numbers, or of a SKU or title of its lines, whatever the case of ASCII letters; or how the "
        "names of its buyer or recipient begin, or the buyer's whole e-mail address as Amazon relays it, as long as "
        "they are kept. "
        "A whole Amazon order number finds its order alone."
    )


class CommerceOrderOrderField(StrEnum):
    """By what commerce orders are sorted."""

    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    PURCHASED_AT = "PURCHASED_AT"
    NUMBER = "NUMBER"
    TOTAL = "TOTAL"
    TOTAL_REFUNDED = "TOTAL_REFUNDED"


described(
    CommerceOrderOrderField,
    description="By what commerce orders are sorted.",
    values={
        "CREATED_AT": "When it was made here.",
        "UPDATED_AT": "When something about it changed last.",
        "PURCHASED_AT": "When the buyer placed the Amazon order.",
        "NUMBER": "Its number, as text.",
        "TOTAL": "What the buyer pays; needs `total: {currencyCode: …}` in the filter.",
        "TOTAL_REFUNDED": "What was given back; needs `total` or `totalRefunded` with a currency in the filter.",
    },
)


@strawberry.input(description="How commerce orders are sorted.")
class CommerceOrderOrder:
    """How commerce orders are sorted."""

    field: CommerceOrderOrderField = strawberry.field(description="By what.")
    direction: OrderDirection = strawberry.field(description="Which way.", default=OrderDirection.DESC)
