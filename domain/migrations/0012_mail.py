"""E-mails to buyers, and the settings by which they are sent."""

from tortoise import migrations

from domain.migrations._tables import Statements, after, in_order


class Migration(migrations.Migration):
    """Adds the queue of e-mails, which holds neither address nor text, and the versions of the mail settings."""

    dependencies = after("0011_lists")
    operations = in_order(
        Statements(
            """CREATE TABLE "mail_message" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "order_id" BIGINT NOT NULL,
                "channel_order_id" BIGINT NOT NULL,
                "kind" VARCHAR(24) NOT NULL,
                "document_id" BIGINT,
                "turn" INT NOT NULL,
                "message_id" VARCHAR(320) NOT NULL UNIQUE,
                "has_comment" BOOLEAN NOT NULL,
                "state" VARCHAR(16) NOT NULL,
                "attempts" INT NOT NULL,
                "fence" INT NOT NULL,
                "due_at" {instant},
                "lease_until" BIGINT,
                "reason" VARCHAR(500),
                "queued_at" {instant} NOT NULL,
                "sent_at" {instant}
            )""",
            'CREATE INDEX "ix_mail_order" ON "mail_message" ("order_id", "id")',
            'CREATE INDEX "ix_mail_due" ON "mail_message" ("due_at", "id") WHERE "due_at" IS NOT NULL',
            """CREATE TABLE "mail_settings" (
                {id},
                "account_id" BIGINT NOT NULL,
                "store_id" BIGINT NOT NULL,
                "version" INT NOT NULL,
                "values" {json} NOT NULL,
                "actor_kind" VARCHAR(16) NOT NULL,
                "actor_name" VARCHAR(100),
                "at" {instant} NOT NULL,
                UNIQUE ("store_id", "version")
            )""",
        ),
    )
