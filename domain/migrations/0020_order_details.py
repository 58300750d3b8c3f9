"""What the details of an Amazon order show besides: where it was sold, how it was paid, and the goods' condition."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the sales channel and the payment methods of orders, and the conditions of their items.

    They are null for what was read before: Amazon tells them again with the order's next change, or when it is read
    again.
    """

    dependencies = after("0019_currency")
    operations = in_order(
        Statements(
            'ALTER TABLE "amazon_order" ADD COLUMN "sales_channel" VARCHAR(40)',
            'ALTER TABLE "amazon_order" ADD COLUMN "payment_methods" {json}',
            'ALTER TABLE "amazon_item" ADD COLUMN "condition" VARCHAR(40)',
            'ALTER TABLE "amazon_item" ADD COLUMN "condition_subtype" VARCHAR(40)',
        ),
    )
