"""Currencies as questions and changes: the rates that people enter."""

import strawberry

from api.schema.currency_rates import (
    CurrencyRateConnection,
    RemoveCurrencyRatePayload,
    SetCurrencyRatesPayload,
    list_rates,
    remove_rate,
    set_rates,
)
from api.schema.refusals import RefusalsAsUserErrors


@strawberry.type
class CurrencyQuestions:
    """The questions about currencies."""

    currency_rates: CurrencyRateConnection = strawberry.field(
        resolver=list_rates, description="Rates of currencies, the latest days first."
    )


@strawberry.type
class CurrencyChanges:
    """The changes of currencies."""

    set_currency_rates: SetCurrencyRatesPayload = strawberry.mutation(
        resolver=set_rates,
        extensions=[RefusalsAsUserErrors(SetCurrencyRatesPayload)],
        description="Set rates of currencies, each from a day on: all of them, or none. The same again changes "
        "nothing; another rate of a pair and day that is there is refused. The orders that lacked one of them are "
        "evaluated again; orders that have one keep theirs. `orderlane rates import` sends a CSV file this way.",
    )
    remove_currency_rate: RemoveCurrencyRatePayload = strawberry.mutation(
        resolver=remove_rate,
        extensions=[RefusalsAsUserErrors(RemoveCurrencyRatePayload)],
        description="Remove a rate: orders that are imported from now on get the one before it. Orders that have got "
        "it keep it.",
    )
