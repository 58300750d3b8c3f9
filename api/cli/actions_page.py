"""The reference page of actions and states, written by asking the rules that the service asks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.schema.order_words import OrderActionKind
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.channel.standing import Standing
from domain.channel.workflow import refusals
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder, CommerceOrderLine

_ABOUT: Final = (
    "What can be done with an order, and why not. `actions { kind allowed reasons { message } }` of an order tells the",
    "same for one order, and its reasons are the errors that the mutation returns. A number leads to the reason below.",
)
_IMPORTED: Final = (
    "The seller sends it, Amazon says UNSHIPPED; of two units one is invoiced, and none has shipped. Each column is a",
    "state of the commerce order.",
)
_AT_AMAZON: Final = ("The same order in PROCESSING. Each column is what Amazon says of it.",)
_NOT_IMPORTED: Final = ("An order that the seller sends and that is not imported. Each column is what Amazon says.",)
_PARCEL: Final = (
    "An order in PROCESSING that Amazon calls PARTIALLY_SHIPPED; one of its two units has left from here. Each column",
    "is where the message stands that tells Amazon of the parcel.",
)
_OTHERWISE: Final = ("An order in PROCESSING that Amazon calls UNSHIPPED, with something else about it.",)

Reasons = dict[str, int]


def actions_page(note: str) -> str:
    """Return the page; `note` says how it is written anew."""
    numbers: Reasons = {}
    of_states = {state.value: imported(state=state) for state in CommerceOrderState}
    seen = {status.value: imported(status=status) for status in AmazonOrderStatus}
    alone = {status.value: not_imported(status) for status in AmazonOrderStatus}
    sections = [
        *_section("States of the commerce order", _IMPORTED, of_states, numbers),
        *_section("What Amazon says of an imported order", _AT_AMAZON, seen, numbers),
        *_section("What Amazon says of an order that is not imported", _NOT_IMPORTED, alone, numbers),
        *_section("What Amazon was told of a parcel", _PARCEL, of_parcels(), numbers),
        *_section("What else stands against an action", _OTHERWISE, otherwise(), numbers),
    ]
    reasons = [f"{number}. {reason}" for reason, number in numbers.items()]
    return "\n".join(["# Actions and states", "", note, "", *_ABOUT, "", *sections, "## Reasons", "", *reasons, ""])


def imported(
    *,
    state: CommerceOrderState = CommerceOrderState.PROCESSING,
    status: AmazonOrderStatus = AmazonOrderStatus.UNSHIPPED,
    invoiced: int = 1,
    shipped: int = 0,
    refunded: int = 0,
) -> Standing:
    """Return how an imported order of two units stands, one minor unit of money each."""
    line = CommerceOrderLine(
        item_id=1,
        quantity_ordered=2,
        quantity_invoiced=invoiced,
        quantity_shipped=shipped,
        quantity_refunded=refunded,
        quantity_canceled=0,
    )
    commerce = CommerceOrder(state=state, total_minor=2, paid_minor=invoiced, refunded_minor=refunded)
    standing = not_imported(status)
    standing.order.commerce_order_id = 1
    return replace(standing, commerce=commerce, lines=(line,))


def not_imported(status: AmazonOrderStatus) -> Standing:
    """Return how an order of two units stands that was not imported."""
    order = AmazonOrder(amazon_status=status, fulfillment_channel=FulfillmentChannel.MERCHANT)
    item = AmazonItem(
        id=1,
        item_id="1",
        quantity_ordered=2,
        quantity_shipped=0,
        quantity_unshipped=2,
    )
    return Standing(order=order, commerce=None, items=(item,), commands=())


def of_parcels() -> Mapping[str, Standing]:
    """Return how an order stands of which one parcel left, by where the message about that stands."""
    left = imported(status=AmazonOrderStatus.PARTIALLY_SHIPPED, invoiced=2, shipped=1)
    told = {state: Command(kind=CommandKind.CONFIRM_SHIPMENT, state=state, package_reference="1", order_seq=1)
            for state in CommandState}  # fmt: skip
    return {state.value: replace(left, commands=(command,)) for state, command in told.items()}


def otherwise() -> Mapping[str, Standing]:
    """Return how orders stand about which something else than their state counts, by what that is."""
    usual = imported()
    canceling = Command(kind=CommandKind.CANCEL, state=CommandState.SENT)
    shipping = Command(kind=CommandKind.CONFIRM_SHIPMENT, state=CommandState.QUEUED)
    by_amazon = imported(invoiced=2)
    by_amazon.order.fulfillment_channel = FulfillmentChannel.AMAZON
    return {
        "all is invoiced": imported(invoiced=2),
        "all has left": replace(imported(invoiced=2, shipped=2), commands=(shipping,)),
        "all is given back": imported(invoiced=2, refunded=2),
        "a cancellation is on its way": replace(usual, commands=(canceling,)),
        "Amazon sends it": by_amazon,
        "its store is being deleted": replace(usual, is_leaving=True),
    }


def _section(title: str, about: Sequence[str], columns: Mapping[str, Standing], numbers: Reasons) -> list[str]:
    found = [refusals(standing) for standing in columns.values()]
    rows = [
        f"| {kind.value} | {' | '.join(_cell(column[kind.value], numbers) for column in found)} |"
        for kind in OrderActionKind
    ]
    head = [f"| action | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    return [f"## {title}", "", *about, "", *head, *rows, ""]


def _cell(refusal: Exception | None, numbers: Reasons) -> str:
    return "yes" if refusal is None else str(numbers.setdefault(str(refusal), len(numbers) + 1))
