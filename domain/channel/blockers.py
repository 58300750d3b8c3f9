"""What stops an order that could be imported: products, stock, and flaws in Amazon's data."""

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

REFUSAL: Final = "Cannot create sales order: "


class BlockerKind(StrEnum):
    """Why an order that could be imported is not."""

    PRODUCT_NOT_MATCHED = "PRODUCT_NOT_MATCHED"
    PRODUCT_DISABLED = "PRODUCT_DISABLED"
    OUT_OF_STOCK = "OUT_OF_STOCK"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    CURRENCY_NOT_CONFIGURED = "CURRENCY_NOT_CONFIGURED"
    MARKETPLACE_DATA_INVALID = "MARKETPLACE_DATA_INVALID"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductState:
    """A product as the decision sees it.

    `available` is what this order may take: what is free on the shelf and all that the order holds already. Lines of
    one product carry the same number and share it. `is_let_through`: an import made it, and nobody enabled it since.
    """

    product_id: int
    sku: str
    enabled: bool
    manages_stock: bool
    available: int
    is_let_through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineState:
    """One item that Amazon still lists; `needed` is what the stock rule wants reserved for it.

    `is_to_create`: it has no product, and the import makes one.
    """

    item_id: int
    seller_sku: str | None
    asin: str | None = None
    quantity: int
    needed: int
    product: ProductState | None = None
    is_to_create: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something in Amazon's data that stops the import: an address part, an amount, a currency.

    `facts` never holds buyer data: for an address the name of the part, for sums both sums.
    """

    kind: BlockerKind
    field: str
    message: str
    item_id: int | None = None
    facts: dict[str, str | int | None] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One cause on one line (or on the order) that a person can clear; `facts["field"]` tells flaws of a kind apart.

    `needed` is how many of the product all lines of the order need together; only the first that lacks it says so.
    """

    kind: BlockerKind
    message: str
    item_id: int | None = None
    product_id: int | None = None
    seller_sku: str | None = None
    needed: int | None = None
    facts: dict[str, str | int | None] = dataclasses.field(default_factory=dict)


def product_blockers(lines: Sequence[LineState]) -> tuple[Blocker, ...]:
    """Return a blocker for each line whose product is not known or not enabled."""
    return tuple(blocker for line in lines for blocker in _of_product(line))


def made_by_import(kind: BlockerKind, lines: Sequence[LineState]) -> str | None:
    """Return why lines pass the check of a kind although their products are missing or disabled; None where none is."""
    to_create = [line.seller_sku or "" for line in lines if line.is_to_create]
    if kind is BlockerKind.PRODUCT_NOT_MATCHED and to_create:
        made = ", ".join(dict.fromkeys(to_create))
        return f"The import makes the products that are missing, disabled and without counted stock: {made}."
    products = [line.product for line in lines if line.product and line.product.is_let_through]
    if kind is BlockerKind.PRODUCT_DISABLED and products:
        made = ", ".join(dict.fromkeys(product.sku for product in products))
        return f"Disabled products that an import made, and nobody enabled since, let orders through: {made}."
    return None


def stock_blockers(lines: Sequence[LineState], *, merchant: bool) -> tuple[Blocker, ...]:
    """Return a blocker for each line that cannot have all it needs; lines of one product take from it in their order.

    A merchant's line needs what the stock rule wants reserved; nothing is reserved for what Amazon sends, so there the
    whole quantity has to be on the shelf.
    """
    left = {line.product.product_id: max(0, line.product.available) for line in lines if line.product}
    needed = required_of(lines, merchant=merchant)
    found = []
    for line, product in _with_managed_stock(lines):
        required = _required(line, merchant=merchant)
        available = left[product.product_id]
        left[product.product_id] -= max(0, min(required, available))
        if required > available:
            blocker = _out_of_stock(line, product, required=required, available=available)
            found.append(dataclasses.replace(blocker, needed=needed.pop(product.product_id, None)))
    return tuple(found)


def required_of(lines: Sequence[LineState], *, merchant: bool) -> Counter[int]:
    """Return how many of each product with counted stock have to be there for the lines together."""
    required: Counter[int] = Counter()
    for line, product in _with_managed_stock(lines):
        required[product.product_id] += _required(line, merchant=merchant)
    return required


def flaw_blockers(flaws: Sequence[Flaw], *, merchant: bool) -> tuple[Blocker, ...]:
    """Return a blocker for each flaw, once each; an address matters only where the merchant sends the goods."""
    found = {
        (flaw.kind, flaw.item_id, flaw.field): _of_flaw(flaw)
        for flaw in flaws
        if merchant or flaw.kind is not BlockerKind.INVALID_ADDRESS
    }
    return tuple(found.values())


def _of_product(line: LineState) -> Iterator[Blocker]:
    if line.product is None and line.is_to_create:
        return
    if line.product is None:
        yield Blocker(
            kind=BlockerKind.PRODUCT_NOT_MATCHED,
            message=f'{REFUSAL}Product "{line.seller_sku or line.asin or "without SKU"}" does not exist',
            item_id=line.item_id,
            seller_sku=line.seller_sku,
        )
    elif not line.product.enabled and not line.product.is_let_through:
        yield Blocker(
            kind=BlockerKind.PRODUCT_DISABLED,
            message=f'{REFUSAL}Product "{line.product.sku}" in order is not salable',
            item_id=line.item_id,
            product_id=line.product.product_id,
            seller_sku=line.seller_sku,
        )


def _required(line: LineState, *, merchant: bool) -> int:
    return line.needed if merchant else line.quantity


def _with_managed_stock(lines: Sequence[LineState]) -> Iterator[tuple[LineState, ProductState]]:
    for line in lines:
        if line.product is not None and line.product.manages_stock:
            yield line, line.product


def _out_of_stock(line: LineState, product: ProductState, *, required: int, available: int) -> Blocker:
    short_by = required - available
    return Blocker(
        kind=BlockerKind.OUT_OF_STOCK,
        message=f'{REFUSAL}Product "{product.sku}" is out of stock: '
        f"{required} needed, {available} available, {short_by} short",
        item_id=line.item_id,
        product_id=product.product_id,
        seller_sku=line.seller_sku,
        facts={"required": required, "available": available, "short_by": short_by},
    )


def _of_flaw(flaw: Flaw) -> Blocker:
    return Blocker(
        kind=flaw.kind,
        message=f"{REFUSAL}{flaw.message}",
        item_id=flaw.item_id,
        facts={**flaw.facts, "field": flaw.field},
    )
