"""Passes that read for several stores of an account at once: which marketplaces each one asks for."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the column, filled for the passes that are known: each was one store's."""

    dependencies = after("0006_timeline")
    operations = in_order(
        Statements(
            """ALTER TABLE "sync_run" ADD COLUMN "marketplaces" VARCHAR(1000) NOT NULL DEFAULT ''""",
            """UPDATE "sync_run" SET "marketplaces" =
                (SELECT "marketplace_id" FROM "store" WHERE "store"."id" = "sync_run"."store_id")""",
            'CREATE INDEX "ix_sync_run_account" ON "sync_run" ("account_id", "started_at", "id")',
        ),
    )
