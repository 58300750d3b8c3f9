"""The operation of Amazon's Listings Items API 2021-08-01 that sets how many of a SKU are offered."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

import msgspec

from api.amazon import answers
from api.amazon.access_token import Seller
from api.amazon.transport import Transport
from domain.errors import MarketplaceRejected

_ITEMS: Final = "/listings/2021-08-01/items"
_ACCEPTED: Final = frozenset({"ACCEPTED", "VALID"})


class _Issue(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    severity: str | None = None


class _Answer(msgspec.Struct, rename="camel"):
    status: str
    submission_id: str | None = None
    issues: list[_Issue] | None = None


class Listings:
    """Changes listings; raises the same as every operation of the client."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def set_quantity(
        self, seller: Seller, *, seller_id: str, sku: str, marketplace_ids: Sequence[str], quantity: int
    ) -> str | None:
        """Set how many of a SKU that the seller ships are offered, and return Amazon's submission id.

        The number replaces Amazon's own a little later. `merge` leaves the lead time as it is (Listings Items API,
        JSON patch operations). Raises MarketplaceRejected also for an answer that names issues.
        """
        patch = {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}],
        }
        response = await self._transport.call(
            seller,
            "PATCH",
            f"{_ITEMS}/{quote(seller_id, safe='')}/{quote(sku, safe='')}",
            query={"marketplaceIds": ",".join(marketplace_ids)},
            body=msgspec.json.encode({"productType": "PRODUCT", "patches": [patch]}),
        )
        answer = answers.read(response, _Answer)
        if answer.status not in _ACCEPTED:
            first = next((issue for issue in answer.issues or () if issue.severity == "ERROR"), _Issue())
            raise MarketplaceRejected(
                f"Amazon refused the listing: {(first.message or answer.status)[:300]}",
                amazon_code=first.code,
                request_id=answers.request_id(response),
            )
        return answer.submission_id
