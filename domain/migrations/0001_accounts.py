"""Accounts, stores, settings, cursors, passes and budgets."""

from tortoise import migrations

from domain.migrations._tables import Statements, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    initial = True
    operations = in_order(
        Statements(
            """CREATE TABLE "account" (
                {id},
                "region" VARCHAR(2) NOT NULL,
                "seller_id" VARCHAR(64),
                "fingerprint" VARCHAR(64) NOT NULL,
                "credentials" {sealed} NOT NULL,
                "state" VARCHAR(24) NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("region", "seller_id"),
                UNIQUE ("region", "fingerprint")
            )""",
        ),
        Statements(
            """CREATE TABLE "store" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "marketplace_id" VARCHAR(20) NOT NULL,
                "name" VARCHAR(200) NOT NULL,
                "contact_email" VARCHAR(320),
                "country_code" VARCHAR(2) NOT NULL,
                "currency" VARCHAR(3) NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "connected_at" {instant} NOT NULL,
                "cutoff_at" {instant} NOT NULL,
                "next_sync_at" {instant},
                "last_synced_at" {instant},
                "settings_version" INTEGER NOT NULL,
                UNIQUE ("account_id", "marketplace_id")
            )""",
            'CREATE INDEX "ix_store_next_sync" ON "store" ("next_sync_at")',
        ),
        Statements(
            """CREATE TABLE "settings_version" (
                {id},
                "store_id" BIGINT NOT NULL REFERENCES "store" ("id"),
                "version" INTEGER NOT NULL,
                "values" {json} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "at" {instant} NOT NULL,
                UNIQUE ("store_id", "version"),
                CHECK (version >= 1)
            )""",
        ),
        Statements(
            """CREATE TABLE "sync_cursor" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "store_id" BIGINT NOT NULL REFERENCES "store" ("id"),
                "marketplaces" VARCHAR(1000) NOT NULL,
                "kind" VARCHAR(16) NOT NULL,
                "watermark" {instant} NOT NULL,
                "span_seconds" BIGINT NOT NULL,
                "fence" BIGINT NOT NULL,
                "lease_until" BIGINT,
                "run_id" BIGINT,
                "until" {instant},
                "due_at" {instant},
                "attempts" INTEGER NOT NULL,
                UNIQUE ("account_id", "marketplaces", "kind")
            )""",
        ),
        Statements(
            """CREATE TABLE "sync_run" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "store_id" BIGINT NOT NULL REFERENCES "store" ("id"),
                "cursor_id" BIGINT NOT NULL REFERENCES "sync_cursor" ("id"),
                "trigger" VARCHAR(16) NOT NULL,
                "state" VARCHAR(24) NOT NULL,
                "window_from" {instant} NOT NULL,
                "window_to" {instant} NOT NULL,
                "order_number" VARCHAR(32),
                "next_token" TEXT,
                "token_at" {instant},
                "slice_from" {instant},
                "slice_to" {instant},
                "slice_pages" INTEGER NOT NULL,
                "pages" INTEGER NOT NULL,
                "seen" INTEGER NOT NULL,
                "created" INTEGER NOT NULL,
                "updated" INTEGER NOT NULL,
                "unchanged" INTEGER NOT NULL,
                "failed" INTEGER NOT NULL,
                "throttled" INTEGER NOT NULL,
                "error_code" VARCHAR(64),
                "error_message" TEXT,
                "started_at" {instant} NOT NULL,
                "finished_at" {instant}
            )""",
            'CREATE INDEX "ix_sync_run_store" ON "sync_run" ("store_id", "started_at", "id")',
            'CREATE INDEX "ix_sync_run_state" ON "sync_run" ("state")',
        ),
        Statements(
            """CREATE TABLE "api_budget" (
                {id},
                "account_id" BIGINT NOT NULL REFERENCES "account" ("id"),
                "operation" VARCHAR(64) NOT NULL,
                "rate" DOUBLE PRECISION NOT NULL,
                "burst" INTEGER NOT NULL,
                "tokens" DOUBLE PRECISION NOT NULL,
                "tokens_at" {instant} NOT NULL,
                UNIQUE ("account_id", "operation")
            )""",
        ),
    )
