"""Everything that can be asked of an order, each with the rule that says why not: the one table of actions."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from domain.channel.cancel_rules import cancel_refusal
from domain.channel.correct import correct_refusal
from domain.channel.leaving import leaving_refusal
from domain.channel.partial_rules import partial_refusal
from domain.channel.permitted import comment_refusal, commerce_refusal, hold_refusal, invoice_refusal, unhold_refusal
from domain.channel.retry import retry_refusal
from domain.channel.send_mail import writing_refusal
from domain.channel.ship_input import ship_refusal
from domain.channel.standing import Standing
from domain.channel.track_rules import track_refusal
from domain.commerce.permissions import OrderAction
from domain.errors import DomainError

Rule: TypeAlias = Callable[[Standing], DomainError | None]
"""Returns why an order does not allow an action now, None if it does; its mutation raises the same."""


def _ship(standing: Standing) -> DomainError | None:
    items = {item.id: item for item in standing.items}
    return ship_refusal(standing.order, standing.commerce, standing.lines, items=items, commands=standing.commands)


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "SHIP": _ship,
        "CANCEL": cancel_refusal,
        "PARTIAL_CANCEL": partial_refusal,
        "TRACK": track_refusal,
        "REFUND": lambda standing: commerce_refusal(standing, OrderAction.REFUND),
        "RETRY_IMPORT": lambda standing: retry_refusal(standing.order),
        "CORRECT_ADDRESS": lambda standing: correct_refusal(standing.order, standing.commerce),
        "HOLD": hold_refusal,
        "UNHOLD": unhold_refusal,
        "INVOICE": invoice_refusal,
        "COMMENT": comment_refusal,
        "SEND_EMAIL": writing_refusal,
    }
)
"""The rule of each action by the schema's word for it, in the order in which actions are shown."""


def refusals(standing: Standing) -> dict[str, DomainError | None]:
    """Return for each action why an order does not allow it now, None if it does."""
    if standing.is_leaving:
        return {kind: leaving_refusal(standing.order, action=kind) for kind in RULES}
    return {kind: rule(standing) for kind, rule in RULES.items()}
