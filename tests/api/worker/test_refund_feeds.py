import pytest

from domain.amazon.records import FeedSubmission
from domain.commerce.records import CommerceOrder
from tests.api.worker.feeding import let_pass, states
from tests.api.worker.refunding import check_refunds, imported, ledger, refund
from tests.api.worker.test_deliver import stock_up


@pytest.fixture
async def shop(bench):
    await bench.connect()
    await stock_up(bench)
    return bench


class TestARefund:
    async def test_of_all_is_paid_by_amazon_to_the_cent(self, shop):
        numbers = await imported(shop, 6)
        for number in numbers:
            await refund(shop, number)
        await let_pass(shop, seconds=11)
        assert await states() == {"SENT": 6}
        await let_pass(shop, seconds=100)

        assert await check_refunds(shop) == {"CONFIRMED": 6}
        totals = {order.channel_number: order.total_minor for order in await CommerceOrder.all()}
        paid = {
            number: sum(minor for refund in refunds for _, minor in refund)
            for number, refunds in (await ledger(shop)).items()
        }
        assert paid == totals
        assert len(await FeedSubmission.all()) == 1
