import sqlite3
from pkgutil import iter_modules

import pytest
from tortoise import Tortoise

from api.database import migrate_database, pending_migrations
from api.database.configuration import MODELS
from domain import migrations
from domain.channel.due_orders import SHIP_FIRST

WRITTEN = [module.name for module in iter_modules(migrations.__path__) if not module.name.startswith("_")]
SAME = {"BIGINT": "INTEGER", "INT": "INTEGER", "BOOLEAN": "INTEGER", "REAL": "DOUBLE PRECISION"}


@pytest.fixture
def migrated(migrated_template):
    handle = sqlite3.connect(f"file:{migrated_template}?mode=ro", uri=True)
    yield handle
    handle.close()


@pytest.fixture
async def modelled(tmp_path):
    """Give the tables as Tortoise would create them from the models."""
    file = tmp_path / "modelled.db"
    connections = {"default": {"engine": "api.database.safe_sqlite", "credentials": {"file_path": str(file)}}}
    apps = {"models": {"models": list(MODELS), "default_connection": "default"}}
    await Tortoise.init(config={"connections": connections, "apps": apps})
    await Tortoise.generate_schemas(safe=False)
    await Tortoise.close_connections()
    handle = sqlite3.connect(file)
    yield handle
    handle.close()


def tables_of(handle):
    return {
        name
        for (name,) in handle.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
            "AND name NOT LIKE 'tortoise%'"
        )
    }


def columns_of(handle, table):
    return {
        name: (SAME.get(kind, kind), bool(required), bool(key))
        for _, name, kind, required, _, key in handle.execute(f'PRAGMA table_info("{table}")')
    }


def indexes_of(handle, table):
    listed = handle.execute(f'PRAGMA index_list("{table}")').fetchall()
    return {
        (bool(unique), tuple(row[2] for row in handle.execute(f'PRAGMA index_info("{name}")')))
        for _, name, unique, _, _ in listed
    }


def test_every_model_has_exactly_its_table(migrated, modelled):
    assert tables_of(migrated) == tables_of(modelled)


def test_every_column_is_as_its_field_says(migrated, modelled):
    for table in sorted(tables_of(modelled)):
        assert columns_of(migrated, table) == columns_of(modelled, table), table


def test_every_index_and_unique_key_of_a_model_exists(migrated, modelled):
    for table in sorted(tables_of(modelled)):
        assert indexes_of(modelled, table) <= indexes_of(migrated, table), table


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("uq_feed_open", '"finished_at" IS NULL'),
        ("uq_attention_open", "\"state\" = 'OPEN'"),
        ("ix_order_due", '"evaluate_due" IS NOT NULL'),
        ("ix_order_blocked", "\"import_state\" = 'BLOCKED'"),
        ("ix_command_due", '"due_at" IS NOT NULL'),
        ("ix_attention_product", '"product_id" IS NOT NULL'),
        ("ix_attention_sku", '"seller_sku" IS NOT NULL'),
        ("ix_reservation_expiry", '"expires_at" IS NOT NULL'),
    ],
)
def test_partial_indexes_are_partial(migrated, name, condition):
    (sql,) = migrated.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", [name]).fetchone()
    assert sql.endswith(f"WHERE {condition}")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (f"SELECT id FROM amazon_order WHERE evaluate_due <= ? ORDER BY {SHIP_FIRST} LIMIT 100", "ix_order_due"),
        ("SELECT id FROM command WHERE due_at <= ? ORDER BY due_at LIMIT 100", "ix_command_due"),
        ("SELECT id FROM attention WHERE product_id = ? AND state = ?", "ix_attention_product"),
        ("SELECT id FROM attention WHERE account_id = ? AND seller_sku = ? AND state = ?", "ix_attention_sku"),
        ("SELECT id FROM reservation WHERE state = ? AND expires_at <= ?", "ix_reservation_expiry"),
        (
            "SELECT id FROM amazon_order WHERE store_id = ? AND display_status = ? ORDER BY purchased_at DESC, id DESC",
            "ix_order_status",
        ),
        ("SELECT id FROM amazon_order WHERE store_id = ? ORDER BY purchased_at DESC, id DESC", "ix_order_store"),
        ("SELECT id FROM amazon_order ORDER BY purchased_at DESC, id DESC LIMIT 20", "ix_order_purchased"),
        ("SELECT id FROM amazon_order WHERE store_id = ? ORDER BY latest_ship_at, id", "ix_order_ship_by"),
        ("SELECT amazon_status, count(*) FROM amazon_order WHERE store_id = ? GROUP BY amazon_status", "ix_order_am"),
        ("SELECT DISTINCT store_id FROM amazon_order WHERE import_state = 'BLOCKED'", "ix_order_blocked"),
        ("SELECT channel_order_id FROM commerce_order WHERE number = ?", "ix_commerce_order_number"),
        ("SELECT id FROM command WHERE package_id = ?", "ix_command_package"),
    ],
)
def test_the_hot_queries_use_their_index_and_sort_nothing(migrated, query, index):
    plan = migrated.execute(f"EXPLAIN QUERY PLAN {query}", ["x"] * query.count("?")).fetchall()
    steps = [step[3] for step in plan]
    assert any(index in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps


def test_rows_refer_to_rows_that_exist(migrated):
    referring = {
        (table, column): target
        for table in tables_of(migrated)
        for _, _, target, column, _, _, _, _ in migrated.execute(f'PRAGMA foreign_key_list("{table}")')
    }
    expected = {
        ("store", "account_id"): "account",
        ("amazon_order", "store_id"): "store",
        ("amazon_item", "order_id"): "amazon_order",
        ("command", "order_id"): "amazon_order",
        ("event", "order_id"): "amazon_order",
        ("decision", "order_id"): "amazon_order",
        ("commerce_order", "channel_order_id"): "amazon_order",
        ("commerce_order_line", "order_id"): "commerce_order",
        ("shipment", "order_id"): "commerce_order",
        ("package", "shipment_id"): "shipment",
        ("document_line", "line_id"): "commerce_order_line",
        ("stock", "product_id"): "product",
        ("reservation", "product_id"): "product",
    }
    assert expected.items() <= referring.items()


async def test_migrating_again_changes_nothing(database_url):
    file = database_url.removeprefix("sqlite://")
    handle = sqlite3.connect(file)
    handle.execute(
        "INSERT INTO account (id, region, fingerprint, credentials, state, created_at) "
        "VALUES (1, 'EU', 'f', x'00', 'ACTIVE', '2026-03-02T09:00:00.000Z')"
    )
    handle.execute(
        "INSERT INTO product (sku, name, enabled, manages_stock, version, created_at, updated_at) "
        "VALUES ('A', 'a', 1, 1, 1, '2026-03-02T09:00:00.000Z', '2026-03-02T09:00:00.000Z')"
    )
    handle.execute("INSERT INTO stock (product_id, source, on_hand, reserved) VALUES (1, 'default', 3, 1)")
    handle.commit()
    before = list(handle.iterdump())
    assert await pending_migrations(database_url) == []
    assert await migrate_database(database_url) == []
    assert list(handle.iterdump()) == before
    assert handle.execute("PRAGMA foreign_key_check").fetchall() == []
    assert handle.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    handle.close()


async def test_every_migration_is_applied_to_a_new_file(tmp_path):
    url = f"sqlite://{tmp_path / 'new.db'}"
    assert await pending_migrations(url) == WRITTEN
    assert await migrate_database(url) == WRITTEN
    assert await pending_migrations(url) == []
