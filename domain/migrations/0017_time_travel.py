"""What tells how an order was at an instant: each event keeps what it changed."""

from typing import Final

from tortoise import migrations
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from domain.migrations._tables import Statements, after, in_order

_WORDS: Final = {
    "sqlite": {"object": "json_object", "group": "json_group_object", "json": "json", "bare": "json_patch('{}', "},
    "postgres": {
        "object": "jsonb_build_object",
        "group": "jsonb_object_agg",
        "json": "",
        "bare": "jsonb_strip_nulls(",
    },
}

_PICTURE: Final = """UPDATE event SET difference = (SELECT CAST({bare}{object}(
    'amazon_status', seen.amazon_status, 'raw_status', seen.raw_status, 'display_status', seen.display_status,
    'import_state', seen.import_state, 'fulfillment_channel', seen.fulfillment_channel,
    'updated_at', seen.updated_at, 'latest_ship_at', seen.latest_ship_at,
    'total', seen.total_minor, 'currency', seen.currency,
    'cancel_requested_at', seen.cancel_requested_at, 'completed_at', seen.completed_at,
    'items', {json}((SELECT {group}(CAST(item.id AS TEXT), {object}('position', item.position, 'sku', item.seller_sku,
        'ordered', NULLIF(item.quantity_ordered, 0), 'shipped', NULLIF(item.quantity_shipped, 0),
        'total', item.total_minor, 'currency', item.currency, 'gone_at', item.gone_at,
        'line', {json}(CASE WHEN line.id IS NULL THEN NULL ELSE {object}(
            'sku', NULLIF(line.sku, item.seller_sku), 'ordered', NULLIF(line.quantity_ordered, 0),
            'invoiced', NULLIF(line.quantity_invoiced, 0),
            'shipped', NULLIF(line.quantity_shipped, 0), 'refunded', NULLIF(line.quantity_refunded, 0),
            'canceled', NULLIF(line.quantity_canceled, 0), 'total', NULLIF(line.total_minor, 0)) END)))
        FROM amazon_item item
        LEFT JOIN commerce_order_line line ON line.order_id = seen.commerce_order_id AND line.item_id = item.id
        WHERE item.order_id = seen.id)),
    'commerce', {json}(CASE WHEN made.id IS NULL THEN NULL ELSE {object}(
        'number', made.number, 'state', made.state, 'status', made.status, 'currency', made.currency,
        'subtotal', NULLIF(made.subtotal_minor, 0), 'shipping', NULLIF(made.shipping_minor, 0),
        'gift_wrap', NULLIF(made.gift_wrap_minor, 0), 'tax', NULLIF(made.tax_minor, 0),
        'discount', NULLIF(made.discount_minor, 0), 'other', NULLIF(made.other_minor, 0),
        'total', NULLIF(made.total_minor, 0), 'paid', NULLIF(made.paid_minor, 0),
        'refunded', NULLIF(made.refunded_minor, 0)) END),
    'hold', {json}((SELECT {object}('reason', held.reason, 'placed_at', held.placed_at, 'until', held.until_at)
        FROM order_hold held WHERE held.order_id = made.id AND held.ended_at IS NULL ORDER BY held.id LIMIT 1))
    )) AS TEXT)
    FROM amazon_order seen LEFT JOIN commerce_order made ON made.id = seen.commerce_order_id
    WHERE seen.id = event.order_id)
    WHERE EXISTS (SELECT 1 FROM amazon_order seen
        WHERE seen.id = event.order_id AND seen.last_sequence = event.sequence)"""


class _Picture(Statements):
    """Runs a statement that is written with the dialect's words for JSON."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Run the statement within the migration's transaction."""
        assert state_editor is not None
        words = _WORDS[state_editor.client.capabilities.dialect]
        for statement in self.statements:
            await state_editor.client.execute_query(statement.format(**words))


class Migration(migrations.Migration):
    """Adds what an event changed of its order.

    Of orders seen before, the newest event gets the whole picture: nothing changed since then. What was before that is
    not known, and the API says so.
    """

    dependencies = after("0016_takeover")
    operations = in_order(
        Statements('ALTER TABLE "event" ADD COLUMN "difference" TEXT'),
        _Picture(_PICTURE),
    )
