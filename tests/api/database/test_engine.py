import asyncio
import sqlite3

import pytest
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction

from api.database import database as open_database
from api.database import read_connection, read_rows
from domain.catalog.records import Product

STOCK = "INSERT INTO stock (product_id, source, on_hand, reserved) VALUES (99, 'default', 1, 0)"


async def add(sku, now):
    await Product.create(sku=sku, name=sku, created_at=now, updated_at=now)


async def skus():
    return [row["sku"] for row in await read_rows("SELECT sku FROM product ORDER BY sku")]


@pytest.mark.parametrize(
    ("connection", "pragma", "value"),
    [
        ("default", "synchronous", 2),
        ("default", "foreign_keys", 1),
        ("default", "busy_timeout", 5000),
        ("default", "journal_mode", "wal"),
        ("default", "query_only", 0),
        ("read", "query_only", 1),
        ("read", "busy_timeout", 5000),
    ],
)
async def test_a_connection_is_set_up_for_its_work(database, connection, pragma, value):
    _, rows = await get_connection(connection).execute_query(f"PRAGMA {pragma}")
    assert tuple(rows[0]) == (value,)


async def test_the_reader_cannot_write(database, now):
    with pytest.raises(OperationalError, match="readonly"):
        await read_connection().execute_query("DELETE FROM product")


async def test_a_reader_neither_waits_for_an_open_transaction_nor_sees_it(database, now):
    async with in_transaction("default"):
        await add("MUG", now)
        assert await asyncio.wait_for(skus(), 1) == []
        assert await Product.all().count() == 1
        assert await Product.all().using_db(read_connection()).count() == 0
    assert await skus() == ["MUG"]


async def test_a_transaction_holds_the_write_lock_from_its_first_moment(database):
    other = sqlite3.connect(database.removeprefix("sqlite://"), timeout=0, isolation_level=None)
    async with in_transaction("default"):
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_a_lock_that_is_never_given_back_is_an_error_and_not_the_end(database, now):
    other = sqlite3.connect(database.removeprefix("sqlite://"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    await get_connection("default").execute_query("PRAGMA busy_timeout = 50")
    with pytest.raises(OperationalError, match="locked"):
        async with in_transaction("default"):
            pass
    other.execute("ROLLBACK")
    async with in_transaction("default"):
        await add("MUG", now)
    assert await skus() == ["MUG"]
    other.close()


async def test_a_failing_commit_is_undone_and_the_next_transaction_is_a_new_one(database, now):
    async def break_a_reference():
        async with in_transaction("default") as connection:
            await connection.execute_query("PRAGMA defer_foreign_keys = ON")
            await add("LOST", now)
            await connection.execute_query(STOCK)

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await break_a_reference()
    async with in_transaction("default"):
        await add("MUG", now)
    assert await skus() == ["MUG"]


async def test_a_transaction_left_open_on_the_connection_is_not_joined(database, now):
    await get_connection("default").execute_query("BEGIN")
    await add("LOST", now)
    async with in_transaction("default"):
        await add("MUG", now)
    assert await skus() == ["MUG"]


async def test_savepoints_nest_and_undo_only_themselves(database, now):
    async def fail_inside():
        async with in_transaction("default"):
            await add("B", now)
            async with in_transaction("default"):
                await add("C", now)
            raise KeyError

    async with in_transaction("default"):
        await add("A", now)
        for _ in range(2):
            with pytest.raises(KeyError):
                await fail_inside()
        async with in_transaction("default"):
            await add("D", now)
    assert await skus() == ["A", "D"]


async def test_a_task_that_outlives_its_transaction_cannot_write_into_another(database, now):
    go_on = asyncio.Event()

    async def late(sku):
        await go_on.wait()
        await add(sku, now)

    async with in_transaction("default"):
        forgotten = asyncio.create_task(late("LOST"))
        async with in_transaction("default") as inner:
            pass
        await add("A", now)
    async with in_transaction("default"):
        go_on.set()
        with pytest.raises(TransactionManagementError, match="outlives"):
            await forgotten
        with pytest.raises(TransactionManagementError, match="outlives"):
            await inner.execute_query("SELECT 1")
        await add("B", now)
    assert await skus() == ["A", "B"]


async def test_a_transaction_ends_once(database, now):
    async with in_transaction("default") as connection:
        await add("A", now)
        await connection.commit()
        with pytest.raises(TransactionManagementError):
            await connection.commit()
        with pytest.raises(TransactionManagementError):
            await connection.rollback()
    async with in_transaction("default") as connection:
        await add("B", now)
        await connection.rollback()
    assert await skus() == ["A"]


async def test_a_script_inside_a_transaction_is_refused_as_it_would_commit_it(database, now):
    async def run_a_script():
        async with in_transaction("default") as connection:
            await add("A", now)
            await connection.execute_script("SELECT 1; SELECT 2;")

    with pytest.raises(TransactionManagementError, match="one by one"):
        await run_a_script()
    assert await skus() == []


async def test_many_rows_outside_a_transaction_are_stored_all_or_none(database, now):
    def products(*names):
        return [Product(sku=sku, name=sku, created_at=now, updated_at=now) for sku in names]

    with pytest.raises(IntegrityError):
        await Product.bulk_create(products("A", "B", "A"))
    assert await skus() == []
    await Product.bulk_create(products("A", "B"))
    assert await skus() == ["A", "B"]


async def test_a_closed_database_stays_closed(database_url, now):
    async with open_database(database_url, migrate=False):
        connection = get_connection("default")
    for _ in range(2):
        with pytest.raises(OperationalError, match="closed"):
            await asyncio.wait_for(connection.execute_query("SELECT 1"), 5)
