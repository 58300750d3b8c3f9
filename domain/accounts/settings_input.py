"""What may be said about order settings, as pure functions."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from domain.accounts.order_settings import (
    CanceledOrderEndState,
    CustomerCreation,
    InitialStatusMode,
    OrderNumberSource,
    OrderSettings,
    PendingOrderStock,
    StockRule,
)
from domain.errors import DomainError, InvalidInput, RequiredInput

_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_STATUS_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_PREFIX: Final = re.compile(r"[A-Za-z0-9._/-]{1,16}")


def changed_settings(current: OrderSettings, patch: Mapping[str, object]) -> OrderSettings:
    """Return the settings after a patch; its keys are the names of the fields, and every value has to be allowed.

    Raises RequiredInput or InvalidInput, with the path of the field as the API names it.
    """
    checked = {name: _checked(name, value) for name, value in patch.items()}
    after = dataclasses.replace(current, **checked)
    for name in changed_names(current, after):
        if refusal := _edit_refusal(after, name):
            raise refusal
    if after.initial_status_mode is InitialStatusMode.CUSTOM and after.initial_status is None:
        raise RequiredInput("A custom order status needs the status to use.", path=_path("initial_status"))
    return after


def changed_names(before: OrderSettings, after: OrderSettings) -> list[str]:
    """Return which settings differ, in the order of the fields."""
    names = [field.name for field in dataclasses.fields(after)]
    return [name for name in names if getattr(before, name) != getattr(after, name)]


def edit_refusals(current: OrderSettings) -> dict[str, DomainError | None]:
    """Return for each setting why it cannot be changed while these settings are in force, None if it can.

    It is the refusal that changing this one setting meets, whatever its new value.
    """
    return {field.name: _edit_refusal(current, field.name) for field in dataclasses.fields(current)}


def graphql_name(name: str) -> str:
    """Return the name of a field as the API writes it: reservation_days is reservationDays."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def to_values(settings: OrderSettings) -> dict[str, object]:
    """Return what is stored of one version."""
    return dataclasses.asdict(settings)


def from_values(values: Mapping[str, object]) -> OrderSettings:
    """Read a stored version; a setting that came later has its default, one that is gone is left out."""
    known = {field.name for field in dataclasses.fields(OrderSettings)}
    return OrderSettings(**{name: _read(name, value) for name, value in values.items() if name in known})


def _read(name: str, value: object) -> Any:
    return _WORDS[name](str(value)) if name in _WORDS else value


def _edit_refusal(settings: OrderSettings, name: str) -> DomainError | None:
    if not settings.import_enabled and name != "import_enabled":
        return InvalidInput(
            "While importing orders is disabled the other settings are kept as they are; enable it to change them.",
            path=_path(name),
        )
    if settings.initial_status_mode is not InitialStatusMode.CUSTOM and name == "initial_status":
        return InvalidInput("The status is used in the mode CUSTOM only; choose that mode with it.", path=_path(name))
    return None


def _checked(name: str, value: object) -> Any:
    rule = _RULES.get(name)
    if rule is None:
        raise InvalidInput("There is no such order setting.", path=_path(name))
    if value is None and name not in _OPTIONAL:
        raise RequiredInput("This setting has no empty value; leave it out to keep it.", path=_path(name))
    return None if value is None else rule(value, name)


def _path(name: str) -> tuple[str, ...]:
    return ("input", "patch", graphql_name(name))


def _yes_or_no(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidInput("This setting is true or false.", path=_path(name))
    return value


def _days(least: int, most: int) -> Callable[[object, str], int]:
    def days(value: object, name: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise InvalidInput(f"This setting is a whole number of days, {least} to {most}.", path=_path(name))
        return value

    return days


def _one_of(words: type[StrEnum]) -> Callable[[object, str], StrEnum]:
    def word(value: object, name: str) -> StrEnum:
        try:
            return words(str(value))
        except ValueError:
            raise InvalidInput(f"This setting is one of {', '.join(words)}.", path=_path(name)) from None

    return word


def _text(pattern: re.Pattern[str], shape: str) -> Callable[[object, str], str]:
    def text(value: object, name: str) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise InvalidInput(f"This setting is {shape}.", path=_path(name))
        return value

    return text


def _status(value: object, name: str) -> str:
    code = _text(_STATUS_CODE, "the code of a status: a letter, then letters, digits and underscores, at most 64")(
        value, name
    )
    if code in OTHER_STATUSES:
        raise InvalidInput(
            "A new order is in processing, and this status belongs to another state; "
            "use processing, fraud or one of your own.",
            path=_path(name),
        )
    return code


OTHER_STATUSES: Final = frozenset(
    ["pending", "pending_payment", "complete", "closed", "canceled", "holded", "payment_review"]
)
"""The codes of the defined statuses that no order in processing can have."""

INITIAL_STATUSES: Final = frozenset(["processing", "fraud"])
"""The codes of the defined statuses that an order in processing can have."""

_OPTIONAL: Final = frozenset(["order_number_prefix", "initial_status"])
_SMALL_LETTERS: Final = "a code of small letters, digits and underscores, at most 64"

_WORDS: Final[Mapping[str, type[StrEnum]]] = {
    "customer_creation": CustomerCreation,
    "order_number_source": OrderNumberSource,
    "pending_order_stock": PendingOrderStock,
    "stock_rule": StockRule,
    "canceled_order_end_state": CanceledOrderEndState,
    "initial_status_mode": InitialStatusMode,
}

_RULES: Final[Mapping[str, Callable[[object, str], Any]]] = {
    "import_enabled": _yes_or_no,
    "commerce_store_view": _text(_CODE, _SMALL_LETTERS),
    "order_number_prefix": _text(_PREFIX, "letters, digits and . _ / - only, at most 16"),
    "reservation_days": _days(1, 90),
    "fba_requires_stock": _yes_or_no,
    "auto_create_products": _yes_or_no,
    "initial_status": _status,
    # Amazon's Data Protection Policy: buyer data at most 30 days after delivery.
    "pii_retention_days": _days(1, 30),
    **{name: _one_of(words) for name, words in _WORDS.items()},
}
