"""What a person asks the API in the stories, and how an order answers."""

from decimal import Decimal
from typing import Any

from domain.buyers import Owner, read
from domain.commerce.records import CommerceOrder
from tests.end_to_end.town import Town

MUG, LAMP, TOWEL = "MUG-STONEWARE-350", "LAMP-DESK-LED", "TOWEL-BATH-2"
SENT_BY_AMAZON = "SPEAKER-MINI"
CREATED, UNKNOWN_SKU = "Invoice created for Amazon marketplace order.", "GLOFISH-ORNAMENT-DIVER"

MONEY = "{ amount currencyCode }"
FAILURE = "errors { __typename code message path }"
LOOK = f"""query($number: String!) {{ amazonOrder(by: {{amazonOrderId: $number}}) {{
  id amazonOrderId version status displayStatus rawStatus fulfillmentChannel defaultTarget sellerCentralUrl
  total {MONEY}
  isPrime buyer {{ name email }} buyerCancellation {{ reason requestedAt }}
  importDecision {{ outcome code row summary settingsVersion steps {{ rule passed because }} }}
  latestEvent {{ message }}
  blockers {{ __typename id kind message item {{ sellerSku }}
    ... on OutOfStockBlocker {{ required available shortBy }} ... on DataBlocker {{ field }}
    ... on ProductNotMatchedBlocker {{ sellerSku candidates {{ product {{ sku }} score because }} }}
    resolutions {{ id label asserts needsInput mutation }} }}
  actions {{ kind allowed reasons {{ __typename code message path }} }}
  shippingAddress {{ name line1 line2 line3 city region postalCode countryCode phone }}
  addressCorrections {{ field isStale correctedBy {{ kind }} }}
  items {{ id amazonOrderItemId sellerSku quantityOrdered quantityShipped quantityCanceled product {{ sku }}
    match {{ source }} lineTotal {MONEY} }}
  commands {{ id kind state feedId attempts lastError {{ code message amazonCode }} }}
  events(first: 100) {{ nodes {{ kind message actor {{ kind }} }} }}
  commerceOrder {{ id number state status {{ code }} customerEmail total {MONEY} subtotal {MONEY} tax {MONEY}
    discount {MONEY} shipping {MONEY} totalRefunded {MONEY} amazonOrder {{ amazonOrderId }}
    lines {{ sku quantityOrdered quantityInvoiced quantityShipped quantityRefunded total {MONEY} unitPrice {MONEY} }}
    invoices {{ number total {MONEY} lines {{ quantity }} }}
    shipments {{ number lines {{ quantity item {{ id }} }} packages {{ carrierCode carrierName trackingNumber
      command {{ state }} }} }}
    creditMemos {{ number total {MONEY} reason restocked lines {{ quantity }} }} }} }} }}"""
SAVE_SETTINGS = f"""mutation($input: UpdateOrderSettingsInput!, $dryRun: Boolean! = false) {{
  updateOrderSettings(input: $input, dryRun: $dryRun) {{ settings {{ version importEnabled }} {FAILURE} }} }}"""
MESSAGES = """{ systemMessages { severity text stores { name } orders { nodes { amazonOrderId } } } }"""
ATTENTION = """query($kind: [AttentionKind!]) { attention(first: 50, kind: $kind) {
  nodes { id kind message actBy order { amazonOrderId } resolutions { id needsInput } } } }"""
APPLY = f"""mutation($input: ApplyResolutionInput!) {{ applyResolution(input: $input) {{
  affected {{ value precision }} order {{ displayStatus }} blocker {{ state }} {FAILURE} }} }}"""
DEFINE = f"""mutation($input: CreateOrderStatusInput!) {{ createOrderStatus(input: $input) {{
  status {{ code label state }} {FAILURE} }} }}"""
COUNT = "{ amazonOrders(first: 1) { count { value } } }"


async def look(shop: Town, number: str) -> dict[str, Any]:
    """Return all that the API shows of one order."""
    found: dict[str, Any] = (await shop.ask(LOOK, number=number))["amazonOrder"]
    return found


def notes(order: dict[str, Any]) -> list[str]:
    """Return what an order's timeline says, the oldest first."""
    return [event["message"] for event in order["events"]["nodes"]]


def states(order: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the commands of an order with their states."""
    return [(command["kind"], command["state"]) for command in order["commands"]]


async def choose(shop: Town, **patch: Any) -> list[dict[str, Any]]:
    """Change order settings, and return the errors."""
    wanted = {"storeId": shop.store_id, "patch": patch}
    errors: list[dict[str, Any]] = (await shop.ask(SAVE_SETTINGS, input=wanted))["updateOrderSettings"]["errors"]
    return errors


async def define(shop: Town, code: str, **words: Any) -> list[dict[str, Any]]:
    """Define an order status, and return the errors."""
    wanted = {"code": code, "label": code.title()} | words
    errors: list[dict[str, Any]] = (await shop.ask(DEFINE, input=wanted))["createOrderStatus"]["errors"]
    return errors


async def apply(shop: Town, subject: str, resolution: str, **inputs: Any) -> dict[str, Any]:
    """Apply a way out of a blocker or another entry, and return the payload."""
    key = inputs.pop("key", f"{subject} {resolution}")
    wanted = {"blockerId": subject, "resolutionId": resolution, "idempotencyKey": key} | inputs
    payload: dict[str, Any] = (await shop.ask(APPLY, input=wanted))["applyResolution"]
    return payload


async def to_do(shop: Town, *kinds: str) -> list[dict[str, Any]]:
    """Return what a person should look at, of some kinds or of all."""
    entries: list[dict[str, Any]] = (await shop.ask(ATTENTION, kind=list(kinds) or None))["attention"]["nodes"]
    return entries


def worth(money: dict[str, Any]) -> Decimal:
    """Return an amount of the API as a number."""
    return Decimal(money["amount"])


async def kept_address(shop: Town, number: str) -> dict[str, str | None]:
    """Return the delivery address that the commerce order of an Amazon order keeps."""
    commerce = await CommerceOrder.get(channel_number=number)
    kept = await read(owner=Owner.COMMERCE_ORDER, owner_id=commerce.id, sealer=shop.joined.service.sealer)
    return dict((kept or {})["address"])


async def pass_minutes(shop: Town, minutes: int, *, at_once: int = 2) -> None:
    """Let many minutes pass, the worker at work after each few of them."""
    for passed in range(0, minutes, at_once):
        await shop.pass_time(minutes=min(at_once, minutes - passed))
