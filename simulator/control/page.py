"""The status page at ``/_sim``: the clock, the orders, the faults and the journal, to be read in a browser."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from simulator.cast.sellers import Seller
from simulator.control.controls import Control
from simulator.instants import wire_time
from simulator.orders.book import SimulatedOrder
from simulator.world import World

SHOWN: Final = 40  # orders, and requests
EVERY: Final = 3  # seconds between two looks of a browser
STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --weak: #777; --bad: #c62828; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem; }
h1 { font-size: 1.3rem; margin: 0 0 .3rem; } h2 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
p { margin: .2rem 0; } .weak { color: var(--weak); } .bad { color: var(--bad); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .25rem .6rem .25rem 0; text-align: left; vertical-align: top; }
th, td:not(:last-child) { white-space: nowrap; } th { font-weight: 600; } code { font: .9em ui-monospace, monospace; }
"""

Row = Sequence[str]


async def show_page(world: World, request: Request) -> Response:
    """Answer the page. It looks again by itself every few seconds, unless the address ends in ``?still``."""
    now = world.catch_up()
    refresh = "" if "still" in request.query_params else f'<meta http-equiv="refresh" content="{EVERY}">'
    parts = (_head(world, now), _orders(world), _faults(world, now), _feeds(world), _journal(world))
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Simulated Amazon</title>{refresh}'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body>{''.join(parts)}</body></html>"
    )
    # Nothing on it comes from elsewhere, and nothing in it is a program.
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})


def _head(world: World, now: int) -> str:
    rate = world.clock.rate
    pace = "stands still" if rate == 0 else f"runs {rate:g} times as fast as ours"
    sellers = ", ".join(
        escape(seller.name) + (" (permission revoked)" if seller.is_revoked else "")
        for seller in world.sellers.values()
    )
    limits = "" if world.quotas.is_enabled else '<p class="bad">Usage plans are not enforced.</p>'
    return (
        f"<h1>Simulated Amazon</h1><p><time>{wire_time(now)}</time>: time {pace}.</p>"
        f'<p class="weak">Seed {escape(world.seed)}; sellers: {sellers}.</p>{limits}'
    )


def _seller(seller: Seller) -> str:
    return escape(seller.name) + (" (permission revoked)" if seller.is_revoked else "")


def _orders(world: World) -> str:
    counts = "; ".join(
        f"{status or 'no status'} {count}" for status, count in sorted(world.book.counts().items(), key=str)
    )
    rows = [_order(order) for order in world.book.newest(SHOWN)]
    head = ("Order", "Seller", "Marketplace", "Fulfilled by", "Status", "Placed", "Last update")
    return _section(f"Orders: {len(world.book)}", escape(counts), head, rows)


def _order(order: SimulatedOrder) -> Row:
    status = (order.status or "") + (", cancellation requested" if order.is_requested else "")
    return (
        f"<code>{escape(order.order_id)}</code>",
        escape(order.seller),
        escape(order.marketplace_id or ""),
        escape(order.fulfilled_by or ""),
        escape(status),
        _moment(order.created),
        _moment(order.updated),
    )


def _faults(world: World, now: int) -> str:
    rows = [
        (
            f"<code>{escape(rule.rule_id)}</code>",
            escape(rule.effect),
            escape(", ".join(rule.operations) or "any"),
            str(rule.hits),
            "spent" if rule.is_spent(now=world.clock.milliseconds()) else "armed",
        )
        for rule in world.faults
    ]
    head = ("Rule", "Effect", "Where", "Struck", "State")
    return _section(f"Faults: {len(rows)}", "", head, rows)


def _feeds(world: World) -> str:
    feeds = list(world.feeds)
    rows = [
        (
            f"<code>{feed.feed_id}</code>",
            escape(feed.seller),
            feed.feed_type,
            feed.status + (", stuck" if feed.is_stuck else ""),
            "" if feed.counts is None else f"{feed.counts.processed} messages, {feed.counts.with_error} refused",
        )
        for feed in feeds[: -SHOWN - 1 : -1]
    ]
    return _section(f"Feeds: {len(feeds)}", "", ("Feed", "Seller", "Type", "Status", "Result"), rows)


def _journal(world: World) -> str:
    rows = [
        (
            _shorter(entry.time),
            f"<code>{escape(entry.method)} {escape(entry.path)}</code>",
            escape(entry.operation or ""),
            _status(entry.status),
            escape(entry.hint or ""),
        )
        for entry in reversed(world.journal.entries(last=SHOWN))
    ]
    note = "The latest first; all of them, with their queries: <code>/_sim/journal</code>"
    head = ("Time", "Request", "Operation", "Status", "Hint")
    return _section(f"Journal: {len(world.journal)} requests", note, head, rows)


def _moment(milliseconds: int) -> str:
    return _shorter(wire_time(milliseconds))


def _shorter(time: str) -> str:
    """Return a time as people read it, to the second."""
    return time[:19].replace("T", " ")


def _status(status: int | None) -> str:
    if status is None:
        return '<span class="bad">no answer</span>'
    return f'<span class="bad">{status}</span>' if status >= 400 else str(status)


def _section(title: str, note: str, head: Row, rows: Iterable[Row]) -> str:
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{name}</th>' for name in head)
    table = f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    return f"<h2>{title}</h2>" + (f'<p class="weak">{note}</p>' if note else "") + (table if body else "")


CONTROLS: Final[tuple[Control, ...]] = (Control("GET", "/", show_page),)
