"""What the demo says: its addresses, and documents that work as they stand."""

import json
from collections.abc import Mapping
from typing import Any, Final

ORDERS: Final = (
    "{ amazonOrders(first: 5) { nodes { amazonOrderId displayStatus total { amount currencyCode } "
    "latestEvent { message } } } }"
)
BLOCKERS: Final = (
    "{ amazonOrders(first: 5, where: {importOutcome: {eq: BLOCKED}}) { nodes { amazonOrderId blockers "
    "{ kind message } } } }"
)
SHIPPABLE: Final = """{
  amazonOrders(first: 1, where: {displayStatus: {eq: UNSHIPPED}, importOutcome: {eq: IMPORTED}}) {
    nodes { id amazonOrderId }
  }
}"""
SHIP: Final = """mutation Ship($input: ShipOrderInput!) { shipOrder(input: $input) {
  order { amazonOrderId displayStatus commands { kind state } } errors { code message path } } }"""


def welcome(*, url: str, amazon: str, rate: int) -> str:
    """Return the addresses and the first two things to try."""
    return f"""
  Orderlane         {url}
  GraphQL           {url}/graphql
  simulated Amazon  {amazon}/_sim/state   (its time runs {rate} times as fast as ours)

Orders are on their way. Try, in another terminal:

1. What has come in, newest first:
   {curl(url, ORDERS)}

2. What is blocked, and why:
   {curl(url, BLOCKERS)}

3. Ship an order: it is shown here as soon as one is imported. Ctrl-C ends the demo.
"""


def how_to_ship(*, url: str, order: Mapping[str, str]) -> str:
    """Return the third thing to try: shipping one order."""
    wanted = {
        "orderId": order["id"],
        "carrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456784",
        "idempotencyKey": f"demo-{order['amazonOrderId']}",
    }
    number = order["amazonOrderId"]
    look = f'{{ amazonOrder(by: {{amazonOrderId: "{number}"}}) {{ status displayStatus commands {{ kind state }} }} }}'
    return f"""3. Order {number} is imported and waits to be shipped. Ship it, and look again after ten seconds:
   {curl(url, " ".join(SHIP.split()), {"input": wanted})}
   {curl(url, look)}
"""


def curl(url: str, document: str, variables: Mapping[str, Any] | None = None) -> str:
    """Return a command line that asks a document."""
    body = json.dumps({"query": document, **({"variables": variables} if variables else {})})
    return f"curl -s {url}/graphql -H 'content-type: application/json' -d '{body}'"
