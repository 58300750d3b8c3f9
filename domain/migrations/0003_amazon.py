"""Amazon's orders and items, and what we asked Amazon to do."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    dependencies = after("0002_catalog")
    operations = in_order(
        Statements(
            """CREATE TABLE "amazon_order" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "store_id" BIGINT NOT NULL REFERENCES "store" ("id"),
                "number" VARCHAR(32) NOT NULL,
                "amazon_status" VARCHAR(24) NOT NULL,
                "raw_status" VARCHAR(64),
                "display_status" VARCHAR(24) NOT NULL,
                "import_state" VARCHAR(16) NOT NULL,
                "fulfillment_channel" VARCHAR(16),
                "purchased_at" {instant} NOT NULL,
                "updated_at" {instant} NOT NULL,
                "latest_ship_at" {instant},
                "service_level" VARCHAR(100),
                "programs" {json} NOT NULL,
                "replaced_number" VARCHAR(32),
                "total_minor" BIGINT,
                "currency" VARCHAR(3),
                "breakdowns" {json} NOT NULL,
                "packages" {json} NOT NULL,
                "problems" {json} NOT NULL,
                "cancel_requested_at" {instant},
                "facts_hash" VARCHAR(64) NOT NULL,
                "fetched_at" {instant} NOT NULL,
                "seen_at" {instant} NOT NULL,
                "version" INTEGER NOT NULL,
                "evaluate_due" {instant},
                "evaluate_attempts" INTEGER NOT NULL,
                "last_sequence" INTEGER NOT NULL,
                "commerce_order_id" BIGINT,
                "completed_at" {instant},
                "extra" {json} NOT NULL,
                UNIQUE ("store_id", "number"),
                CHECK (last_sequence >= 0)
            )""",
            'CREATE INDEX "ix_order_status" ON "amazon_order" ("store_id", "display_status", "purchased_at", "id")',
            'CREATE INDEX "ix_order_store" ON "amazon_order" ("store_id", "purchased_at", "id")',
            'CREATE INDEX "ix_order_purchased" ON "amazon_order" ("purchased_at", "id")',
            'CREATE INDEX "ix_order_number" ON "amazon_order" ("number")',
            'CREATE INDEX "ix_order_due" ON "amazon_order" ("evaluate_due") WHERE "evaluate_due" IS NOT NULL',
        ),
        Statements(
            """CREATE TABLE "amazon_item" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL REFERENCES "amazon_order" ("id"),
                "item_id" VARCHAR(64) NOT NULL,
                "position" INTEGER NOT NULL,
                "seller_sku" VARCHAR(200),
                "asin" VARCHAR(20),
                "title" TEXT,
                "quantity_ordered" INTEGER NOT NULL,
                "quantity_shipped" INTEGER NOT NULL,
                "quantity_unshipped" INTEGER,
                "currency" VARCHAR(3),
                "unit_price_minor" BIGINT,
                "price_minor" BIGINT,
                "shipping_minor" BIGINT,
                "gift_wrap_minor" BIGINT,
                "tax_minor" BIGINT,
                "discount_minor" BIGINT,
                "other_minor" BIGINT,
                "total_minor" BIGINT,
                "cancel_requested" BOOLEAN NOT NULL,
                "canceled_by" VARCHAR(16),
                "gone_at" {instant},
                UNIQUE ("order_id", "item_id")
            )""",
            'CREATE INDEX "ix_item_sku" ON "amazon_item" ("store_id", "seller_sku")',
        ),
        Statements(
            """CREATE TABLE "command" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL REFERENCES "amazon_order" ("id"),
                "order_seq" INTEGER NOT NULL,
                "kind" VARCHAR(24) NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "attempts" INTEGER NOT NULL,
                "due_at" {instant},
                "lease_until" BIGINT,
                "fence" BIGINT NOT NULL,
                "package_id" BIGINT,
                "package_reference" VARCHAR(32),
                "payload" {json} NOT NULL,
                "submission_id" BIGINT,
                "message_id" INTEGER,
                "error_code" VARCHAR(100),
                "error_message" TEXT,
                "error_retryable" BOOLEAN NOT NULL,
                "request_id" VARCHAR(100),
                "created_at" {instant} NOT NULL,
                "sent_at" {instant},
                "accepted_at" {instant},
                "confirmed_at" {instant},
                UNIQUE ("order_id", "order_seq"),
                CHECK (attempts >= 0)
            )""",
            'CREATE INDEX "ix_command_due" ON "command" ("due_at") WHERE "due_at" IS NOT NULL',
            'CREATE INDEX "ix_command_state" ON "command" ("store_id", "state", "id")',
        ),
        Statements(
            """CREATE TABLE "feed_submission" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "feed_type" VARCHAR(80) NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "document_id" VARCHAR(200),
                "feed_id" VARCHAR(64),
                "result_document_id" VARCHAR(200),
                "post_started_at" {instant},
                "created_at" {instant} NOT NULL,
                "finished_at" {instant}
            )""",
            'CREATE UNIQUE INDEX "uq_feed_open" '
            """ON "feed_submission" ("account_id", "feed_type") WHERE "state" = 'OPEN'""",
        ),
    )
