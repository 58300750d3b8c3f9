"""What clearing blockers, canceling and counting stock need: causes, the lives of feeds, and every move of stock."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order

PLAIN_SKU = """REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(LOWER("sku"), '-', ''), '_', ''), ' ', ''), '.', ''), '/', '')"""


class Migration(migrations.Migration):
    """Adds the table of stock moves, the cause of an attention entry, and how far a feed has come."""

    dependencies = after("0007_joint_passes")
    operations = in_order(
        Statements(
            """CREATE TABLE "stock_move" (
                {id},
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "source" VARCHAR(64) NOT NULL,
                "reason" VARCHAR(16) NOT NULL,
                "on_hand" BIGINT NOT NULL,
                "reserved" BIGINT NOT NULL,
                "account_id" BIGINT,
                "order_id" BIGINT,
                "item_id" BIGINT,
                "note" TEXT,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "at" {instant} NOT NULL
            )""",
            'CREATE INDEX "ix_stock_move_product" ON "stock_move" ("product_id", "id")',
            'CREATE INDEX "ix_stock_move_order" ON "stock_move" ("order_id") WHERE "order_id" IS NOT NULL',
            # What was counted and promised before: the sums of the moves are the counts from the first day.
            """INSERT INTO "stock_move" ("product_id", "source", "reason", "on_hand", "reserved", "actor_kind", "at")
            SELECT "product_id", "source", 'COUNTED', "on_hand", 0, 'SYSTEM', "updated_at"
            FROM "stock" JOIN "product" ON "product"."id" = "product_id" WHERE "on_hand" <> 0""",
            """INSERT INTO "stock_move"
            ("product_id", "source", "reason", "on_hand", "reserved",
            "account_id", "order_id", "item_id", "actor_kind", "at")
            SELECT "product_id", 'default', 'RESERVED', 0, "quantity", "account_id", "order_id", "item_id", 'SYSTEM',
            "reserved_at" FROM "reservation" WHERE "state" = 'ACTIVE'""",
        ),
        Statements(
            """CREATE TABLE "item_match" (
                {id},
                "account_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "item_id" BIGINT NOT NULL UNIQUE,
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "matched_at" {instant} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100)
            )""",
            'CREATE INDEX "ix_item_match_order" ON "item_match" ("order_id")',
            'CREATE INDEX "ix_item_match_product" ON "item_match" ("product_id")',
            'CREATE INDEX "ix_product_match_product" ON "product_match" ("product_id")',
            f'CREATE INDEX "ix_product_plain_sku" ON "product" (({PLAIN_SKU}), "id")',
            'CREATE INDEX "ix_product_plain_name" ON "product" ((LOWER("name")), "id")',
        ),
        Statements(
            """ALTER TABLE "attention" ADD COLUMN "cause" VARCHAR(300)""",
            """ALTER TABLE "attention" ADD COLUMN "asin" VARCHAR(20)""",
            'CREATE INDEX "ix_attention_asin" ON "attention" ("asin") '
            """WHERE "asin" IS NOT NULL AND "state" <> 'RESOLVED'""",
            'ALTER TABLE "attention" ADD COLUMN "needed" BIGINT',
            # All that groups by cause are made of; its first column lets a planner without numbers prefer it.
            'CREATE INDEX "ix_attention_cause" ON "attention" '
            '("state", "cause", "due_by", "id", "store_id", "order_id", "needed") '
            """WHERE "state" = 'OPEN' AND "cause" IS NOT NULL""",
            # The one list, in its order: by ship-by date, those without one last, with what it is filtered by.
            'CREATE INDEX "ix_attention_list" ON "attention" '
            """("state", COALESCE("due_by", '~'), "id", "kind", "store_id", "account_id", "opened_at")""",
            'CREATE INDEX "ix_attention_subject" ON "attention" ("subject")',
            # What is due is taken in this order: after a fix that helps very many orders nobody sorts them all again.
            'DROP INDEX "ix_order_due"',
            'CREATE INDEX "ix_order_due" ON "amazon_order" '
            '(("latest_ship_at" IS NULL), "latest_ship_at", "purchased_at", "id", "evaluate_due") '
            'WHERE "evaluate_due" IS NOT NULL',
        ),
        Statements(
            'DROP INDEX "uq_feed_open"',
            'ALTER TABLE "feed_submission" ADD COLUMN "marketplaces" VARCHAR(1000)',
            'ALTER TABLE "feed_submission" ADD COLUMN "messages" INTEGER NOT NULL DEFAULT 0',
            'ALTER TABLE "feed_submission" ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0',
            'ALTER TABLE "feed_submission" ADD COLUMN "due_at" {instant}',
            'ALTER TABLE "feed_submission" ADD COLUMN "processing_status" VARCHAR(32)',
            'ALTER TABLE "feed_submission" ADD COLUMN "error_code" VARCHAR(100)',
            'ALTER TABLE "feed_submission" ADD COLUMN "error_message" TEXT',
            'CREATE UNIQUE INDEX "uq_feed_open" ON "feed_submission" ("account_id", "feed_type") '
            'WHERE "finished_at" IS NULL',
            'ALTER TABLE "command" ADD COLUMN "in_doubt" BOOLEAN NOT NULL DEFAULT FALSE',
            'CREATE INDEX "ix_command_of_state" ON "command" ("state", "id")',
            'CREATE INDEX "ix_command_submission" ON "command" ("submission_id") WHERE "submission_id" IS NOT NULL',
        ),
        Statements(
            'ALTER TABLE "document_line" ADD COLUMN "shipping_minor" BIGINT',
        ),
    )
