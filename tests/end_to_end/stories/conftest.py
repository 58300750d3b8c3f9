"""A connected shop for every story, its books balanced and its orders' histories whole at the end of each."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests.domain.histories import check_histories
from tests.end_to_end.town import Town, town

SHELVES = """{ products(first: 50) { nodes { sku stock reserved salable
  stockBySource { source { code enabled } physical }
  moves(first: 100) { nodes { onHand reserved source { code } } pageInfo { hasNextPage } } } } }"""


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Town]:
    async with town(database_url) as opened:
        await opened.connect()
        opened.world.clock.advance(60)
        yield opened
        await stock_is_the_sum_of_its_history(opened)
        await check_histories()


async def stock_is_the_sum_of_its_history(shop: Town) -> None:
    for product in (await shop.ask(SHELVES))["products"]["nodes"]:
        moves = product["moves"]["nodes"]
        assert not product["moves"]["pageInfo"]["hasNextPage"]
        places = product["stockBySource"]
        assert product["stock"] == sum(one["physical"] for one in places if one["source"]["enabled"]), product
        came = Counter[str]()
        for move in moves:
            came[(move["source"] or {"code": "nowhere"})["code"]] += move["onHand"]
        assert +came == +Counter({one["source"]["code"]: one["physical"] for one in places}), product
        assert product["reserved"] == sum(move["reserved"] for move in moves), product
        assert product["salable"] == product["stock"] - product["reserved"] >= 0 or product["stock"] == 0, product
