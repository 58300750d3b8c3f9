"""Amazon orders that may be imported, made into commerce orders."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from domain.accounts.order_settings import CustomerCreation, InitialStatusMode, OrderNumberSource
from domain.amazon.display import ImportState
from domain.amazon.records import AmazonItem
from domain.buyers import Kept, Owner, Values, keep_many
from domain.catalog.records import Product
from domain.change import Change
from domain.channel.amounts import Sums, amount_line, grand_total, line_sums, order_parts, order_sums
from domain.channel.checks import of_the_order_alone
from domain.channel.due_orders import DueOrder
from domain.channel.normal_address import normal_address
from domain.commerce.base_amounts import in_base
from domain.commerce.customers import CustomerKey, customer_digest, customers_of, made_up_email
from domain.commerce.lifecycle import DEFAULT_STATUS, CommerceOrderState
from domain.commerce.orders import Draft, place_orders
from domain.commerce.person_names import plain_name
from domain.commerce.records import CommerceOrder, CommerceOrderLine
from domain.exchange import rate_text
from domain.money import Money
from domain.sealing import Sealer
from domain.timeline import EventKind


async def import_orders(unit: Change, due_orders: Sequence[DueOrder], *, sealer: Sealer) -> None:
    """Make a commerce order, invoiced in full, of each of these, and link both ways.

    Raises NumberTaken.
    """
    drafts = [draft_of(due, now=unit.now) for due in due_orders]
    await _add_customers(unit, due_orders, drafts, sealer=sealer)
    invoices = await place_orders(unit.connection, drafts)
    await _keep_buyers(due_orders, drafts, now=unit.now, sealer=sealer)
    for due, draft, invoice in zip(due_orders, drafts, invoices, strict=True):
        due.commerce, due.lines = draft.order, draft.lines
        due.order.commerce_order_id = draft.order.id
        due.order.import_state = ImportState.IMPORTED
        unit.event(
            due.order.subject,
            EventKind.ADOPTED if due.adopted_as else EventKind.IMPORTED,
            f"{'Linked with' if due.adopted_as else 'Imported as'} commerce order {draft.order.number}.",
            number=draft.order.number,
            commerce_order_id=draft.order.id,
        )
        unit.event(
            due.order.subject,
            EventKind.INVOICED,
            "Invoice created for Amazon marketplace order.",
            number=invoice.number,
            invoice_id=invoice.id,
        )


def draft_of(due: DueOrder, *, now: datetime) -> Draft:
    """Return the commerce order that an importable order becomes, not stored and without its number."""
    total = grand_total(due.order)
    assert total is not None, "an order without a total has a blocker"
    items = [item for item in due.items if item.quantity_ordered]
    amounts = [amount_line(item) for item in items]
    sums = [line_sums(line) for line in amounts]
    whole = order_sums(sums, of_the_order_alone(order_parts(due.order), amounts))
    from_amazon = due.settings.order_number_source is OrderNumberSource.AMAZON
    order = _order(due, whole, total, now=now)
    order.base_total_minor = in_base(order, order.total_minor)
    lines = [
        _line(item, due.products[item.id], own, total.currency, position)
        for position, (item, own) in enumerate(zip(items, sums, strict=True), start=1)
    ]
    return Draft(
        order=order,
        lines=lines,
        number=due.adopted_as or (due.order.number if from_amazon else None),
        prefix=due.settings.order_number_prefix or "",
    )


def _order(due: DueOrder, sums: Sums, total: Money, *, now: datetime) -> CommerceOrder:
    return CommerceOrder(
        account_id=due.order.account_id,
        store_id=due.order.store_id,
        channel_order_id=due.order.id,
        channel_number=due.order.number,
        store_view=due.settings.commerce_store_view,
        state=CommerceOrderState.PROCESSING,
        status=_status(due),
        currency=total.currency,
        subtotal_minor=sums.price,
        shipping_minor=sums.shipping,
        gift_wrap_minor=sums.gift_wrap,
        tax_minor=sums.tax,
        discount_minor=sums.discount,
        other_minor=sums.other,
        total_minor=total.minor,
        paid_minor=total.minor,
        base_currency=due.base and due.base.currency,
        base_rate=rate_text(due.base.rate) if due.base and due.base.rate else None,
        purchased_at=due.order.purchased_at,
        created_at=now,
        updated_at=now,
    )


def _status(due: DueOrder) -> str:
    custom = due.settings.initial_status_mode is InitialStatusMode.CUSTOM
    return (custom and due.settings.initial_status) or DEFAULT_STATUS[CommerceOrderState.PROCESSING]


def _line(item: AmazonItem, product: Product, sums: Sums, currency: str, position: int) -> CommerceOrderLine:
    unit_price = item.unit_price_minor
    if unit_price is None:
        unit_price = Money(sums.price, currency).per_unit(item.quantity_ordered).minor
    return CommerceOrderLine(
        account_id=item.account_id,
        item_id=item.id,
        position=position,
        product_id=product.id,
        sku=product.sku,
        title=item.title or product.name,
        quantity_ordered=item.quantity_ordered,
        quantity_invoiced=item.quantity_ordered,
        unit_price_minor=unit_price,
        price_minor=sums.price,
        shipping_minor=sums.shipping,
        gift_wrap_minor=sums.gift_wrap,
        tax_minor=sums.tax,
        discount_minor=sums.discount,
        other_minor=sums.other,
        total_minor=sums.total,
    )


async def _add_customers(
    unit: Change, due_orders: Sequence[DueOrder], drafts: Sequence[Draft], *, sealer: Sealer
) -> None:
    keys = {
        due.order.id: CustomerKey(due.settings.commerce_store_view, customer_digest(_email(due), sealer))
        for due in due_orders
        if due.settings.customer_creation is CustomerCreation.NEW_CUSTOMER
    }
    customers = await customers_of(set(keys.values()), now=unit.now)
    for draft in drafts:
        key = keys.get(draft.order.channel_order_id)
        draft.order.customer_id = customers[key].id if key else None


def _email(due: DueOrder) -> str:
    buyer = (due.buyer or {}).get("buyer") or {}
    return (buyer.get("email") or "").strip() or made_up_email(due.order.number)


async def _keep_buyers(
    due_orders: Sequence[DueOrder], drafts: Sequence[Draft], *, now: datetime, sealer: Sealer
) -> None:
    kept = []
    for due, draft in zip(due_orders, drafts, strict=True):
        if due.buyer is None:
            continue
        buyer = _normal(due.buyer)
        kept.append(_kept(draft, Owner.COMMERCE_ORDER, draft.order.id, buyer, purge_at=None))
        if draft.order.customer_id is not None:
            ships_by = max(now, due.order.latest_ship_at or now)
            purge_at = ships_by + timedelta(days=due.settings.pii_retention_days)
            kept.append(_kept(draft, Owner.CUSTOMER, draft.order.customer_id, buyer, purge_at=purge_at))
    await keep_many(kept, sealer=sealer)


def _normal(values: Values) -> Values:
    """Return buyer data as the back office takes it; what Amazon said is kept with the Amazon order."""
    buyer, address = values.get("buyer"), values.get("address")
    named = {"buyer": {**buyer, "name": plain_name(buyer.get("name"))}} if buyer else {}
    return {**values, **named, **({"address": normal_address(address)} if address else {})}


def _kept(draft: Draft, owner: Owner, owner_id: int, values: Values, *, purge_at: datetime | None) -> Kept:
    return Kept(owner=owner, owner_id=owner_id, account_id=draft.order.account_id, values=values, purge_at=purge_at)
