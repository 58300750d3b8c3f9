"""What the dashboard needs: global settings, the log of failed calls, and indexes that hold all that is added up."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the global settings, where the database is at home, and the log of calls that failed."""

    dependencies = after("0013_catalog")
    operations = in_order(
        Statements(
            """CREATE TABLE "global_settings_version" (
                {id},
                "version" INTEGER NOT NULL UNIQUE,
                "values" {json} NOT NULL,
                "because" TEXT,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "at" {instant} NOT NULL
            )""",
            """CREATE TABLE "installation" (
                "id" BIGINT PRIMARY KEY NOT NULL,
                "home" VARCHAR(64) NOT NULL,
                "taken_at" {instant} NOT NULL,
                CHECK ("id" = 1)
            )""",
        ),
        Statements(
            """CREATE TABLE "communication_error" (
                {id},
                "account_id" BIGINT,
                "store_id" BIGINT,
                "region" VARCHAR(2),
                "operation" VARCHAR(100) NOT NULL,
                "code" VARCHAR(100) NOT NULL,
                "message" TEXT NOT NULL,
                "request_id" VARCHAR(100),
                "times" BIGINT NOT NULL,
                "fold_key" VARCHAR(64) NOT NULL UNIQUE,
                "created_at" {instant} NOT NULL,
                "last_at" {instant} NOT NULL,
                CHECK ("times" > 0)
            )""",
            'CREATE INDEX "ix_communication_error_account" '
            'ON "communication_error" ("account_id", "created_at", "store_id", "id")',
            'CREATE INDEX "ix_communication_error_newest" ON "communication_error" ("created_at", "id")',
        ),
        Statements(
            # With what is added up of orders: figures of a store with very many read the index alone.
            'DROP INDEX "ix_order_status"',
            'CREATE INDEX "ix_order_status" ON "amazon_order" '
            '("store_id", "display_status", "purchased_at", "id", "currency", "total_minor")',
            # What the seller has to ship is little beside what was shipped: by its date, without looking at the rest.
            'CREATE INDEX "ix_order_to_ship" ON "amazon_order" ("store_id", "latest_ship_at", "id") '
            """WHERE "amazon_status" IN ('UNSHIPPED', 'PARTIALLY_SHIPPED') AND "fulfillment_channel" = 'MERCHANT'""",
            'CREATE INDEX "ix_command_cancel" ON "command" ("store_id", "created_at") '
            """WHERE "kind" IN ('CANCEL', 'PARTIAL_CANCEL')""",
            'CREATE INDEX "ix_shipment_left" ON "shipment" ("shipped_at", "order_id")',
        ),
    )
