"""Sellers API v1: getMarketplaceParticipations."""

from starlette.responses import Response

from simulator.calls import Call
from simulator.cast.sellers import participations
from simulator.envelopes import json_answer


async def get_marketplace_participations(call: Call) -> Response:
    """Answer the marketplaces that the seller takes part in."""
    return json_answer({"payload": participations(call.world.sellers[call.seller])})
