"""Products, stock, reservations and matches."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the tables."""

    dependencies = after("0001_accounts")
    operations = in_order(
        Statements(
            """CREATE TABLE "product" (
                {id},
                "sku" VARCHAR(200) NOT NULL UNIQUE,
                "name" TEXT NOT NULL,
                "price_minor" BIGINT,
                "currency" VARCHAR(3),
                "enabled" BOOLEAN NOT NULL,
                "manages_stock" BOOLEAN NOT NULL,
                "asin" VARCHAR(20),
                "version" INTEGER NOT NULL,
                "created_at" {instant} NOT NULL,
                "updated_at" {instant} NOT NULL,
                CHECK (price_minor >= 0)
            )""",
            'CREATE INDEX "ix_product_asin" ON "product" ("asin")',
        ),
        Statements(
            """CREATE TABLE "stock" (
                {id},
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "source" VARCHAR(64) NOT NULL,
                "on_hand" BIGINT NOT NULL,
                "reserved" BIGINT NOT NULL,
                UNIQUE ("product_id", "source"),
                CHECK (on_hand >= 0),
                CHECK (reserved >= 0),
                CHECK (reserved <= on_hand)
            )""",
        ),
        Statements(
            """CREATE TABLE "reservation" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "item_id" BIGINT NOT NULL UNIQUE,
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "quantity" BIGINT NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "reserved_at" {instant} NOT NULL,
                "expires_at" {instant},
                CHECK (quantity >= 0)
            )""",
            'CREATE INDEX "ix_reservation_order" ON "reservation" ("order_id")',
            'CREATE INDEX "ix_reservation_product" ON "reservation" ("product_id", "state")',
            'CREATE INDEX "ix_reservation_expiry" '
            'ON "reservation" ("state", "expires_at") WHERE "expires_at" IS NOT NULL',
        ),
        Statements(
            """CREATE TABLE "product_match" (
                {id},
                "account_id" BIGINT NOT NULL,
                "seller_sku" VARCHAR(200) NOT NULL,
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "source" VARCHAR(16) NOT NULL,
                "matched_at" {instant} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                UNIQUE ("account_id", "seller_sku")
            )""",
        ),
    )
