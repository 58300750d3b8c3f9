"""The conditions that filters of several lists are made of, and the directions of their sorts."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import strawberry

from api.schema.enums import described
from api.schema.optional import Optionals, optional
from api.schema.scalars import CurrencyCode

THIS: Final = "Exactly this one."
ANY: Final = "One of these, at most 100; none of them fulfils an empty list."
NOT: Final = "None of these, at most 100."


@strawberry.input(one_of=True, description="A condition on an id.")
class IDFilter(Optionals):
    """A condition on an id."""

    eq: strawberry.ID | None = optional(THIS)
    one_of: list[strawberry.ID] | None = optional(ANY)


@strawberry.input(
    one_of=True, description="A condition on a text. `startsWith` and `contains` ignore the case of ASCII letters."
)
class StringFilter(Optionals):
    """A condition on a text."""

    eq: str | None = optional("Exactly this text.")
    one_of: list[str] | None = optional("Exactly one of these texts, at most 100; none fulfils an empty list.")
    starts_with: str | None = optional("A text with this beginning.")
    contains: str | None = optional("A text with this part.")


@strawberry.input(
    one_of=True,
    description="A condition on a name. Names are sealed, so nothing but this can be asked, and only as long as they "
    "are kept. Case, accents and punctuation do not matter.",
)
class NameFilter(Optionals):
    """A condition on a name."""

    eq: str | None = optional("Exactly this name.")
    starts_with: str | None = optional(
        "Each word begins a part of the name: `ada by` finds Ada Byron. Of a word the first 14 letters count; one with "
        "fewer than 3 letters finds only a part that is no longer, unless it is written in Han, Kana or Hangul."
    )


@strawberry.input(description="A half-open range of time: adjoining ranges never share an instant.")
class DateTimeRange(Optionals):
    """A range of time."""

    gte: datetime | None = optional("From this instant on.")
    lt: datetime | None = optional("Before this instant.")


@strawberry.input(description="A half-open range of amounts of one currency.")
class MoneyRange(Optionals):
    """A range of amounts."""

    currency_code: CurrencyCode = strawberry.field(description="The currency; amounts of others do not match.")
    gte: Decimal | None = optional("This much or more.")
    lt: Decimal | None = optional("Less than this.")


class OrderDirection(StrEnum):
    """Which way a list is sorted."""

    ASC = "ASC"
    DESC = "DESC"


described(
    OrderDirection,
    description="Which way a list is sorted.",
    values={"ASC": "Smallest or oldest first.", "DESC": "Largest or newest first."},
)
