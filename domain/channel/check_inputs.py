"""What each check of a blocked order looks at, as pairs of name and value: never buyer data."""

from collections.abc import Iterator, Sequence

from domain.channel.blockers import Blocker, BlockerKind, LineState
from domain.channel.cases import Case

Inputs = tuple[tuple[str, str | None], ...]


def check_inputs(kind: BlockerKind, case: Case, found: Sequence[Blocker]) -> Inputs:
    """Return what the check for one kind of blocker looked at; `found` is what it found."""
    lines = ("lines", str(len(case.lines)))
    return (lines, *_looked_at(kind, case, found), ("blockers", str(len(found))))


def _looked_at(kind: BlockerKind, case: Case, found: Sequence[Blocker]) -> Iterator[tuple[str, str | None]]:
    match kind:
        case BlockerKind.PRODUCT_NOT_MATCHED:
            yield "autoCreateProducts", str(case.settings.auto_create_products).lower()
            for line in case.lines:
                yield f"product of {_name(line)}", line.product.sku if line.product else None
        case BlockerKind.PRODUCT_DISABLED:
            for line in case.lines:
                if line.product:
                    yield f"{line.product.sku} enabled", str(line.product.enabled).lower()
        case BlockerKind.OUT_OF_STOCK:
            yield from _stock(case)
        case _:
            yield from _flaws(kind, case, found)


def _stock(case: Case) -> Iterator[tuple[str, str | None]]:
    yield _channel(case)
    yield "stockRule", case.settings.stock_rule.value
    yield "fbaRequiresStock", str(case.settings.fba_requires_stock).lower()
    whole = case.settings.fba_requires_stock and not case.by_merchant
    for line in case.lines:
        if line.product and line.product.manages_stock:
            yield f"{line.product.sku} needed", str(line.quantity if whole else line.needed)
            yield f"{line.product.sku} available", str(line.product.available)


def _flaws(kind: BlockerKind, case: Case, found: Sequence[Blocker]) -> Iterator[tuple[str, str | None]]:
    if kind is BlockerKind.INVALID_ADDRESS:
        yield _channel(case)
    for blocker in found:
        yield from ((name, None if value is None else str(value)) for name, value in sorted(blocker.facts.items()))


def _channel(case: Case) -> tuple[str, str | None]:
    return "fulfillmentChannel", case.order.fulfillment_channel and case.order.fulfillment_channel.value


def _name(line: LineState) -> str:
    return line.seller_sku or line.asin or f"line {line.item_id}"
