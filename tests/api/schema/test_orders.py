from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, items_of

ORDER = """
query ($by: AmazonOrderBy!) { amazonOrder(by: $by) {
  id version amazonOrderId status rawStatus displayStatus fulfillmentChannel defaultTarget sellerCentralUrl
  isPrime isBusiness purchasedAt lastUpdatedAt latestShipAt
  store { name } replacedOrder { amazonOrderId }
  total { amount currencyCode }
  buyer { name email } shippingAddress { line1 city postalCode countryCode phone }
  buyerCancellation { requestedAt reason }
  latestEvent { kind message actor { kind name } }
  items { amazonOrderItemId sellerSku title quantityOrdered quantityShipped quantityCanceled quantityRefunded
    lineTotal { amount } product { sku stock reserved salable } match { source } }
  importDecision { outcome code row summary settingsVersion rulesVersion
    steps { rule passed because inputs { name value } } }
  blockers { __typename kind state message nextCheckAt resolvedBy { kind } item { sellerSku } order { amazonOrderId } }
  commerceOrder { number state status { code label state } total { amount } customerEmail amazonOrder { amazonOrderId }
    lines { sku quantityOrdered quantityInvoiced total { amount } item { sellerSku } product { sku } }
    invoices { number total { amount } lines { quantity amount { amount } item { sellerSku } } }
    shipments { number } creditMemos { number } }
  actions { kind allowed reasons { __typename code message path retryable } }
} }
"""


async def test_an_imported_order_shows_what_amazon_said_and_what_was_made_of_it(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5", "name": "Mug"})
    order = await stage.arrive(item("MUG", 2, parts={"ITEM": 3980}), programs=("PRIME",))

    shown = (await client.ask(ORDER, by={"amazonOrderId": order.number}))["amazonOrder"]

    assert (shown["id"], shown["version"]) == (id_of(order), order.version)
    assert (shown["status"], shown["displayStatus"], shown["fulfillmentChannel"]) == (
        "UNSHIPPED",
        "UNSHIPPED",
        "MERCHANT",
    )
    assert (shown["purchasedAt"], shown["latestShipAt"]) == ("2026-03-02T09:00:00.000Z", "2026-03-04T09:00:00.000Z")
    assert (shown["isPrime"], shown["isBusiness"], shown["store"]) == (True, False, {"name": "Shop"})
    assert shown["sellerCentralUrl"] == f"https://sellercentral-europe.amazon.com/orders-v3/order/{order.number}"
    assert shown["defaultTarget"] == "COMMERCE_ORDER"
    assert shown["total"] == {"amount": "39.80", "currencyCode": "EUR"}
    assert shown["buyer"] == {"name": "Ada Byron", "email": "Ada@Example.org"}
    assert shown["shippingAddress"]["city"] == "Berlin"
    assert shown["buyerCancellation"] is None
    assert shown["latestEvent"]["actor"] == {"kind": "SYSTEM", "name": None}
    (bought,) = shown["items"]
    assert (bought["sellerSku"], bought["quantityOrdered"], bought["lineTotal"]) == ("MUG", 2, {"amount": "39.80"})
    assert bought["product"] == {"sku": "MUG", "stock": 5, "reserved": 2, "salable": 3}
    assert bought["match"] is None
    assert shown["importDecision"]["outcome"] == "IMPORTED"
    assert shown["importDecision"]["settingsVersion"] == shown["importDecision"]["rulesVersion"] == 1
    assert (shown["importDecision"]["code"], shown["importDecision"]["row"]) == ("IMPORTED", 12)
    assert all(step["because"] for step in shown["importDecision"]["steps"])
    assert shown["blockers"] == []
    made = shown["commerceOrder"]
    assert (made["state"], made["status"]["code"], made["total"]) == ("PROCESSING", "processing", {"amount": "39.80"})
    assert made["amazonOrder"] == {"amazonOrderId": order.number}
    assert made["lines"][0]["quantityInvoiced"] == 2
    assert made["invoices"][0]["lines"] == [
        {"quantity": 2, "amount": {"amount": "39.80"}, "item": {"sellerSku": "MUG"}}
    ]
    allowed = {action["kind"] for action in shown["actions"] if action["allowed"]}
    assert allowed == {"SHIP", "CANCEL", "PARTIAL_CANCEL", "REFUND", "CORRECT_ADDRESS", "HOLD", "COMMENT"}
    assert {action["kind"] for action in shown["actions"]} - allowed == {
        "RETRY_IMPORT", "INVOICE", "UNHOLD", "SEND_EMAIL", "TRACK",
    }  # fmt: skip


async def test_a_blocked_order_shows_its_blocker_with_the_facts_of_its_kind(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "1"}, {"sku": "CUP", "quantity": "9", "enabled": "false"})
    order = await stage.arrive(item("MUG", 3), item("CUP", 1), item("NEW", 1, asin="B0NEW"), address=None)
    query = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { displayStatus defaultTarget blockers {
      __typename kind state message detectedAt nextCheckAt resolvedAt resolvedBy { kind } item { sellerSku }
      order { amazonOrderId }
      ... on OutOfStockBlocker { product { sku } required available shortBy }
      ... on ProductDisabledBlocker { product { sku } }
      ... on ProductNotMatchedBlocker { sellerSku asin }
      ... on DataBlocker { field value } } } }"""

    shown = (await client.ask(query, by={"id": id_of(order)}))["amazonOrder"]

    assert (shown["displayStatus"], shown["defaultTarget"]) == ("ERROR", "AMAZON_ORDER_DETAILS")
    by_kind = {blocker["kind"]: blocker for blocker in shown["blockers"]}
    assert set(by_kind) == {"OUT_OF_STOCK", "PRODUCT_DISABLED", "PRODUCT_NOT_MATCHED", "INVALID_ADDRESS"}
    short = by_kind["OUT_OF_STOCK"]
    assert (short["__typename"], short["product"]) == ("OutOfStockBlocker", {"sku": "MUG"})
    assert (short["required"], short["available"], short["shortBy"]) == (3, 1, 2)
    assert (short["state"], short["resolvedAt"], short["resolvedBy"]) == ("OPEN", None, None)
    assert short["order"] == {"amazonOrderId": order.number}
    assert short["nextCheckAt"] == "2026-03-02T09:05:00.000Z"
    assert by_kind["PRODUCT_NOT_MATCHED"]["asin"] == "B0NEW"
    assert by_kind["PRODUCT_NOT_MATCHED"]["sellerSku"] == "NEW"
    assert by_kind["PRODUCT_DISABLED"]["product"] == {"sku": "CUP"}
    assert (by_kind["INVALID_ADDRESS"]["field"], by_kind["INVALID_ADDRESS"]["item"]) == ("address.address", None)


async def test_resolved_blockers_are_shown_only_when_asked_for(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    await stage.products({"sku": "MUG", "quantity": "5"})
    await stage.evaluate(only=[order.id])
    query = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { blockers { kind }
      all: blockers(includeResolved: true) { kind state resolvedBy { kind } } } }"""

    shown = (await client.ask(query, by={"id": id_of(order)}))["amazonOrder"]

    assert shown["blockers"] == []
    assert shown["all"] == [{"kind": "PRODUCT_NOT_MATCHED", "state": "RESOLVED", "resolvedBy": {"kind": "SYSTEM"}}]


async def test_an_order_is_found_by_each_of_its_names(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive()
    query = """query ($a: AmazonOrderBy!, $c: CommerceOrderBy!) {
      amazonOrder(by: $a) { amazonOrderId } commerceOrder(by: $c) { id number } }"""
    both = await client.ask(query, a={"id": id_of(order)}, c={"amazonOrderId": order.number})
    made = both["commerceOrder"]

    again = await client.ask(query, a={"commerceNumber": made["number"]}, c={"id": made["id"]})
    third = await client.ask(query, a={"amazonOrderId": order.number}, c={"number": made["number"]})

    assert both == again == third
    assert both["amazonOrder"] == {"amazonOrderId": order.number}


async def test_what_nobody_knows_is_null(client: Client, stage: Stage) -> None:
    order = await stage.arrive()
    other_account = id_of(AmazonOrder(id=order.id, account_id=order.account_id + 1))
    query = """query ($a: AmazonOrderBy!, $c: CommerceOrderBy!, $n: ID!) {
      amazonOrder(by: $a) { id } commerceOrder(by: $c) { id } node(id: $n) { id } }"""

    nothing = await client.ask(query, a={"amazonOrderId": "902-0"}, c={"number": "9"}, n=other_account)
    elsewhere = await client.ask(query, a={"id": other_account}, c={"amazonOrderId": "9"}, n=other_account)

    assert nothing == elsewhere == {"amazonOrder": None, "commerceOrder": None, "node": None}


async def test_a_number_longer_than_any_is_the_number_of_nothing(client: Client) -> None:
    query = "query ($a: AmazonOrderBy!, $c: CommerceOrderBy!) { amazonOrder(by: $a) {id} commerceOrder(by: $c) {id} }"
    endless = "9" * 5000

    by_numbers = await client.ask(query, a={"amazonOrderId": endless}, c={"number": endless})
    by_each_other = await client.ask(query, a={"commerceNumber": endless}, c={"amazonOrderId": endless})

    assert by_numbers == by_each_other == {"amazonOrder": None, "commerceOrder": None}


async def test_an_order_that_replaces_another_leads_to_it(client: Client, stage: Stage) -> None:
    first = await stage.arrive()
    second = await stage.arrive(replaced_order_id=first.number)
    third = await stage.arrive(replaced_order_id="902-9999999-9999999")
    query = "query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { replacedOrder { amazonOrderId } } }"

    known = await client.ask(query, by={"id": id_of(second)})
    unknown = await client.ask(query, by={"id": id_of(third)})

    assert known == {"amazonOrder": {"replacedOrder": {"amazonOrderId": first.number}}}
    assert unknown == {"amazonOrder": {"replacedOrder": None}}


async def test_a_buyers_wish_to_cancel_is_shown_with_its_words(client: Client, stage: Stage) -> None:
    from domain.amazon.facts import BuyerFacts

    order = await stage.arrive(item("MUG", 1, cancel_requested=True), buyer=BuyerFacts(cancel_reason="Ordered twice"))
    query = "query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { buyerCancellation { requestedAt reason } } }"

    shown = await client.ask(query, by={"id": id_of(order)})

    assert shown["amazonOrder"]["buyerCancellation"] == {
        "requestedAt": "2026-03-02T09:00:00.000Z",
        "reason": "Ordered twice",
    }


async def test_an_order_without_buyer_data_shows_none(client: Client, stage: Stage) -> None:
    order = await stage.arrive(status="PENDING", buyer=None, address=None)
    query = "query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { buyer { name } shippingAddress { city } } }"

    shown = await client.ask(query, by={"id": id_of(order)})

    assert shown == {"amazonOrder": {"buyer": None, "shippingAddress": None}}


async def test_every_node_is_found_again_by_its_id(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG", 1))
    blocked = await stage.arrive(item("NEW", 1))
    await stage.ship(order)
    await client.ask(
        "mutation ($i: SyncNowInput!) { syncNow(input: $i) { run { id } } }", i={"storeId": id_of(stage.store)}
    )
    query = """{ stores { id orderSettings { id } syncRuns { nodes { id } } } systemMessages { id }
      amazonOrders { nodes { id items { id product { id } } commands { id } blockers { id } events { nodes { id } }
        commerceOrder { id lines { id } invoices { id } shipments { id packages { id } } } } } }"""
    found = await client.ask(query)
    ids = sorted(_ids(found))

    nodes = (await client.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=ids))["nodes"]

    assert [node["id"] for node in nodes] == ids
    assert {node["__typename"] for node in nodes} >= {
        *("Store", "OrderSettings", "SyncRun", "SystemMessage", "AmazonOrder", "OrderItem", "Product", "Command"),
        *("ProductNotMatchedBlocker", "BlockerEvent", "GenericOrderEvent", "CommerceOrder", "CommerceOrderLine"),
        *("Invoice", "Shipment", "Package"),
    }
    assert id_of(blocked) in ids
    assert len(await items_of(order)) == 1


def _ids(value: object) -> set[str]:
    if isinstance(value, list):
        return {found for inner in value for found in _ids(inner)}
    if not isinstance(value, dict):
        return set()
    return {found for inner in value.values() for found in _ids(inner)} | ({value["id"]} if "id" in value else set())
