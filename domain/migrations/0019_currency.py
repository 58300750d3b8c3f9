"""What a base currency needs: stored rates, what orders and papers come to in it; and products made by the import."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the rates of currencies, amounts in the base currency, and the mark of products that an import made."""

    dependencies = after("0018_sources")
    operations = in_order(
        Statements(
            """CREATE TABLE "currency_rate" (
                {id},
                "currency" VARCHAR(3) NOT NULL,
                "base_currency" VARCHAR(3) NOT NULL,
                "rate" VARCHAR(20) NOT NULL,
                "valid_from" VARCHAR(10) NOT NULL,
                "source" VARCHAR(16) NOT NULL,
                "note" VARCHAR(200),
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "entered_at" {instant} NOT NULL,
                UNIQUE ("base_currency", "currency", "valid_from"),
                CHECK ("currency" <> "base_currency")
            )""",
            'ALTER TABLE "commerce_order" ADD COLUMN "base_currency" VARCHAR(3)',
            'ALTER TABLE "commerce_order" ADD COLUMN "base_rate" VARCHAR(20)',
            'ALTER TABLE "commerce_order" ADD COLUMN "base_total_minor" BIGINT',
            'ALTER TABLE "invoice" ADD COLUMN "base_currency" VARCHAR(3)',
            'ALTER TABLE "invoice" ADD COLUMN "base_total_minor" BIGINT',
            'ALTER TABLE "credit_memo" ADD COLUMN "base_currency" VARCHAR(3)',
            'ALTER TABLE "credit_memo" ADD COLUMN "base_total_minor" BIGINT',
            'CREATE INDEX "ix_commerce_order_base" ON "commerce_order" ("base_currency", "base_total_minor", "id") '
            """WHERE "base_currency" IS NOT NULL""",
            'CREATE INDEX "ix_commerce_order_base_sales" ON "commerce_order" '
            '("store_id", "base_currency", "base_total_minor") WHERE "base_currency" IS NOT NULL',
            # Orders that a rate or another base currency helps; few at any time, while many were helped before.
            'CREATE INDEX "ix_attention_currency" ON "attention" ("cause", "order_id") '
            """WHERE "blocker_kind" = 'CURRENCY_NOT_CONFIGURED' AND "state" <> 'RESOLVED'""",
        ),
        Statements('ALTER TABLE "product" ADD COLUMN "awaits_review" BOOLEAN NOT NULL DEFAULT FALSE'),
    )
