"""What refunds need: fees and notes of credit memos, how taxes and discounts were split, messages about memos."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds what Amazon says of an item's taxes and discounts in detail, and the message to Amazon of a credit memo."""

    dependencies = after("0009_workflow")
    operations = in_order(
        Statements(
            'ALTER TABLE "credit_memo" ADD COLUMN "adjustment_fee_minor" BIGINT NOT NULL DEFAULT 0',
            # What a memo took off, so that it gave back no more than was paid, is what a fee is from now on.
            'UPDATE "credit_memo" SET "adjustment_fee_minor" = -"adjustment_minor" WHERE "adjustment_minor" < 0',
            'ALTER TABLE "credit_memo" ADD COLUMN "note" TEXT',
            # Until now nobody gave reasons: this one stood for amounts that Amazon had lowered.
            """UPDATE "credit_memo" SET "reason" = 'PRICE_LOWERED' WHERE "reason" = 'PRICE_ADJUSTMENT'""",
        ),
        Statements(
            # {"TAX": {"SHIPPING": 40, ...}, "DISCOUNT": {...}} in minor units; null where Amazon gives no details.
            'ALTER TABLE "amazon_item" ADD COLUMN "details" {json}',
            'ALTER TABLE "credit_memo" ADD COLUMN "command_id" BIGINT',
            'CREATE INDEX "ix_credit_memo_command" ON "credit_memo" ("command_id") WHERE "command_id" IS NOT NULL',
        ),
    )
