from datetime import timedelta

from domain.accounts.error_log import CallFailure, note_failures
from domain.accounts.service_records import CommunicationError
from domain.catalog.listing_records import ListingAction, ListingChange, ListingOutcome
from domain.channel.logs import forget_logs
from tests.domain.channel.stage import Stage


async def test_old_entries_of_every_log_go_some_at_a_time(stage: Stage):
    for number in range(3):
        at = stage.now + timedelta(minutes=number)
        await ListingChange.create(
            account_id=stage.store.account_id,
            seller_sku="MUG",
            product_id=1,
            action=next(iter(ListingAction)),
            outcome=next(iter(ListingOutcome)),
            quantity=1,
            comment="Told.",
            at=at,
        )
        failure = CallFailure(
            region=None,
            fingerprint=None,
            marketplace_id=None,
            operation="GET document",
            code=f"E{number}",
            message="Gone.",
            request_id=None,
            at=at,
        )
        await note_failures([failure], now=at)
    now = stage.now + timedelta(days=30, minutes=1, seconds=1)
    assert await forget_logs(now=now, limit=1) == 2
    assert await forget_logs(now=now, limit=1) == 2
    assert await forget_logs(now=now) == 0
    assert await ListingChange.all().count() == await CommunicationError.all().count() == 1
