"""Customers: one per store view and e-mail, found again by a keyed digest."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from domain.commerce.customer_records import Customer
from domain.sealing import Sealer

_PURPOSE: Final = "email"


class CustomerKey(NamedTuple):
    """What a customer is found by."""

    store_view: str
    email_digest: str


async def customers_of(keys: Collection[CustomerKey], *, now: datetime) -> dict[CustomerKey, Customer]:
    """Return the customer of each key, made where there was none."""
    if not keys:
        return {}
    wanted = [Customer(store_view=key.store_view, email_digest=key.email_digest, created_at=now) for key in set(keys)]
    await Customer.bulk_create(wanted, ignore_conflicts=True)
    stored = await Customer.filter(email_digest__in={key.email_digest for key in keys})
    return {CustomerKey(customer.store_view, customer.email_digest): customer for customer in stored}


def made_up_email(channel_number: str) -> str:
    """Return the address of a buyer of whom the channel told none: it tells orders apart, and reaches nobody.

    Source: the documented channel builds it of Amazon's order number.
    """
    return f"{channel_number}@amazon.com"


def made_up_for(email: str) -> str | None:
    """Return the order number of which an e-mail address would be made up; None for any other address."""
    address = email.strip()
    number = address.partition("@")[0]
    return number if number and made_up_email(number) == address.lower() else None


def customer_digest(email: str, sealer: Sealer) -> str:
    """Return the keyed digest that a customer is found by: the same for an e-mail address in any case."""
    return sealer.digest(_PURPOSE, email.strip().lower())
