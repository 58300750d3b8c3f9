"""What working on an order needs: what of it is paid."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds what is paid of an order; all that was imported so far was invoiced in full."""

    dependencies = after("0008_morning_work")
    operations = in_order(
        Statements(
            'ALTER TABLE "commerce_order" ADD COLUMN "paid_minor" BIGINT NOT NULL DEFAULT 0',
            'UPDATE "commerce_order" SET "paid_minor" = "total_minor"',
        ),
    )
