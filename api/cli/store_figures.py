"""`orderlane stores show`: one store at a glance."""

from typing import Any, Final

from api.cli.asking import asking, asking_here
from api.cli.endings import CommandFailed
from api.cli.output import give, give_json, give_table

_MONEY: Final = "{ amount currencyCode }"
_PERIOD: Final = f"{{ currencies {{ orders changePercent total {_MONEY} previous {_MONEY} }} rule }}"
_LIST: Final = "{ stores { id name } }"
_SHOW: Final = f"""query Show($id: ID!) {{ store(id: $id) {{ id name countryCode marketplaceId status connectedAt
  dashboard {{
    orders {{ value }} counts {{ status count {{ value }} }} blocked {{ value }} awaitingShipment {{ value }}
    week: revenue(period: LAST_7_DAYS) {_PERIOD} month: revenue(period: LAST_30_DAYS) {_PERIOD}
    lifetimeSales {_MONEY} baseSales {{ total {_MONEY} orders without }} systemMessages {{ severity text }}
    sync {{ running lastSyncedAt nextSyncAt waits because }}
    recentOrders(first: 10) {{ purchasedAt amazonOrderId displayStatus total {_MONEY} latestEvent {{ message }} }}
  }} }}
  worklist: shipByWorklist(storeId: $id) {{ late: count(due: LATE) {{ value }} today: count(due: TODAY) {{ value }}
    tomorrow: count(due: TOMORROW) {{ value }} }} }}"""


async def show_stores(store: str, /, *, url: str | None = None, json: bool = False) -> None:
    """Show one store: its orders and sales, what has to ship, and how reading it stands.

    Names of buyers are not printed. How the sales are added up is said by --json, as `rule`.

    Parameters
    ----------
    store
        The store's name or id.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        meant = [one for one in (await asker.data(_LIST))["stores"] if store in (one["id"], one["name"])]
        if len(meant) != 1:
            found = f"{len(meant)} stores are called" if meant else "There is no store called"
            raise CommandFailed(f"{found} {store!r}; `orderlane stores list` shows names and ids.")
        shown = await asker.data(_SHOW, {"id": meant[0]["id"]})
    if json:
        give_json(shown["store"] | {"worklist": shown["worklist"]})
        return
    _give(shown["store"], shown["worklist"])


def _give(store: dict[str, Any], worklist: dict[str, Any]) -> None:
    board = store["dashboard"]
    give(f"{store['name']} ({store['countryCode']}), {store['status']}, connected {store['connectedAt']}")
    for message in board["systemMessages"]:
        give(f"{message['severity']}: {message['text']}")
    give("")
    give_table(("", ""), _lines(board, worklist))
    give("")
    give_table(("purchased", "order", "status", "total", "note"), [_order(order) for order in board["recentOrders"]])


def _lines(board: dict[str, Any], worklist: dict[str, Any]) -> list[tuple[str, str]]:
    statuses = ", ".join(f"{entry['count']['value']} {entry['status']}" for entry in board["counts"])
    due = ", ".join(f"{worklist[name]['value']} {name}" for name in ("late", "today", "tomorrow"))
    lines = [
        ("orders", f"{board['orders']['value']}{f' ({statuses})' if statuses else ''}"),
        ("blocked", str(board["blocked"]["value"])),
        ("awaiting shipment", f"{board['awaitingShipment']['value']} ({due})"),
    ]
    for words, period in (("last 7 days", board["week"]), ("last 30 days", board["month"])):
        lines += [(words, _sales(sales)) for sales in period["currencies"]]
    lines.append(("lifetime sales", ", ".join(_money(sum_) for sum_ in board["lifetimeSales"])))
    if base := board["baseSales"]:
        counted = f"{_money(base['total'])} of {base['orders']} orders, {base['without']} have no rate"
        lines.append(("in base currency", counted))
    return [*lines, ("sync", _sync(board["sync"]))]


def _sales(sales: dict[str, Any]) -> str:
    change = sales["changePercent"]
    sign = "" if change.startswith("-") else "+"
    return (
        f"{_money(sales['total'])} of {sales['orders']} orders, {sign}{change} % (before: {_money(sales['previous'])})"
    )


def _sync(sync: dict[str, Any]) -> str:
    last = f"last {sync['lastSyncedAt']}" if sync["lastSyncedAt"] else "never synced"
    return f"{last}; {'at work' if sync['running'] else sync['because']}"


def _order(order: dict[str, Any]) -> tuple[str, ...]:
    note = order["latestEvent"]["message"] if order["latestEvent"] else ""
    total = _money(order["total"]) if order["total"] else ""
    return order["purchasedAt"], order["amazonOrderId"], order["displayStatus"], total, note


def _money(money: dict[str, str]) -> str:
    return f"{money['amount']} {money['currencyCode']}"
