import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pytest

from api.schema.ids import id_of
from api.schema.order_words import OrderActionKind
from domain.amazon.commands import OF_PACKAGES, PackageConfirmation
from domain.amazon.display import ImportState
from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel
from domain.amazon.records import AmazonItem, AmazonOrder, Command, CommandKind, CommandState
from domain.buyers import Kept, Owner, keep_many
from domain.catalog.records import Product
from domain.commerce.lifecycle import CommerceOrderState
from domain.commerce.records import CommerceOrder, CommerceOrderLine, Package, Shipment, ShipmentSource
from domain.commerce.workflow_records import HoldReason, OrderHold
from domain.sealing import Sealer
from domain.timeline import ActorKind
from tests.api.schema.asking import Client
from tests.counted import IS_THOROUGH, part
from tests.domain.channel.stage import Stage, commerce_of, item, items_of

ERRORS: Final = """errors { __typename code message retryable
  ... on ActionNotAllowedError { action currentStatus } ... on MarketplaceError { amazonCode } }"""
REASONS: Final = ERRORS.replace("errors {", "reasons {")
ACTIONS: Final = f"""query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ id
  ... on AmazonOrder {{ actions {{ kind allowed {REASONS} }} }} }} }}"""
ADDRESS: Final = '{line1: "Hauptstr. 2", city: "Bonn", postalCode: "53111", countryCode: "DE"}'
AT_ONCE: Final = 50  # as many as one document may have under different names
UNDONE: Final = (ImportState.NEW, ImportState.WAITING, ImportState.BLOCKED, ImportState.SKIPPED)
ITEMS: Final[dict[int, AmazonItem]] = {}  # the item of each order that was built
DELIVERED: Final = (*OF_PACKAGES, CommandKind.CANCEL)


@dataclass(frozen=True, kw_only=True)
class State:
    """How an order stands; of two ordered: what Amazon still lists, what left from here, and what is billed."""

    status: AmazonOrderStatus
    channel: FulfillmentChannel | None
    imported: ImportState
    commerce: CommerceOrderState | None = None
    command: tuple[CommandKind, CommandState] | None = None
    listed: int = 2
    shipped: int = 0
    invoiced: int = 2


@dataclass
class World:
    """Orders in any state, copied from one that was imported."""

    order: AmazonOrder
    line: AmazonItem
    commerce: CommerceOrder
    commerce_line: CommerceOrderLine
    sealer: Sealer
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def build(self, states: Sequence[State]) -> list[AmazonOrder]:
        """Store an order for each state."""
        if not states:
            return []
        names = [f"903-0000000-{next(self.numbers):07d}" for _ in states]
        await AmazonOrder.bulk_create(
            copy(self.order, number=name, amazon_status=state.status, raw_status=state.status.value,
                 fulfillment_channel=state.channel, import_state=state.imported, commerce_order_id=None)
            for name, state in zip(names, states, strict=True)
        )  # fmt: skip
        stored = {order.number: order for order in await AmazonOrder.filter(number__in=names)}
        orders = [stored[name] for name in names]
        placed = list(zip(orders, states, strict=True))
        await AmazonItem.bulk_create(
            copy(self.line, order_id=order.id, quantity_ordered=state.listed) for order, state in placed
        )
        ITEMS.update({row.order_id: row for row in await AmazonItem.filter(order_id__in=[row.id for row in orders])})
        await self._make_commerce([(order, state) for order, state in placed if state.commerce])
        await Command.bulk_create(
            command_of(order, *state.command, self.line) for order, state in placed if state.command
        )
        return await AmazonOrder.filter(number__in=names).order_by("id")

    async def _make_commerce(self, placed: Sequence[tuple[AmazonOrder, State]]) -> None:
        if not placed:
            return
        await CommerceOrder.bulk_create(
            copy(self.commerce, channel_order_id=order.id, channel_number=order.number, number=order.number,
                 state=state.commerce, status="any", paid_minor=self.commerce.total_minor * state.invoiced // 2)
            for order, state in placed
        )  # fmt: skip
        ids = [order.id for order, _ in placed]
        made = {row.channel_order_id: row for row in await CommerceOrder.filter(channel_order_id__in=ids)}
        rows = {row.order_id: row for row in await AmazonItem.filter(order_id__in=ids)}
        for order, _ in placed:
            order.commerce_order_id = made[order.id].id
        await AmazonOrder.bulk_update([order for order, _ in placed], fields=["commerce_order_id"])
        await CommerceOrderLine.bulk_create(
            copy(self.commerce_line, order_id=made[order.id].id, item_id=rows[order.id].id,
                 quantity_shipped=state.shipped, quantity_invoiced=state.invoiced)
            for order, state in placed
        )  # fmt: skip
        await keep_many((known_buyer(made[order.id], state) for order, state in placed), sealer=self.sealer)
        await send([made[order.id] for order, state in placed if state.command and state.command[0] in OF_PACKAGES])
        await OrderHold.bulk_create(
            hold_of(made[order.id]) for order, state in placed if state.commerce is CommerceOrderState.ON_HOLD
        )


def copy(row: Any, **changes: Any) -> Any:
    columns = {name: getattr(row, name) for name in type(row)._meta.db_fields if name != "id"}
    return type(row)(**(columns | changes))


def known_buyer(commerce: CommerceOrder, state: State) -> Kept:
    """Return who bought; of some only a name is known."""
    email = None if state.shipped else "ada1x2@marketplace.amazon.de"
    return Kept(
        owner=Owner.COMMERCE_ORDER,
        owner_id=commerce.id,
        account_id=commerce.account_id,
        values={"buyer": {"name": "Ada", "email": email}},
        purge_at=None,
    )


def command_of(order: AmazonOrder, kind: CommandKind, state: CommandState, line: AmazonItem) -> Command:
    payload: dict[str, Any] = {"reason": "NO_INVENTORY", "items": [[line.item_id, 2]], "restock": True, "note": None}
    if kind is CommandKind.PARTIAL_CANCEL:
        payload["before"] = [[line.id, 2, 2, 0]]
    if kind in OF_PACKAGES:
        payload = PackageConfirmation(
            carrier_code="DHL", tracking_number="X", shipped_at=order.purchased_at, items=((line.item_id, 1),)
        ).payload()
    return Command(
        account_id=order.account_id,
        store_id=order.store_id,
        order_id=order.id,
        order_seq=1,
        kind=kind,
        state=state,
        package_reference=f"P{order.id}" if kind in OF_PACKAGES else None,
        payload=payload,
        created_at=order.seen_at,
    )


async def send(orders: Sequence[CommerceOrder]) -> None:
    """Store a shipment of one parcel for each order, as Amazon is told of it."""
    if not orders:
        return
    await Shipment.bulk_create(
        Shipment(order_id=one.id, account_id=one.account_id, store_view=one.store_view, number=one.number,
                 source=ShipmentSource.COMMERCE, shipped_at=one.created_at, created_at=one.created_at)
        for one in orders
    )  # fmt: skip
    channel = {one.id: one.channel_order_id for one in orders}
    await Package.bulk_create(
        Package(shipment_id=row.id, order_id=row.order_id, account_id=row.account_id, carrier_code="DHL",
                package_reference=f"P{channel[row.order_id]}", tracking_number="X")
        for row in await Shipment.filter(order_id__in=list(channel))
    )  # fmt: skip


def hold_of(order: CommerceOrder) -> OrderHold:
    return OrderHold(
        order_id=order.id,
        account_id=order.account_id,
        reason=HoldReason.MANUAL,
        state_before=CommerceOrderState.PROCESSING,
        status_before="processing",
        placed_at=order.created_at,
        placed_by_kind=ActorKind.USER,
    )


def states_of(status: AmazonOrderStatus) -> list[State]:
    """Return every state of orders with one status; a message in each of its states where the merchant sends."""
    found = []
    for channel in (*FulfillmentChannel, None):
        plain = State(status=status, channel=channel, imported=ImportState.NEW)
        told = CommandState if channel is FulfillmentChannel.MERCHANT else (CommandState.SENT, CommandState.REFUSED)
        for imported in UNDONE:
            new = replace(plain, imported=imported)
            found += [new, *(replace(new, command=(CommandKind.CANCEL, state)) for state in told)]
        for commerce in CommerceOrderState:
            made = replace(plain, imported=ImportState.IMPORTED, commerce=commerce)
            found += [made, replace(made, shipped=2), replace(made, listed=0), replace(made, shipped=1, listed=1)]
            found += [replace(made, invoiced=0), replace(made, invoiced=1, shipped=1)]
            found += [
                replace(made, shipped=int(kind in OF_PACKAGES), command=(kind, state))
                for kind in CommandKind
                for state in (told if kind in DELIVERED else (CommandState.QUEUED, CommandState.PARKED))
            ]
    return found


@pytest.fixture
async def world(stage: Stage) -> World:
    await stage.products({"sku": "MUG"})
    await Product.all().update(manages_stock=False)
    order = await stage.arrive(item("MUG", 2))
    (line,), (commerce, (commerce_line,)) = await items_of(order), await commerce_of(order)
    return World(order, line, commerce, commerce_line, stage.sealer)


async def actions_of(client: Client, orders: Sequence[AmazonOrder]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for some in batches(orders, 100):
        nodes = (await client.ask(ACTIONS, ids=[id_of(order) for order in some]))["nodes"]
        for order, node in zip(some, nodes, strict=True):
            found[order.id] = {action["kind"]: action for action in node["actions"]}
    return found


async def errors_of(client: Client, kind: str, orders: Sequence[AmazonOrder]) -> list[Any]:
    """Ask for the same action on many orders; return what each was refused for."""
    if kind == "RETRY_IMPORT":
        return [one for some in batches(orders, 20) for one in await retried(client, some)]
    found = []
    for some in batches(orders, AT_ONCE):
        call, type_name, variable = MUTATIONS[kind]
        head = ", ".join(f"$v{at}: {type_name}" for at in range(len(some)))
        body = " ".join(f"m{at}: {call.replace('$', f'$v{at}')} {{ {ERRORS} }}" for at in range(len(some)))
        values = {f"v{at}": variable(order) for at, order in enumerate(some)}
        answer = await client.ask(f"mutation ({head}) {{ {body} }}", **values)
        found += [answer[f"m{at}"]["errors"] for at in range(len(some))]
    return found


async def retried(client: Client, orders: Sequence[AmazonOrder]) -> list[Any]:
    query = f"mutation ($ids: [ID!]!) {{ retryImport(orderIds: $ids) {{ errors {{ code }} results {{ {ERRORS} }} }} }}"
    payload = (await client.ask(query, ids=[id_of(order) for order in orders]))["retryImport"]
    assert payload["errors"] == []
    return [result["errors"] for result in payload["results"]]


def shipment(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "carrierCode": "dhl", "trackingNumber": "X", "idempotencyKey": f"s{order.id}"}


def cancellation(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "reason": "NO_INVENTORY", "idempotencyKey": f"c{order.id}"}


def canceled_part(order: AmazonOrder) -> dict[str, Any]:
    lines = [{"itemId": id_of(ITEMS[order.id]), "quantity": 1}]
    return {"orderId": id_of(order), "lines": lines, "reason": "NO_INVENTORY", "idempotencyKey": f"p{order.id}"}


def repayment(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "reason": "BUYER_RETURN", "idempotencyKey": f"r{order.id}"}


def other_number(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "carrierCode": "ups", "trackingNumber": "Y", "idempotencyKey": f"t{order.id}"}


def bill(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "idempotencyKey": f"i{order.id}"}


def letter(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "kind": "ORDER_COMMENT", "comment": "Hello.", "idempotencyKey": f"e{order.id}"}


def remark(order: AmazonOrder) -> dict[str, Any]:
    return {"orderId": id_of(order), "text": "Called.", "idempotencyKey": f"n{order.id}"}


MUTATIONS: Final = {
    "SHIP": ("shipOrder(input: $)", "ShipOrderInput!", shipment),
    "CANCEL": ("cancelOrder(input: $)", "CancelOrderInput!", cancellation),
    "PARTIAL_CANCEL": ("cancelRest(input: $)", "CancelRestInput!", canceled_part),
    "TRACK": ("correctTrack(input: $)", "CorrectTrackInput!", other_number),
    "REFUND": ("refundOrder(input: $)", "RefundOrderInput!", repayment),
    "HOLD": ("holdOrder(orderId: $, reason: STOCK)", "ID!", id_of),
    "UNHOLD": ("unholdOrder(orderId: $)", "ID!", id_of),
    "INVOICE": ("invoiceOrder(input: $)", "InvoiceOrderInput!", bill),
    "COMMENT": ("addOrderComment(input: $)", "AddOrderCommentInput!", remark),
    "SEND_EMAIL": ("sendEmail(input: $)", "SendEmailInput!", letter),
    "CORRECT_ADDRESS": (f"correctAddress(orderId: $, address: {ADDRESS})", "ID!", id_of),
}


def batches(rows: Sequence[AmazonOrder], size: int) -> Iterable[Sequence[AmazonOrder]]:
    return (rows[at : at + size] for at in range(0, len(rows), size))


@pytest.mark.timeout(1500 if IS_THOROUGH else 120)
@pytest.mark.parametrize("status", AmazonOrderStatus)
async def test_reasons_are_the_errors_of_the_mutation_and_what_is_allowed_is_done(
    client: Client, world: World, status: AmazonOrderStatus
) -> None:
    states = part(part(states_of(status), seed=status), seed=status)  # a part of a part, all with THOROUGH=1
    orders = await world.build(states)
    shown = await actions_of(client, orders)
    assert all(list(actions) == list(OrderActionKind) for actions in shown.values())

    for kind in OrderActionKind:
        refused = [order for order in orders if not shown[order.id][kind]["allowed"]]
        wrong = [
            (states[orders.index(order)], kind, shown[order.id][kind]["reasons"], errors)
            for order, errors in zip(refused, await errors_of(client, kind, refused), strict=True)
            if errors != shown[order.id][kind]["reasons"] or not errors
        ]
        assert wrong == []
    assert await actions_of(client, orders) == shown

    for kind in OrderActionKind:
        allowed = [state for state, order in zip(states, orders, strict=True) if shown[order.id][kind]["allowed"]]
        again = await world.build(allowed)
        done = await errors_of(client, kind, again)
        assert [(state, kind, errors) for state, errors in zip(allowed, done, strict=True) if errors] == []
