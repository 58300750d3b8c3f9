"""What several sources of stock need: the sources themselves, and what lies at those beside the default one."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the sources; all stock that there is belongs to the default one, as `stock.source` has always said.

    A product's row in `stock` counts what can be sold of it, at all enabled sources together; `elsewhere` is how much
    of that does not lie at the default source, so the CHECK keeps the default's own count from falling below nothing.
    """

    dependencies = after("0017_time_travel")
    operations = in_order(
        Statements(
            """CREATE TABLE "source" (
                {id},
                "code" VARCHAR(64) NOT NULL UNIQUE,
                "name" VARCHAR(100) NOT NULL,
                "country" VARCHAR(2),
                "priority" INTEGER NOT NULL,
                "enabled" BOOLEAN NOT NULL
            )""",
            """INSERT INTO "source" ("code", "name", "priority", "enabled")
                VALUES ('default', 'Default source', 1, TRUE)""",
            """CREATE TABLE "source_stock" (
                {id},
                "product_id" BIGINT NOT NULL REFERENCES "product" ("id"),
                "source" VARCHAR(64) NOT NULL REFERENCES "source" ("code"),
                "physical" BIGINT NOT NULL,
                UNIQUE ("product_id", "source"),
                CHECK (physical >= 0),
                CHECK (source <> 'default')
            )""",
            'CREATE INDEX "ix_source_stock_source" ON "source_stock" ("source", "product_id")',
        ),
        Statements(
            'ALTER TABLE "stock" ADD COLUMN "elsewhere" BIGINT NOT NULL DEFAULT 0 '
            "CHECK (elsewhere >= 0 AND elsewhere <= on_hand)",
        ),
    )
