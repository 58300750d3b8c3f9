"""The rates of currencies: listing, setting and removing them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final

import strawberry

from api.plans.fragments import Fragment, all_of, equal
from api.plans.keyset import find_page
from api.plans.order import Sort
from api.schema.actors import Actor, actor_of
from api.schema.affected import evaluate_affected
from api.schema.context import Info
from api.schema.counts import Count, CountPrecision, count_rows
from api.schema.enums import described
from api.schema.ids import typed_id
from api.schema.nodes import Node, window_on
from api.schema.optional import Optionals, given, optional
from api.schema.order_list import Cap
from api.schema.paging import After, First, PageInfo, asked_page, page_info
from api.schema.scalars import CurrencyCode
from api.schema.shipping import USER
from api.schema.user_errors import UserError, user_error
from domain import timeline
from domain.accounts import currency_records as records
from domain.accounts.currency_rates import NewRate
from domain.accounts.currency_records import RateSource
from domain.channel.base_currency import remove_currency_rate, set_currency_rates
from domain.errors import DomainError

_LATEST: Final = Sort("VALID_FROM", "valid_from", str, descending=True)

described(
    RateSource,
    name="CurrencyRateSource",
    description="How a rate got here.",
    values={"PERSON": "A person set it.", "FILE": "It came in a file."},
)


@strawberry.type(
    description="What one unit of a currency is worth in another, from a UTC day on, until a later rate of the pair "
    "follows. It is never changed; each order keeps a copy of the one it got."
)
@window_on(records.CurrencyRate)
class CurrencyRate(Node):
    """The window on a rate."""

    currency: CurrencyCode = strawberry.field(description="The currency of orders.")
    base_currency: CurrencyCode = strawberry.field(
        description="The base currency that it is for; the other direction has its own rates."
    )
    source: RateSource = strawberry.field(description="How it got here.")
    note: str | None = strawberry.field(description="What was remarked on it, such as where it is published.")
    entered_at: datetime = strawberry.field(description="When it was set.")

    @strawberry.field(description="What one whole unit of `currency` is worth in `baseCurrency`.")
    @staticmethod
    def rate(root: strawberry.Parent[records.CurrencyRate]) -> Decimal:
        """Return the rate."""
        return Decimal(root.rate)

    @strawberry.field(description="The first UTC day on which orders that are imported get it.")
    @staticmethod
    def valid_from(root: strawberry.Parent[records.CurrencyRate]) -> date:
        """Return the day."""
        return date.fromisoformat(root.valid_from)

    @strawberry.field(graphql_type=Actor | None, description="Who set it.")
    @staticmethod
    def entered_by(root: strawberry.Parent[records.CurrencyRate]) -> timeline.Actor | None:
        """Return the actor."""
        return actor_of(root.actor_kind, root.actor_name)


@strawberry.type(description="A rate and its place in the list.")
class CurrencyRateEdge:
    """A rate in a list."""

    node: CurrencyRate = strawberry.field(description="The rate.")
    cursor: str = strawberry.field(description="Its place in the list.")


@strawberry.type(description="A page of rates, the latest days first.")
class CurrencyRateConnection:
    """A page, and the condition that its list fulfils."""

    where: strawberry.Private[Fragment]
    edges: list[CurrencyRateEdge] = strawberry.field(description="The rates with their places.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")

    @strawberry.field(graphql_type=list[CurrencyRate], description="The rates alone.")
    @staticmethod
    def nodes(root: strawberry.Parent["CurrencyRateConnection"]) -> list[CurrencyRate]:
        """Return the nodes of the edges."""
        return [edge.node for edge in root.edges]

    @strawberry.field(description="How many rates the whole list has; counted only if selected.")
    @staticmethod
    async def count(root: strawberry.Parent["CurrencyRateConnection"], cap: Cap = 10_000) -> Count:
        """Count the list."""
        return await count_rows("currency_rate", root.where, cap=10_000 if cap is None else cap)


@strawberry.input(description="A rate to set.")
class CurrencyRateInput(Optionals):
    """A rate as it is given."""

    currency: CurrencyCode = strawberry.field(description="The currency of orders.")
    base_currency: CurrencyCode = strawberry.field(description="The base currency, another one than that.")
    rate: Decimal = strawberry.field(
        description="What one whole unit of `currency` is worth in `baseCurrency`: above 0 and below 10000000, "
        "with at most 10 decimals."
    )
    valid_from: date | None = optional("The first UTC day that it is for; today if it is left out.")
    note: str | None = optional("A remark, such as where it is published; at most 200 characters, no buyer data.")


@strawberry.input(description="Rates to set.")
class SetCurrencyRatesInput(Optionals):
    """Rates that are set together."""

    rates: list[CurrencyRateInput] = strawberry.field(description="The rates, at most 1000; all are set, or none.")
    source: RateSource | None = optional("How they get here; PERSON if it is left out.")


@strawberry.type(description="What became of rates that were to be set.")
class SetCurrencyRatesPayload:
    """The answer to setCurrencyRates."""

    rates: list[records.CurrencyRate] = strawberry.field(
        graphql_type=list[CurrencyRate], default_factory=list, description="The rates as they are stored, in order."
    )
    affected: Count = strawberry.field(
        default_factory=lambda: Count(value=0, precision=CountPrecision.EXACT),
        description="How many orders lacked one of them and are evaluated again: the first 20 at once, the others in "
        "the background.",
    )
    errors: list[UserError] = strawberry.field(
        default_factory=list,
        description="Why not, one for each rate that cannot be set; its `path` has the place. Empty if it is done.",
    )


@strawberry.type(description="What became of a rate that was to be removed.")
class RemoveCurrencyRatePayload:
    """The answer to removeCurrencyRate."""

    errors: list[UserError] = strawberry.field(default_factory=list, description="Why not. Empty if it is done.")


Rates = Annotated[SetCurrencyRatesInput, strawberry.argument(description="The rates.")]
RateId = Annotated[strawberry.ID, strawberry.argument(description="The id of a `CurrencyRate`.")]
OfCurrency = Annotated[CurrencyCode | None, strawberry.argument(description="Only rates of this currency.")]
ToBase = Annotated[CurrencyCode | None, strawberry.argument(description="Only rates to this base currency.")]


async def list_rates(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    currency: OfCurrency = strawberry.UNSET,
    base_currency: ToBase = strawberry.UNSET,
) -> CurrencyRateConnection:
    """Return a page of rates, the latest days first.

    Raises InvalidInput.
    """
    asked = (("currency", given(currency)), ("base_currency", given(base_currency)))
    condition = all_of(equal(column, code) for column, code in asked if code is not None)
    page = await find_page("currency_rate", where=condition, sort=_LATEST, request=asked_page(first, after))
    info.context.spend(len(page.rows))
    found = await info.context.loaders.row(records.CurrencyRate).load_many([row.row_id for row in page.rows])
    edges = [
        CurrencyRateEdge(node=rate, cursor=row.cursor)  # type: ignore[arg-type]
        for rate, row in zip(found, page.rows, strict=True)
        if rate is not None
    ]
    return CurrencyRateConnection(where=condition, edges=edges, page_info=page_info(page))


async def set_rates(info: Info, input: Rates) -> SetCurrencyRatesPayload:
    """Set rates, and evaluate the orders that lacked them."""
    service = info.context.service
    now = service.clock.now()
    wanted = [
        NewRate(
            currency=one.currency,
            base_currency=one.base_currency,
            rate=one.rate,
            valid_from=one.valid_from or now.date(),
            note=one.note,
        )
        for one in input.rates
    ]
    done, affected = await set_currency_rates(
        rates=wanted, source=input.source or RateSource.PERSON, now=now, actor=USER
    )
    return SetCurrencyRatesPayload(
        rates=done.rates,
        affected=await evaluate_affected(service, affected),
        errors=[_error(place, refusal) for place, refusal in done.refused.items()],
    )


async def remove_rate(info: Info, rate_id: RateId) -> RemoveCurrencyRatePayload:
    """Remove a rate."""
    wanted = typed_id(rate_id, "CurrencyRate", path=("rateId",))
    await remove_currency_rate(rate_id=wanted.row_id, now=info.context.service.clock.now(), actor=USER)
    return RemoveCurrencyRatePayload()


def _error(place: int, refusal: DomainError) -> UserError:
    refusal.path = ("input", "rates", str(place), *refusal.path)
    return user_error(refusal)
