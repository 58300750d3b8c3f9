"""What the control plane can do to one order: each act by its name, with its body."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

from msgspec import UNSET
from starlette.requests import Request

from simulator.amounts import parse_amount
from simulator.control.bodies import (
    CancelOrder,
    ControlError,
    LostPackage,
    Nothing,
    OnePackage,
    RefundedItem,
    RefundOrder,
    RequestCancel,
    ReturnOrder,
    ShipOrder,
    read_body,
)
from simulator.finances.accounts import DEDUCTIONS
from simulator.finances.charges import currency_of
from simulator.orders import acting
from simulator.orders.book import SimulatedOrder
from simulator.orders.refunding import KNOWN_COMPONENTS, WantedRefund, refund
from simulator.world import World

Act: TypeAlias = Callable[[World, SimulatedOrder, Request, int], Awaitable[None]]


class _Plain(Protocol):
    def __call__(self, world: World, order: SimulatedOrder, *, at: int) -> None: ...


def _plain(act: _Plain) -> Act:
    """Return an act that needs nothing but the order."""

    async def plain(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
        await read_body(request, Nothing)
        act(world, order, at=now)

    return plain


async def _cancel(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, CancelOrder)
    acting.cancel(world, order, by=body.by, reason=body.reason, at=now)


async def _request_cancel(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, RequestCancel)
    acting.request_cancel(world, order, reason=body.reason, at=now)


async def _ship(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    acting.ship(world, order, quantities=_quantities(await read_body(request, ShipOrder)), at=now)


async def _return(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    acting.take_back(world, order, quantities=_quantities(await read_body(request, ReturnOrder)))


async def _deliver(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, OnePackage)
    acting.deliver(world, order, reference=body.package_reference_id, at=now)


async def _lose(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, LostPackage)
    acting.lose(world, order, reference=body.package_reference_id, detail=body.detailed_status, at=now)


async def _refund(world: World, order: SimulatedOrder, request: Request, now: int) -> None:
    body = await read_body(request, RefundOrder)
    items = None if body.items is UNSET else [_refunded(order, item, n) for n, item in enumerate(body.items)]
    if items is not None and len({item.item_id for item in items}) < len(items):
        raise ControlError(422, "INVALID", "the same orderItemId is given twice", "items")
    refund(world, order, items=items, reason=body.reason, at=now)


def _refunded(order: SimulatedOrder, item: RefundedItem, number: int) -> WantedRefund:
    if item.amounts is UNSET:
        return WantedRefund(item_id=item.order_item_id)
    currency, amounts = currency_of(order.read()), {}
    for component, text in item.amounts.items():
        amount = parse_amount(text, currency)
        if component not in KNOWN_COMPONENTS or amount is None:
            message = f"one of {', '.join(sorted(KNOWN_COMPONENTS))}, each with an amount of {currency}"
            raise ControlError(422, "INVALID", message, f"items[{number}].amounts")
        amounts[component] = -amount if component in DEDUCTIONS else amount
    return WantedRefund(item_id=item.order_item_id, amounts=amounts)


def _quantities(body: ShipOrder | ReturnOrder) -> dict[str, int] | None:
    items = body.items
    if items is UNSET:
        return None
    quantities = {item.order_item_id: item.quantity for item in items}
    if len(quantities) < len(items):
        raise ControlError(422, "INVALID", "the same orderItemId is given twice", "items")
    return quantities


ACTS: Final[dict[str, Act]] = {
    "release": _plain(acting.release),
    "pay": _plain(acting.pay),
    "fail-payment": _plain(acting.fail_payment),
    "cancel": _cancel,
    "request-cancel": _request_cancel,
    "declare-unfulfillable": _plain(acting.declare_unfulfillable),
    "ship": _ship,
    "deliver": _deliver,
    "lose": _lose,
    "return": _return,
    "refund": _refund,
    "await-invoice": _plain(acting.await_invoice),
    "confirm-invoice": _plain(acting.confirm_invoice),
}
