"""What other programs see of orders and say of them: external ids, tags, webhooks and their deliveries."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables of external ids, tags, webhooks and deliveries."""

    dependencies = after("0014_dashboard")
    operations = in_order(
        Statements(
            """CREATE TABLE "external_id" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "system" VARCHAR(64) NOT NULL,
                "value" VARCHAR(200) NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("order_id", "system"),
                UNIQUE ("account_id", "system", "value")
            )""",
            """CREATE TABLE "order_tag" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "tag" VARCHAR(50) NOT NULL,
                "created_at" {instant} NOT NULL,
                UNIQUE ("order_id", "tag")
            )""",
            'CREATE INDEX "ix_order_tag" ON "order_tag" ("tag", "order_id")',
        ),
        Statements(
            """CREATE TABLE "webhook" (
                {id},
                "name" VARCHAR(100) NOT NULL UNIQUE,
                "url" VARCHAR(1000) NOT NULL,
                "secret" {sealed} NOT NULL,
                "kinds" {json} NOT NULL,
                "store_id" BIGINT,
                "state" VARCHAR(16) NOT NULL,
                "position" BIGINT NOT NULL,
                "created_at" {instant} NOT NULL
            )""",
            """CREATE TABLE "webhook_delivery" (
                {id},
                "webhook_id" BIGINT NOT NULL REFERENCES "webhook" ("id"),
                "event_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "attempts" INT NOT NULL DEFAULT 0,
                "due_at" {instant},
                "lease_until" BIGINT,
                "status_code" INT,
                "error" VARCHAR(200),
                "created_at" {instant} NOT NULL,
                "delivered_at" {instant},
                UNIQUE ("webhook_id", "event_id")
            )""",
            'CREATE INDEX "ix_delivery_due" ON "webhook_delivery" ("due_at") WHERE "due_at" IS NOT NULL',
            'CREATE INDEX "ix_delivery_state" ON "webhook_delivery" ("webhook_id", "state", "id")',
            'CREATE INDEX "ix_delivery_order" ON "webhook_delivery" ("order_id")',
        ),
    )
