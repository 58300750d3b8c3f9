"""Every failed call to Amazon ends in the log, written when the worker tidies up, never by the call itself."""

from api.worker.tidying import tidy_due, write_failures
from domain.accounts.service_records import CommunicationError
from domain.amazon.records import Command
from tests.api.worker.conftest import Bench
from tests.api.worker.feeding import cancel, let_pass, received


async def entries() -> list[CommunicationError]:
    return await CommunicationError.all().order_by("id")


async def test_a_refused_search_is_logged_with_amazons_words_and_its_store(bench: Bench):
    store = await bench.connect()
    await bench.pass_by(minutes=5)
    await bench.control("/faults", {"operation": "searchOrders", "effect": "UNAVAILABLE", "times": 1})
    await bench.sync()
    assert await entries() == []  # no pass waits for the log
    await tidy_due(bench.worker)
    (entry,) = await entries()
    assert (entry.store_id, entry.region) == (store.id, "NA")
    assert entry.operation == "GET orders/2026-01-01/orders"
    assert entry.message.startswith("Amazon answered 5")
    assert entry.created_at == bench.clock.now()


async def test_rejected_credentials_are_logged_though_no_operation_was_called(bench: Bench):
    await bench.connect()
    await bench.control("/sellers/demo/revoke")
    await bench.pass_by(minutes=70)  # the token at hand has run out
    await bench.sync()
    assert await write_failures(bench.worker) == 1
    (entry,) = await entries()
    assert entry.operation == "POST auth/o2/token"
    assert "Atz" not in entry.message


async def test_what_amazon_refuses_in_a_report_on_a_feed_is_logged_too(bench: Bench):
    (shipped, canceled) = await received(bench, 2)
    await cancel(bench, shipped, canceled)
    await bench.control(f"/orders/{shipped}/ship")
    await let_pass(bench, seconds=11)
    await let_pass(bench, seconds=100)
    (entry,) = await entries()
    assert entry.operation == "feed POST_ORDER_ACKNOWLEDGEMENT_DATA"
    assert (entry.store_id, entry.times) == ((await Command.get(state="REFUSED")).store_id, 1)
    assert entry.message == (await Command.get(state="REFUSED")).error_message


async def test_a_good_day_writes_nothing(bench: Bench):
    await bench.connect()
    await bench.place()
    await bench.pass_by(minutes=5)
    await bench.sync()
    await tidy_due(bench.worker)
    assert await entries() == []
