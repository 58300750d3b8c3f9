"""Finances API 2024-06-19: listTransactions, where refunds are seen."""

from typing import Final

from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import json_answer
from simulator.finances.asking import read_asked
from simulator.finances.postings import find_postings
from simulator.finances.transactions import show_transaction
from simulator.orders.documents import Document

PAGE: Final = 100  # how many Amazon puts on a page is not documented


async def list_transactions(call: Call) -> Response:
    """Answer a page of what was charged and refunded, oldest first.

    What is younger than two minutes is not found yet ("postedBefore", Finances API 2024-06-19).
    """
    world = call.world
    asked = read_asked(call.request.query_params, seed=world.seed, seller=call.seller, now=call.now)
    keys, has_more = ([], False) if asked.finds_nothing else find_postings(world, asked, limit=PAGE)
    payload: Document = {"transactions": [show_transaction(world, key) for key in keys]}
    if has_more:
        payload["nextToken"] = asked.token(world.seed, keys[-1])
    return json_answer({"payload": payload})
