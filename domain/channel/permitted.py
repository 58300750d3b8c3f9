"""What the commerce order of an Amazon order allows, and why not: the rule table applied to where it stands."""

from domain.amazon.records import AmazonOrder
from domain.channel.cancel_rules import open_cancel
from domain.channel.leaving import leaving_refusal
from domain.channel.standing import Standing
from domain.commerce.orders import progress
from domain.commerce.permissions import OrderAction, refusal
from domain.errors import ActionNotAllowed

Path = tuple[str, ...]

ORDER_ID: Path = ("input", "orderId")


def commerce_refusal(standing: Standing, action: OrderAction, *, path: Path = ORDER_ID) -> ActionNotAllowed | None:
    """Return why an order does not allow an action of the back office now, None if it does."""
    if standing.is_leaving:
        return leaving_refusal(standing.order, action=action.value, path=path)
    if standing.commerce is None:
        because: str | None = (
            "The order is not imported, so there is no commerce order to do this with; its import decision and "
            "blockers say why."
        )
    else:
        because = refusal(action, progress(standing.commerce, standing.lines))
    return not_allowed(standing.order, action.value, because, path=path) if because else None


def hold_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why an order cannot be put on hold now, None if it can.

    What Amazon was asked to cancel cannot be held back any more: such an order is not held before that is settled.
    """
    action = OrderAction.HOLD
    if refused := commerce_refusal(standing, action, path=("orderId",)):
        return refused
    canceling = open_cancel(standing.commands)
    return not_allowed(standing.order, action.value, canceling, path=("orderId",)) if canceling else None


def unhold_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why the hold of an order cannot be lifted now, None if it can."""
    return commerce_refusal(standing, OrderAction.UNHOLD, path=("orderId",))


def invoice_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why nothing of an order can be invoiced now, None if something can."""
    return commerce_refusal(standing, OrderAction.INVOICE)


def comment_refusal(standing: Standing) -> ActionNotAllowed | None:
    """Return why no comment can be written on an order, None if one can."""
    return commerce_refusal(standing, OrderAction.COMMENT)


def not_allowed(order: AmazonOrder, action: str, because: str, *, path: Path = ORDER_ID) -> ActionNotAllowed:
    """Return the refusal of an action by where an order stands; `action` is the schema's word."""
    return ActionNotAllowed(because, action=action, current_status=order.amazon_status.value, path=path)
