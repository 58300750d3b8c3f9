"""What a scenario asks the service, and how an order of the answer looks to it."""

from typing import Any, Final

_ERRORS: Final = "errors { code message }"

ORDER: Final = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id status displayStatus importDecision { outcome code } buyerCancellation { reason }
  blockers { id kind resolutions { id } } items { id sellerSku quantityShipped }
  shippingAddress { line1 countryCode } total { amount } buyer { name email }
  commands { kind state } events(first: 100) { nodes { kind } }
  commerceOrder { state total { amount } totalRefunded { amount }
    shipments { number } invoices { number } creditMemos { number } } } }"""
COUNTS: Final = """{ orders: amazonOrders(first: 1) { count { value } }
  imported: amazonOrders(first: 1, where: {importOutcome: {eq: IMPORTED}}) { count { value } }
  blocked: amazonOrders(first: 1, where: {importOutcome: {eq: BLOCKED}}) { count { value } } }"""
SHELF: Final = "query($sku: String!) { products(first: 10, search: $sku) { nodes { sku stock reserved salable } } }"
SHELVES: Final = "{ products(first: 100) { nodes { sku stock reserved salable } } }"
ATTENTION: Final = "{ attention(first: 100) { nodes { id kind order { amazonOrderId } resolutions { id } } } }"
CONNECT: Final = f"""mutation($input: ConnectStoreInput!) {{
  connectStore(input: $input) {{ store {{ id }} {_ERRORS} }} }}"""
SHIP: Final = f"mutation($input: ShipOrderInput!) {{ shipOrder(input: $input) {{ {_ERRORS} }} }}"
CANCEL: Final = f"mutation($input: CancelOrderInput!) {{ cancelOrder(input: $input) {{ {_ERRORS} }} }}"
RESOLVE: Final = f"mutation($input: ApplyResolutionInput!) {{ applyResolution(input: $input) {{ {_ERRORS} }} }}"
STOCK: Final = f"mutation($input: ProductInput!) {{ saveProduct(input: $input) {{ {_ERRORS} }} }}"
RETRY: Final = f"mutation($ids: [ID!]!) {{ retryImport(orderIds: $ids) {{ results {{ {_ERRORS} }} }} }}"
SYNC: Final = f"mutation($input: SyncNowInput!) {{ syncNow(input: $input) {{ {_ERRORS} }} }}"
SETTINGS: Final = f"""mutation($input: UpdateOrderSettingsInput!) {{
  updateOrderSettings(input: $input) {{ {_ERRORS} }} }}"""


def order_entry(found: dict[str, Any]) -> dict[str, Any]:
    """Return an order as a scenario's expectations name its parts; of the buyer only whether there is one."""
    commerce = found["commerceOrder"]
    address, buyer = found["shippingAddress"] or {}, found["buyer"] or {}
    return {
        "status": found["status"],
        "displayStatus": found["displayStatus"],
        "outcome": (found["importDecision"] or {}).get("outcome"),
        "code": (found["importDecision"] or {}).get("code"),
        "blockers": [blocker["kind"] for blocker in found["blockers"]],
        "commands": [f"{command['kind']} {command['state']}" for command in found["commands"]],
        "events": [event["kind"] for event in found["events"]["nodes"]],
        "shipped": [item["quantityShipped"] for item in found["items"]],
        "total": (found["total"] or {}).get("amount"),
        "hasStreet": bool(address.get("line1")),
        "hasBuyer": bool(buyer.get("name") or buyer.get("email")),
        "isAskedToCancel": found["buyerCancellation"] is not None,
        "commerceState": commerce and commerce["state"],
        "commerceTotal": commerce and commerce["total"]["amount"],
        "refunded": commerce and commerce["totalRefunded"]["amount"],
        "shipments": len(commerce["shipments"]) if commerce else 0,
        "invoices": len(commerce["invoices"]) if commerce else 0,
        "creditMemos": len(commerce["creditMemos"]) if commerce else 0,
    }
