"""Stored rates of currencies: what one unit of an order's currency is worth in the base currency, from a day on."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from domain.instant import Instant


class RateSource(StrEnum):
    """How a rate got here."""

    PERSON = "PERSON"
    FILE = "FILE"


class CurrencyRate(Model):
    """A rate from a UTC day on, until a later one follows; never changed. Orders keep a copy of the one they got."""

    id = fields.BigIntField(primary_key=True)
    currency = fields.CharField(max_length=3)
    base_currency = fields.CharField(max_length=3)
    rate = fields.CharField(max_length=20)  # a plain decimal: what 1 `currency` is worth in `base_currency`
    valid_from = fields.CharField(max_length=10)  # YYYY-MM-DD
    source = fields.CharEnumField(RateSource, max_length=16)
    note = fields.CharField(max_length=200, null=True)  # where it is published, for example
    actor_kind = fields.CharField(max_length=16)
    actor_name = fields.CharField(max_length=100, null=True)
    entered_at = Instant()

    class Meta:
        """Storage."""

        table = "currency_rate"
        unique_together = (("base_currency", "currency", "valid_from"),)
