"""Decisions, attention and corrections."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    dependencies = after("0004_commerce")
    operations = in_order(
        Statements(
            """CREATE TABLE "decision" (
                {id},
                "order_id" BIGINT NOT NULL UNIQUE REFERENCES "amazon_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "outcome" VARCHAR(16) NOT NULL,
                "code" VARCHAR(40) NOT NULL,
                "row" INTEGER NOT NULL,
                "summary" TEXT NOT NULL,
                "rules_version" INTEGER NOT NULL,
                "settings_version" INTEGER NOT NULL,
                "steps" {json} NOT NULL,
                "evaluated_at" {instant} NOT NULL
            )""",
        ),
        Statements(
            """CREATE TABLE "attention" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "store_id" BIGINT,
                "kind" VARCHAR(24) NOT NULL,
                "blocker_kind" VARCHAR(32),
                "subject" VARCHAR(300) NOT NULL,
                "order_id" BIGINT REFERENCES "amazon_order" ("id"),
                "item_id" BIGINT,
                "command_id" BIGINT,
                "product_id" BIGINT,
                "seller_sku" VARCHAR(200),
                "facts" {json} NOT NULL,
                "message" TEXT NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "opened_at" {instant} NOT NULL,
                "last_checked_at" {instant} NOT NULL,
                "due_by" {instant},
                "resolved_at" {instant},
                "actor_kind" VARCHAR(16),
                "actor_name" VARCHAR(100)
            )""",
            'CREATE INDEX "ix_attention_order" ON "attention" ("order_id")',
            'CREATE INDEX "ix_attention_store" ON "attention" ("store_id", "state", "due_by", "id")',
            """CREATE UNIQUE INDEX "uq_attention_open" ON "attention" ("subject") WHERE "state" = 'OPEN'""",
            'CREATE INDEX "ix_attention_product" ON "attention" ("product_id", "state") WHERE "product_id" IS NOT NULL',
            'CREATE INDEX "ix_attention_sku" '
            'ON "attention" ("account_id", "seller_sku", "state") WHERE "seller_sku" IS NOT NULL',
        ),
        Statements(
            """CREATE TABLE "correction" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "amazon_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "field" VARCHAR(40) NOT NULL,
                "value" {sealed} NOT NULL,
                "base_hash" VARCHAR(64) NOT NULL,
                "corrected_at" {instant} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                UNIQUE ("order_id", "field")
            )""",
        ),
    )
