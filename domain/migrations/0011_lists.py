"""What lists need: buyers found by keyed digests, orders sorted by more than their date, saved views, exports."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the index of buyers, what commerce orders are sorted by, saved views and the tickets of exports.

    Buyers kept before are indexed by the worker, as their names are sealed. Each list comes with its default view.
    """

    dependencies = after("0010_refunds")
    operations = in_order(
        Statements(
            """CREATE TABLE "buyer_term" (
                {id},
                "account_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "term" VARCHAR(64) NOT NULL,
                UNIQUE ("order_id", "term")
            )""",
            'CREATE INDEX "ix_buyer_term" ON "buyer_term" ("term", "order_id")',
            'ALTER TABLE "buyer_data" ADD COLUMN "indexed" INTEGER NOT NULL DEFAULT 0',
            'CREATE INDEX "ix_buyer_indexed" ON "buyer_data" ("owner", "indexed", "id")',
        ),
        Statements(
            """ALTER TABLE "commerce_order" ADD COLUMN "purchased_at" {instant} """
            """NOT NULL DEFAULT '1970-01-01T00:00:00.000Z'""",
            """ALTER TABLE "commerce_order" ADD COLUMN "updated_at" {instant} """
            """NOT NULL DEFAULT '1970-01-01T00:00:00.000Z'""",
            # What changed an order before is in its timeline; its newest line stands in for the time of the change.
            """UPDATE "commerce_order" SET
            "purchased_at" = (SELECT "purchased_at" FROM "amazon_order" WHERE "amazon_order"."id" = "channel_order_id"),
            "updated_at" = COALESCE((SELECT MAX("at") FROM "event" WHERE "event"."order_id" = "channel_order_id"),
            "created_at")""",
            'DROP INDEX "ix_commerce_order_number"',
            'CREATE INDEX "ix_commerce_order_number" ON "commerce_order" ("number", "id")',
            'CREATE INDEX "ix_commerce_order_created" ON "commerce_order" ("created_at", "id")',
            'CREATE INDEX "ix_commerce_order_updated" ON "commerce_order" ("updated_at", "id")',
            'CREATE INDEX "ix_commerce_order_purchased" ON "commerce_order" ("purchased_at", "id")',
            'CREATE INDEX "ix_commerce_order_total" ON "commerce_order" ("currency", "total_minor", "id")',
            'CREATE INDEX "ix_commerce_order_refunded" ON "commerce_order" ("currency", "refunded_minor", "id")',
            'CREATE INDEX "ix_commerce_order_state" ON "commerce_order" ("state", "created_at", "id")',
            'CREATE INDEX "ix_commerce_order_customer" ON "commerce_order" ("customer_id")',
            'CREATE INDEX "ix_customer_email" ON "customer" ("email_digest", "id")',
            'CREATE INDEX "ix_commerce_order_channel_number" ON "commerce_order" ("channel_number")',
            'CREATE INDEX "ix_commerce_order_line_sku" ON "commerce_order_line" ("sku", "order_id")',
            'CREATE INDEX "ix_item_seller_sku" ON "amazon_item" ("seller_sku", "order_id")',
            'CREATE INDEX "ix_order_updated" ON "amazon_order" ("updated_at", "id")',
            'CREATE INDEX "ix_order_total" ON "amazon_order" ("currency", "total_minor", "id")',
        ),
        Statements(
            """CREATE TABLE "saved_view" (
                {id},
                "kind" VARCHAR(24) NOT NULL,
                "name" VARCHAR(100) NOT NULL,
                "name_key" VARCHAR(300) NOT NULL,
                "is_default" BOOLEAN NOT NULL,
                "condition" {json},
                "sort" {json},
                "columns" {json} NOT NULL,
                "version" INTEGER NOT NULL,
                "created_at" {instant},
                UNIQUE ("kind", "name_key")
            )""",
            """INSERT INTO "saved_view" ("kind", "name", "name_key", "is_default", "columns", "version") VALUES
            ('AMAZON_ORDERS', 'Default view', 'default view', TRUE, '[]', 1),
            ('COMMERCE_ORDERS', 'Default view', 'default view', TRUE, '[]', 1)""",
            """CREATE TABLE "export_ticket" (
                {id},
                "digest" VARCHAR(64) NOT NULL UNIQUE,
                "sealed" {sealed} NOT NULL,
                "expires_at" {instant} NOT NULL
            )""",
            'CREATE INDEX "ix_export_ticket_expiry" ON "export_ticket" ("expires_at")',
        ),
    )
