"""What the demo says: its addresses, and documents that work as they stand."""

import json
from collections.abc import Mapping
from typing import Any, Final

ORDERS: Final = (
    "{ amazonOrders(first: 5) { nodes { amazonOrderId displayStatus total { amount currencyCode } "
    "latestEvent { message } } } }"
)
ATTENTION: Final = (
    "{ systemMessages { severity text } attention(first: 20) { nodes { kind message actBy order { amazonOrderId } "
    "resolutions { id label asserts } } } }"
)
SHIP: Final = """mutation Ship($input: ShipOrderInput!) { shipOrder(input: $input) {
  order { amazonOrderId displayStatus commands { kind state } } errors { code message path } } }"""
CANCEL: Final = """mutation Cancel($input: CancelOrderInput!) { cancelOrder(input: $input) {
  order { amazonOrderId displayStatus } command { kind state } errors { code message path } } }"""
RESOLVE: Final = """mutation Resolve($input: ApplyResolutionInput!) { applyResolution(input: $input) {
  order { amazonOrderId displayStatus } affected { value } errors { code message path } } }"""


def welcome(*, url: str, amazon: str, emails: str, rate: int) -> str:
    """Return the addresses and the first two things to try."""
    return f"""
  Orderlane         {url}
  GraphQL           {url}/graphql
  simulated Amazon  {amazon}/_sim/state   (its time runs {rate} times as fast as ours)
  e-mails           {emails}   (written there, sent to nobody; gone with the demo)

Orders are on their way. Try, in another terminal:

1. What has come in, newest first:
   {curl(url, ORDERS)}

2. What a person should look at, and the ways out: orders blocked for three reasons, a buyer who wants to cancel,
   a shipment that Amazon refuses:
   {curl(url, ATTENTION)}

3. Clear a blocker, ship an order, cancel one: shown here as soon as there are some. Ctrl-C ends the demo.
"""


def how_to_clear(*, url: str, blocker: Mapping[str, Any]) -> str:
    """Return how to clear one blocker by its first way out."""
    first = blocker["resolutions"][0]
    number = blocker["order"]["amazonOrderId"]
    wanted = {"blockerId": blocker["id"], "resolutionId": first["id"], "idempotencyKey": f"demo-clear-{number}"}
    return f"""3. Order {number} is blocked: {blocker["message"]}. Clear it ({first["label"]}):
   {curl(url, " ".join(RESOLVE.split()), {"input": wanted})}
"""


def how_to_ship_and_cancel(*, url: str, ship: Mapping[str, str], cancel: str | None) -> str:
    """Return how to ship one order and, if the buyer of another wants that, how to cancel it."""
    wanted = {
        "orderId": ship["id"],
        "carrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456784",
        "idempotencyKey": f"demo-{ship['amazonOrderId']}",
    }
    number = ship["amazonOrderId"]
    words = f"""4. Order {number} is imported and waits to be shipped. Ship it, and look again after ten seconds:
   {curl(url, " ".join(SHIP.split()), {"input": wanted})}
   orderlane orders show {number} --url {url}
"""
    if cancel is None:
        return words
    return f"""{words}
5. The buyer of order {cancel} asks to cancel it. Do it, and look again after ten seconds:
   orderlane orders cancel {cancel} --reason BUYER_CANCELED --yes --url {url}
   orderlane orders show {cancel} --url {url}
"""


def curl(url: str, document: str, variables: Mapping[str, Any] | None = None) -> str:
    """Return a command line that asks a document."""
    body = json.dumps({"query": document, **({"variables": variables} if variables else {})})
    quoted = body.replace("'", "'\\''")
    return f"curl -s {url}/graphql -H 'content-type: application/json' -d '{quoted}'"
