"""The timeline, sealed buyer data and remembered answers."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    dependencies = after("0005_channel")
    operations = in_order(
        Statements(
            """CREATE TABLE "event" (
                {id},
                "account_id" BIGINT,
                "store_id" BIGINT REFERENCES "store" ("id"),
                "order_id" BIGINT REFERENCES "amazon_order" ("id"),
                "sequence" INTEGER,
                "kind" VARCHAR(32) NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "at" {instant} NOT NULL,
                "message" TEXT NOT NULL,
                "details" {json} NOT NULL,
                UNIQUE ("order_id", "sequence"),
                CHECK ((order_id IS NULL) = (sequence IS NULL))
            )""",
            'CREATE INDEX "ix_event_store" ON "event" ("store_id", "id")',
        ),
        Statements(
            """CREATE TABLE "buyer_data" (
                {id},
                "owner" VARCHAR(16) NOT NULL,
                "owner_id" BIGINT NOT NULL,
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "sealed" {sealed} NOT NULL,
                "key_id" VARCHAR(16) NOT NULL,
                "purge_at" {instant},
                UNIQUE ("owner", "owner_id")
            )""",
            'CREATE INDEX "ix_buyer_purge" ON "buyer_data" ("purge_at")',
        ),
        Statements(
            """CREATE TABLE "idempotency" (
                {id},
                "scope" VARCHAR(64) NOT NULL,
                "mutation" VARCHAR(64) NOT NULL,
                "key" VARCHAR(200) NOT NULL,
                "input_digest" VARCHAR(64) NOT NULL,
                "result_id" BIGINT NOT NULL,
                "expires_at" {instant} NOT NULL,
                UNIQUE ("scope", "mutation", "key")
            )""",
        ),
    )
