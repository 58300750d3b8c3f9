"""What imports of whole files and pushing stock to Amazon need."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the files being imported, the stores that push stock, the listings it is pushed to, and what was pushed."""

    dependencies = after("0012_mail")
    operations = in_order(
        Statements(
            """CREATE TABLE "product_import" (
                {id},
                "name" VARCHAR(200) NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "created" INTEGER NOT NULL DEFAULT 0,
                "updated" INTEGER NOT NULL DEFAULT 0,
                "unchanged" INTEGER NOT NULL DEFAULT 0,
                "refused" {json} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "started_at" {instant} NOT NULL,
                "touched_at" {instant} NOT NULL
            )""",
            """CREATE INDEX "ix_product_import_open" ON "product_import" ("id") WHERE "state" <> 'DONE'""",
            """CREATE TABLE "product_import_part" (
                {id},
                "import_id" BIGINT NOT NULL REFERENCES "product_import" ("id"),
                "lines" TEXT NOT NULL
            )""",
            'CREATE INDEX "ix_product_import_part" ON "product_import_part" ("import_id", "id")',
        ),
        Statements(
            """CREATE TABLE "stock_push" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL UNIQUE,
                "threshold" BIGINT NOT NULL,
                "most" BIGINT,
                "changed_at" {instant} NOT NULL
            )""",
            'CREATE INDEX "ix_stock_push_account" ON "stock_push" ("account_id")',
            """CREATE TABLE "listing" (
                {id},
                "account_id" BIGINT NOT NULL,
                "seller_sku" VARCHAR(200) NOT NULL,
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "changes" BIGINT NOT NULL DEFAULT 1,
                "attempts" INTEGER NOT NULL DEFAULT 0,
                "due_at" {instant},
                "quantity" BIGINT,
                "stamp" VARCHAR(100),
                "sent_at" {instant},
                UNIQUE ("account_id", "seller_sku")
            )""",
            'CREATE INDEX "ix_listing_due" ON "listing" ("due_at", "id") WHERE "due_at" IS NOT NULL',
            'CREATE INDEX "ix_listing_product" ON "listing" ("product_id")',
            """CREATE TABLE "listing_change" (
                {id},
                "account_id" BIGINT NOT NULL,
                "seller_sku" VARCHAR(200) NOT NULL,
                "product_id" BIGINT NOT NULL,
                "action" VARCHAR(16) NOT NULL,
                "outcome" VARCHAR(16) NOT NULL,
                "quantity" BIGINT NOT NULL,
                "comment" TEXT NOT NULL,
                "submission_id" VARCHAR(100),
                "at" {instant} NOT NULL
            )""",
            'CREATE INDEX "ix_listing_change_sku" ON "listing_change" ("seller_sku", "id")',
        ),
    )
