"""What working on an order needs: what of it is paid, holds, statuses of a merchant's own, and comments."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds what is paid of an order and what of it an invoice bills, and creates the tables of the workflow.

    All that was imported so far was invoiced in full. An order is on hold once at a time: the database sees to it.
    """

    dependencies = after("0008_morning_work")
    operations = in_order(
        Statements(
            'ALTER TABLE "commerce_order" ADD COLUMN "paid_minor" BIGINT NOT NULL DEFAULT 0',
            'UPDATE "commerce_order" SET "paid_minor" = "total_minor"',
            'ALTER TABLE "invoice" ADD COLUMN "shipping_minor" BIGINT NOT NULL DEFAULT 0',
            'ALTER TABLE "invoice" ADD COLUMN "tax_minor" BIGINT NOT NULL DEFAULT 0',
            """UPDATE "invoice" SET
            "shipping_minor" = (SELECT "shipping_minor" FROM "commerce_order" WHERE "id" = "invoice"."order_id"),
            "tax_minor" = (SELECT "tax_minor" FROM "commerce_order" WHERE "id" = "invoice"."order_id")""",
        ),
        Statements(
            """CREATE TABLE "order_hold" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "reason" VARCHAR(16) NOT NULL,
                "note" TEXT,
                "state_before" VARCHAR(24) NOT NULL,
                "status_before" VARCHAR(64) NOT NULL,
                "placed_at" {instant} NOT NULL,
                "placed_by_kind" VARCHAR(16) NOT NULL,
                "placed_by_name" VARCHAR(100),
                "until_at" {instant},
                "ended_at" {instant},
                "ended_by_kind" VARCHAR(16),
                "ended_by_name" VARCHAR(100),
                "ending" VARCHAR(16)
            )""",
            'CREATE INDEX "ix_hold_order" ON "order_hold" ("order_id")',
            'CREATE UNIQUE INDEX "uq_hold_open" ON "order_hold" ("order_id") WHERE "ended_at" IS NULL',
            'CREATE INDEX "ix_hold_until" ON "order_hold" ("until_at") '
            'WHERE "ended_at" IS NULL AND "until_at" IS NOT NULL',
        ),
        Statements(
            """CREATE TABLE "order_status" (
                {id},
                "code" VARCHAR(64) NOT NULL,
                "label" VARCHAR(100) NOT NULL,
                "state" VARCHAR(24),
                "is_visible" BOOLEAN NOT NULL,
                "created_at" {instant} NOT NULL
            )""",
            'CREATE UNIQUE INDEX "uq_order_status_code" ON "order_status" ((LOWER("code")))',
        ),
        Statements(
            """CREATE TABLE "order_comment" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "document" VARCHAR(16),
                "document_id" BIGINT,
                "status" VARCHAR(64) NOT NULL,
                "is_notified" BOOLEAN NOT NULL,
                "is_visible" BOOLEAN NOT NULL,
                "at" {instant} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100)
            )""",
            'CREATE INDEX "ix_comment_order" ON "order_comment" ("order_id", "id")',
            'CREATE INDEX "ix_comment_document" ON "order_comment" ("document_id", "document") '
            'WHERE "document_id" IS NOT NULL',
        ),
    )
