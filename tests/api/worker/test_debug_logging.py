import logging
from datetime import timedelta

import pytest

from api.logs import tell_more
from api.worker.sweep import sweep_once
from domain.channel.read_only import update_global_settings
from domain.timeline import SYSTEM


@pytest.fixture(autouse=True)
def as_usual_afterwards():
    yield
    tell_more(False)


async def choose(bench, on):
    patch = {"debug_logging": on}
    await update_global_settings(patch=patch, expected_version=None, now=bench.clock.now(), actor=SYSTEM)


async def test_the_log_tells_calls_pages_and_evaluations_only_while_that_is_wanted(bench, caplog):
    await bench.connect()
    (number,) = await bench.place()
    for wanted in (False, True, False):
        await choose(bench, wanted)
        await bench.pass_by(seconds=11)
        await sweep_once(bench.worker)  # takes the setting over, at its end
        caplog.clear()
        await bench.pass_by(minutes=6)
        await sweep_once(bench.worker)
        told = {record.getMessage(): record for record in caplog.records if record.levelno == logging.DEBUG}
        own = {name: record for name, record in told.items() if record.name.startswith(("api.", "domain."))}
        assert bool(own) is wanted
        if wanted:
            called, stored = own["Amazon answered"], own["a page of orders was stored"]
            assert (called.operation, called.region, called.status) == ("GET orders/2026-01-01/orders", "NA", 200)
            assert called.amazon_request_id
            assert (stored.store, stored.is_last) == ("demo", True)
            assert number not in str([vars(record) for record in own.values()])


async def test_what_was_evaluated_is_told(bench, caplog):
    await bench.connect()
    await choose(bench, True)
    tell_more(True)
    await bench.place(count=2)
    await bench.pass_by(minutes=4)
    await sweep_once(bench.worker)
    (record,) = [record for record in caplog.records if record.getMessage() == "orders were evaluated"]
    assert (record.evaluated, record.imported + record.blocked) == (2, 2)


async def test_the_setting_is_looked_at_every_ten_seconds(bench):
    await sweep_once(bench.worker)
    await choose(bench, True)
    await sweep_once(bench.worker)
    assert logging.getLogger("api").level == logging.NOTSET
    await bench.pass_by(seconds=timedelta(seconds=10).total_seconds())
    await sweep_once(bench.worker)
    assert logging.getLogger("api").level == logging.DEBUG
