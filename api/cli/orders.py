"""`orderlane orders`: listing and showing them; shipping and canceling live next door."""

from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order
from api.cli.order_acts import cancel_orders, ship_orders
from api.cli.order_adoptions import adopt_orders
from api.cli.order_export import export_orders
from api.cli.order_mails import email_orders
from api.cli.order_prints import print_orders
from api.cli.order_refunds import refund_orders
from api.cli.order_tracks import carriers_orders, track_orders
from api.cli.order_workflow import comment_orders, hold_orders, invoice_orders, unhold_orders
from api.cli.output import give, give_json, give_table
from domain.amazon.display import DisplayStatus

__all__ = [
    "adopt_orders",
    "cancel_orders",
    "carriers_orders",
    "comment_orders",
    "email_orders",
    "export_orders",
    "hold_orders",
    "invoice_orders",
    "list_orders",
    "print_orders",
    "refund_orders",
    "ship_orders",
    "show_orders",
    "track_orders",
    "unhold_orders",
]

MOST: Final = 100
_LIST: Final = """query Orders($first: Int, $where: AmazonOrderWhere) {
  amazonOrders(first: $first, where: $where, orderBy: {field: PURCHASED_AT, direction: DESC}) { nodes {
    id amazonOrderId purchasedAt displayStatus fulfillmentChannel latestShipAt total { amount currencyCode }
    store { name } importDecision { outcome } commerceOrder { number } latestEvent { message } } } }"""
_SHOW: Final = """query Order($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id amazonOrderId version status displayStatus fulfillmentChannel purchasedAt lastUpdatedAt latestShipAt
  sellerCentralUrl
  store { name } total { amount currencyCode } commerceOrder { number state }
  importDecision { outcome summary settingsVersion evaluatedAt steps { rule passed because } }
  blockers { id kind state message resolutions { id label asserts needsInput } }
  items { id amazonOrderItemId sellerSku title quantityOrdered quantityShipped lineTotal { amount currencyCode } }
  commands { id kind state attempts lastError { message } }
  actions { kind allowed reasons { message } }
  events(last: 100) { nodes { sequence at kind message } } } }"""
_HEADS: Final = ("order", "purchased", "status", "import", "commerce", "total", "ship by", "store", "note")


async def list_orders(
    *,
    status: Annotated[list[str], Parameter(negative=())] | None = None,
    blocked: bool = False,
    search: str | None = None,
    limit: int = 20,
    url: str | None = None,
    json: bool = False,
) -> None:
    """List Amazon orders, the newest purchases first.

    Parameters
    ----------
    status
        Only those shown as this, e.g. UNSHIPPED, ERROR or CANCEL_REQUESTED; may be given several times.
    blocked
        Only those that cannot be imported.
    search
        A part of a number, a SKU or a title.
    limit
        How many at most, up to 100.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    if not 1 <= limit <= MOST:
        raise CommandFailed(f"--limit: a number from 1 to {MOST}.", code=Exit.WRONG_USAGE)
    where: dict[str, Any] = {}
    if status:
        where["displayStatus"] = {"oneOf": [chosen_word("--status", word, DisplayStatus) for word in status]}
    if blocked:
        where["importOutcome"] = {"eq": "BLOCKED"}
    if search:
        where["search"] = search
    async with asking(url) if url else asking_here() as asker:
        found = await asker.data(_LIST, {"first": limit, "where": where or None})
    orders = found["amazonOrders"]["nodes"]
    if json:
        give_json(orders)
    else:
        give_table(_HEADS, [_line(order) for order in orders])


async def show_orders(number: str, /, *, url: str | None = None, json: bool = False) -> None:
    """Show what is known of one order, and what can be done with it; never who bought it.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number, _SHOW)
    if json:
        give_json(order)
    else:
        give("\n".join(_described(order)))


def _line(order: dict[str, Any]) -> list[object]:
    return [
        order["amazonOrderId"],
        _minute(order["purchasedAt"]),
        order["displayStatus"],
        (order["importDecision"] or {}).get("outcome", "NEW"),
        (order["commerceOrder"] or {}).get("number"),
        _money(order["total"]),
        _minute(order["latestShipAt"]),
        order["store"]["name"],
        (order["latestEvent"] or {}).get("message"),
    ]


def _described(order: dict[str, Any]) -> list[str]:
    commerce = order["commerceOrder"]
    lines = [
        f"{order['amazonOrderId']}  {order['displayStatus']}  {_money(order['total'])}",
        f"  store       {order['store']['name']}, sent by {order['fulfillmentChannel']}",
        f"  purchased   {order['purchasedAt']}, ship by {order['latestShipAt'] or 'no date'}",
        f"  commerce    {commerce['number'] + ' ' + commerce['state'] if commerce else 'no commerce order'}",
        f"  on Amazon   {order['sellerCentralUrl']}",
        "items",
        *(
            f"  {item['amazonOrderItemId']}  {item['quantityOrdered']} x {item['sellerSku']}"
            f"  {_money(item['lineTotal'])}  {item['quantityShipped']} shipped"
            for item in order["items"]
        ),
    ]
    return [*lines, *_decided(order), *_commands(order), *_actions(order), *_events(order)]


def _decided(order: dict[str, Any]) -> list[str]:
    decision = order["importDecision"]
    lines = [f"import: {decision['outcome']}: {decision['summary']}"] if decision else ["import: not decided yet"]
    for blocker in order["blockers"]:
        lines.append(f"  {blocker['kind']} {blocker['state']}: {blocker['message']}")
        lines += [_resolution(one) for one in blocker["resolutions"]]
    return lines


def _resolution(resolution: dict[str, Any]) -> str:
    needs = f" (needs {', '.join(resolution['needsInput'])})" if resolution["needsInput"] else ""
    says = f": {resolution['asserts']}" if resolution["asserts"] else ""
    return f"    {resolution['id']}  {resolution['label']}{says}{needs}"


def _commands(order: dict[str, Any]) -> list[str]:
    return ["messages to Amazon", *map(_command, order["commands"])] if order["commands"] else []


def _command(command: dict[str, Any]) -> str:
    error = f": {command['lastError']['message']}" if command["lastError"] else ""
    return f"  {command['kind']} {command['state']}{error}"


def _actions(order: dict[str, Any]) -> list[str]:
    return ["actions", *(f"  {one['kind']}  {_verdict(one)}" for one in order["actions"])]


def _verdict(action: dict[str, Any]) -> str:
    return "yes" if action["allowed"] else "no: " + "; ".join(reason["message"] for reason in action["reasons"])


def _events(order: dict[str, Any]) -> list[str]:
    return ["timeline", *(f"  {one['sequence']:>3}  {one['at']}  {one['message']}" for one in order["events"]["nodes"])]


def _money(money: dict[str, str] | None) -> str:
    return f"{money['amount']} {money['currencyCode']}" if money else ""


def _minute(instant: str | None) -> str:
    return instant[:16].replace("T", " ") if instant else ""
