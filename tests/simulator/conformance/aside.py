"""What of Amazon's cases a live answer is not compared by, each for a reason; the conformance report prints them."""

from collections.abc import Mapping
from typing import Final

NO_COUNTERPART: Final = "v2026-01-01 has nothing that carries it"
NOT_PROCESSED: Final = "a feed that is cancelled in the queue was never processed"
NOT_ENDED: Final = "a report in progress has not ended"
OF_MERCHANTS: Final = "v0 gives it to orders that merchants fulfil, and Amazon fulfils this one"
CODE: Final = "code"
WHY_CODE: Final = (
    'the case has a word of its own ("400", "BAD_REQUEST", "Invalid Input"), the live answer says InvalidInput'
)

OF_A_V0_ORDER: Final[Mapping[str, str]] = {
    "AutomatedShippingSettings": NO_COUNTERPART,
    "DefaultShipFromLocationAddress": NO_COUNTERPART,
    "FulfillmentInstruction": NO_COUNTERPART,
    "ShipServiceLevel": "v2026-01-01 has the category alone",
}
ASIDE: Final[Mapping[str, Mapping[str, str]]] = {
    "ordersV0 getOrders 200 [0]": OF_A_V0_ORDER,
    "ordersV0 getOrder 200 [0]": OF_A_V0_ORDER,
    "ordersV0 getOrder 200 [1]": {
        "AutomatedShippingSettings": NO_COUNTERPART,
        "DefaultShipFromLocationAddress": NO_COUNTERPART,
        "FulfillmentInstruction": NO_COUNTERPART,
        "EarliestDeliveryDate": OF_MERCHANTS,
        "EarliestShipDate": OF_MERCHANTS,
        "LatestDeliveryDate": OF_MERCHANTS,
        "LatestShipDate": OF_MERCHANTS,
        "PaymentExecutionDetail": "told in Brazil and of cash, this order is German",
        "PurchaseDate": "the case has milliseconds, which v0's other times have not",
    },
    "ordersV0 getOrderItems 200 [0]": {
        "ProductInfo": NO_COUNTERPART,
        "SerialNumberRequired": NO_COUNTERPART,
        "StoreChainStoreId": NO_COUNTERPART,
    },
    "feeds_2021-06-30 getFeeds 200 [0]": {
        "$.feeds.processingEndTime": NOT_PROCESSED,
        "$.feeds.processingStartTime": NOT_PROCESSED,
    },
    "feeds_2021-06-30 getFeed 200 [0]": {
        "$.processingEndTime": NOT_PROCESSED,
        "$.processingStartTime": NOT_PROCESSED,
    },
    "reports_2021-06-30 getReports 200 [0]": {"$.reports.processingEndTime": NOT_ENDED},
    "reports_2021-06-30 getReport 200 [0]": {"$.processingEndTime": NOT_ENDED},
    "listingsItems_2021-08-01 getListingsItem 200 [0]": {
        "$.issues": "a listing of the simulator's catalog has none",
        "$.summaries.mainImage": "the simulator's catalog has no pictures",
    },
    "listingsItems_2021-08-01 patchListingsItem 200 [2]": {
        "$.issues.enforcements": "a patch that is refused has no effect, so nothing is enforced",
    },
}
# Refused cases whose code is a word that Amazon's answers do not have elsewhere.
OTHER_CODES: Final = (
    "feeds_2021-06-30 ",
    "reports_2021-06-30 ",
    "listingsItems_2021-08-01 ",
    "ordersV0 confirmShipment ",
)


def set_aside(case: str) -> Mapping[str, str]:
    """Return by what a case's live answer is not compared, with the reasons."""
    is_refused = " 400 [" in case
    return {CODE: WHY_CODE} if is_refused and case.startswith(OTHER_CODES) else ASIDE.get(case, {})
