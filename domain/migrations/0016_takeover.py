"""What taking over from another system needs: the numbers that it gave orders."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Creates the table of adopted orders."""

    dependencies = after("0015_outward")
    operations = in_order(
        Statements(
            """CREATE TABLE "adoption" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "amazon_number" VARCHAR(32) NOT NULL,
                "number" VARCHAR(64) NOT NULL,
                "adopted_at" {instant} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                UNIQUE ("store_id", "amazon_number"),
                UNIQUE ("store_id", "number")
            )""",
        ),
    )
