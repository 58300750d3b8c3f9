"""The base currency where it meets orders: the rate that each of them gets, and the orders that a new rate helps."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from domain.accounts.currency_rates import NewRate, SetRates, rates_in_force, remove_rate_in, set_rates_in
from domain.accounts.currency_records import RateSource
from domain.accounts.global_settings import base_currency
from domain.change import Change, change
from domain.channel.affected import Affected, orders_of_currency
from domain.channel.base_rates import Base, currency_cause
from domain.channel.due_orders import DueOrder
from domain.channel.records import Attention
from domain.errors import RequiredInput
from domain.timeline import Actor


async def find_bases(due_orders: Sequence[DueOrder], *, now: datetime) -> None:
    """Give each order the rate in force on the UTC day of its import, if there is a base currency.

    One statement finds that there is none. Orders that have a commerce order keep what they got.
    """
    wanted = [due for due in due_orders if due.commerce is None]
    base = await base_currency() if wanted else None
    if base is None:
        return
    currencies = {due.order.currency for due in wanted if due.order.currency}
    rates = await rates_in_force(currencies, base=base, day=now.date())
    for due in wanted:
        due.base = Base(base, rates.get(due.order.currency or ""))


async def set_currency_rates(
    *, rates: Sequence[NewRate], source: RateSource, now: datetime, actor: Actor
) -> tuple[SetRates, Affected]:
    """Store rates, all or none, and have the orders evaluated that lacked one of them.

    Raises RequiredInput or LimitExceeded; other refusals go by the places of the rates.
    """
    async with change(now=now, actor=actor) as unit:
        done = await set_rates_in(unit, rates, source=source)
        return done, await _orders_behind(unit, [] if done.refused else rates)


async def remove_currency_rate(*, rate_id: int, now: datetime, actor: Actor) -> None:
    """Take a rate away; no order that got it changes.

    Raises NotFound.
    """
    async with change(now=now, actor=actor) as unit:
        await remove_rate_in(unit, rate_id)


async def set_rate_of(unit: Change, entry: Attention, rate: Decimal | None) -> Affected:
    """Set the rate that a blocker lacks, from today on, and have all orders evaluated that lack it.

    Raises RequiredInput or InvalidInput.
    """
    path = ("input", "rate")
    if rate is None:
        raise RequiredInput("Say what one unit of the order's currency is worth in the base currency.", path=path)
    wanted = NewRate(
        currency=str(entry.facts["value"]),
        base_currency=str(entry.facts["base_currency"]),
        rate=rate,
        valid_from=unit.now.date(),
    )
    done = await set_rates_in(unit, [wanted], source=RateSource.PERSON)
    for refusal in done.refused.values():
        refusal.path = path
        raise refusal
    return await _orders_behind(unit, [wanted])


async def _orders_behind(unit: Change, rates: Sequence[NewRate]) -> Affected:
    pairs = sorted({(rate.currency, rate.base_currency) for rate in rates})
    return await orders_of_currency(unit, [currency_cause(*pair) for pair in pairs])
