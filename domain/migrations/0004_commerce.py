"""Commerce orders and their papers."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    dependencies = after("0003_amazon")
    operations = in_order(
        Statements(
            """CREATE TABLE "customer" (
                {id},
                "store_view" VARCHAR(64) NOT NULL,
                "email_digest" VARCHAR(64) NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("store_view", "email_digest")
            )""",
        ),
        Statements(
            """CREATE TABLE "number_sequence" (
                {id},
                "store_view" VARCHAR(64) NOT NULL,
                "kind" VARCHAR(16) NOT NULL,
                "next_number" BIGINT NOT NULL,
                UNIQUE ("store_view", "kind"),
                CHECK (next_number >= 1)
            )""",
        ),
        Statements(
            """CREATE TABLE "commerce_order" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL REFERENCES "store" ("id"),
                "channel_order_id" BIGINT NOT NULL REFERENCES "amazon_order" ("id"),
                "channel_number" VARCHAR(32) NOT NULL,
                "store_view" VARCHAR(64) NOT NULL,
                "number" VARCHAR(64) NOT NULL,
                "state" VARCHAR(24) NOT NULL,
                "status" VARCHAR(64) NOT NULL,
                "customer_id" BIGINT REFERENCES "customer" ("id"),
                "currency" VARCHAR(3) NOT NULL,
                "subtotal_minor" BIGINT NOT NULL,
                "shipping_minor" BIGINT NOT NULL,
                "gift_wrap_minor" BIGINT NOT NULL,
                "tax_minor" BIGINT NOT NULL,
                "discount_minor" BIGINT NOT NULL,
                "other_minor" BIGINT NOT NULL,
                "total_minor" BIGINT NOT NULL,
                "refunded_minor" BIGINT NOT NULL,
                "version" INTEGER NOT NULL,
                "created_at" {instant} NOT NULL,
                "completed_at" {instant},
                UNIQUE ("store_id", "channel_order_id"),
                UNIQUE ("store_view", "number")
            )""",
            'CREATE INDEX "ix_commerce_order_store" ON "commerce_order" ("store_id", "created_at", "id")',
            'CREATE INDEX "ix_commerce_order_number" ON "commerce_order" ("number")',
            'CREATE UNIQUE INDEX "uq_commerce_order_channel" ON "commerce_order" ("channel_order_id")',
        ),
        Statements(
            """CREATE TABLE "commerce_order_line" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "item_id" BIGINT NOT NULL,
                "position" INTEGER NOT NULL,
                "product_id" BIGINT,
                "sku" VARCHAR(200) NOT NULL,
                "title" TEXT NOT NULL,
                "quantity_ordered" BIGINT NOT NULL,
                "quantity_invoiced" BIGINT NOT NULL,
                "quantity_shipped" BIGINT NOT NULL,
                "quantity_refunded" BIGINT NOT NULL,
                "quantity_canceled" BIGINT NOT NULL,
                "unit_price_minor" BIGINT NOT NULL,
                "price_minor" BIGINT NOT NULL,
                "shipping_minor" BIGINT NOT NULL,
                "gift_wrap_minor" BIGINT NOT NULL,
                "tax_minor" BIGINT NOT NULL,
                "discount_minor" BIGINT NOT NULL,
                "other_minor" BIGINT NOT NULL,
                "total_minor" BIGINT NOT NULL,
                UNIQUE ("order_id", "item_id"),
                CHECK (quantity_ordered >= 0),
                CHECK (quantity_invoiced >= 0),
                CHECK (quantity_shipped >= 0),
                CHECK (quantity_refunded >= 0),
                CHECK (quantity_canceled >= 0)
            )""",
        ),
        Statements(
            """CREATE TABLE "invoice" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "store_view" VARCHAR(64) NOT NULL,
                "number" VARCHAR(64) NOT NULL,
                "currency" VARCHAR(3) NOT NULL,
                "total_minor" BIGINT NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("store_view", "number")
            )""",
            'CREATE INDEX "ix_invoice_order" ON "invoice" ("order_id")',
        ),
        Statements(
            """CREATE TABLE "shipment" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "store_view" VARCHAR(64) NOT NULL,
                "number" VARCHAR(64) NOT NULL,
                "source" VARCHAR(16) NOT NULL,
                "shipped_at" {instant} NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("store_view", "number")
            )""",
            'CREATE INDEX "ix_shipment_order" ON "shipment" ("order_id")',
        ),
        Statements(
            """CREATE TABLE "package" (
                {id},
                "shipment_id" BIGINT NOT NULL REFERENCES "shipment" ("id"),
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "package_reference" VARCHAR(32) NOT NULL,
                "carrier_code" VARCHAR(100) NOT NULL,
                "carrier_name" VARCHAR(200),
                "shipping_method" VARCHAR(100),
                "tracking_number" VARCHAR(200),
                UNIQUE ("order_id", "package_reference")
            )""",
            'CREATE INDEX "ix_package_shipment" ON "package" ("shipment_id")',
        ),
        Statements(
            """CREATE TABLE "credit_memo" (
                {id},
                "order_id" BIGINT NOT NULL REFERENCES "commerce_order" ("id"),
                "account_id" BIGINT NOT NULL,
                "store_view" VARCHAR(64) NOT NULL,
                "number" VARCHAR(64) NOT NULL,
                "currency" VARCHAR(3) NOT NULL,
                "shipping_minor" BIGINT NOT NULL,
                "adjustment_minor" BIGINT NOT NULL,
                "total_minor" BIGINT NOT NULL,
                "reason" VARCHAR(32) NOT NULL,
                "restocked" BOOLEAN NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("store_view", "number")
            )""",
            'CREATE INDEX "ix_credit_memo_order" ON "credit_memo" ("order_id")',
        ),
        Statements(
            """CREATE TABLE "document_line" (
                {id},
                "document" VARCHAR(16) NOT NULL,
                "document_id" BIGINT NOT NULL,
                "account_id" BIGINT NOT NULL,
                "line_id" BIGINT NOT NULL REFERENCES "commerce_order_line" ("id"),
                "quantity" BIGINT NOT NULL,
                "amount_minor" BIGINT,
                UNIQUE ("document", "document_id", "line_id"),
                CHECK (quantity >= 0)
            )""",
            'CREATE INDEX "ix_document_line" ON "document_line" ("line_id")',
        ),
    )
