"""Finding orders, keeping views of them, and taking them away as a file."""

import csv
import io
from typing import Any

import pytest

from tests.end_to_end.stories.asking import LAMP, MUG, TOWEL, look
from tests.end_to_end.town import Town

LIST = """query($first: Int, $after: String, $where: AmazonOrderWhere, $orderBy: AmazonOrderOrder, $view: ID) {
  amazonOrders(first: $first, after: $after, where: $where, orderBy: $orderBy, view: $view) {
    nodes { amazonOrderId purchasedAt displayStatus buyer { name } total { amount currencyCode } latestEvent { message }
      fulfillmentChannel isStockReserved quantityShipped quantityUnshipped latestShipAt isPrime
      store { name } commerceOrder { number } }
    pageInfo { hasNextPage endCursor } count { value } } }"""
COMMERCE = """query($where: CommerceOrderWhere, $orderBy: CommerceOrderOrder) {
  commerceOrders(where: $where, orderBy: $orderBy) { nodes { id number state amazonOrder { id amazonOrderId } }
    count { value } } }"""
SAVE = """mutation($input: CreateViewInput!) { createView(input: $input) {
  view { id name where orderBy columns } errors { code message path } } }"""
DROP = "mutation($id: ID!) { deleteView(viewId: $id) { errors { code message } } }"
VIEWS = "query($list: ListKind) { savedViews(list: $list) { id name isDefault } }"
EXPORT = """mutation($input: ExportOrdersInput!) { exportOrders(input: $input) {
  path expiresAt errors { code message path } } }"""
BULK = """mutation($hold: BulkHoldInput!, $unhold: BulkUnholdInput!, $ship: BulkShipInput!) {
  held: bulkHoldOrders(input: $hold) { ...Said } unheld: bulkUnholdOrders(input: $unhold) { ...Said }
  shipped: bulkShipOrders(input: $ship) { ...Said } }
fragment Said on BulkOrdersPayload { succeeded failed
  results { index order { displayStatus commerceOrder { state } } errors { code message path } } }"""


async def found(shop: Town, **asked: Any) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = (await shop.ask(LIST, **asked))["amazonOrders"]["nodes"]
    return nodes


async def numbers(shop: Town, **asked: Any) -> list[str]:
    return [node["amazonOrderId"] for node in await found(shop, **asked)]


async def three_orders(shop: Town) -> list[str]:
    """Let three orders come, a minute apart: a mug, two lamps that nobody has, and a towel."""
    await shop.stock(MUG)
    await shop.stock(TOWEL)
    placed = []
    for sku, quantity in ((MUG, 1), (LAMP, 2), (TOWEL, 1)):
        placed.append(shop.place(sku, quantity=quantity))
        shop.world.clock.advance(60)
    await shop.pass_time()
    return placed


async def file_of(shop: Town, **wanted: Any) -> list[list[str]]:
    payload = (await shop.ask(EXPORT, input=wanted))["exportOrders"]
    assert payload["errors"] == []
    response = await shop.http.get(payload["path"])
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.text, newline="")))


async def test_all_orders(shop: Town):
    placed = await three_orders(shop)
    first = (await shop.ask(LIST, first=2))["amazonOrders"]
    assert [node["amazonOrderId"] for node in first["nodes"]] == placed[:0:-1]
    assert (first["count"]["value"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = (await shop.ask(LIST, first=2, after=first["pageInfo"]["endCursor"]))["amazonOrders"]
    assert [node["amazonOrderId"] for node in rest["nodes"]] == placed[:1]
    assert not rest["pageInfo"]["hasNextPage"]
    order = rest["nodes"][0]
    assert (order["displayStatus"], order["total"]["currencyCode"]) == ("UNSHIPPED", "USD")
    assert order["purchasedAt"]
    assert order["buyer"]["name"] == (await look(shop, placed[0]))["buyer"]["name"]
    assert order["latestEvent"]["message"] == "Invoice created for Amazon marketplace order."


async def test_order_filters(shop: Town):
    mug, lamp, towel = placed = await three_orders(shop)
    of_mug = await look(shop, mug)
    at = {node["amazonOrderId"]: node["purchasedAt"] for node in await found(shop)}
    total = {"currencyCode": "USD", "gte": of_mug["total"]["amount"], "lt": f"{of_mug['total']['amount']}01"}
    assert await numbers(shop, where={"purchasedAt": {"gte": at[lamp], "lt": at[towel]}}) == [lamp]
    assert await numbers(shop, where={"purchasedAt": {"gte": at[lamp]}}) == [towel, lamp]
    assert await numbers(shop, where={"purchasedAt": {}}) == placed[::-1]
    assert await numbers(shop, where={"amazonOrderId": {"eq": mug}}) == [mug]
    assert mug in await numbers(shop, where={"total": total})
    assert await numbers(shop, where={"displayStatus": {"oneOf": ["ERROR", "CANCELED"]}}) == [lamp]
    assert await numbers(shop, where={"search": LAMP[:4].lower()}) == [lamp]

    name = of_mug["buyer"]["name"]
    alike = [number for number in placed[::-1] if (await look(shop, number))["buyer"]["name"] == name]
    assert await numbers(shop, where={"buyerName": {"eq": name.upper()}}) == alike
    longest = max(name.split(), key=len)
    assert mug in await numbers(shop, where={"buyerName": {"startsWith": longest[:3]}})
    assert await numbers(shop, where={"buyerName": {"startsWith": "Qqqq"}}) == []


async def test_sort_over_the_whole_set_decimals_in_total(shop: Town):
    placed = await three_orders(shop)
    worth = {number: float((await look(shop, number))["total"]["amount"]) for number in placed}
    by_total = {"field": "TOTAL", "direction": "ASC"}
    pages: list[str] = []
    after = None
    for _ in placed:
        where = {"total": {"currencyCode": "USD"}}
        page = (await shop.ask(LIST, first=1, after=after, where=where, orderBy=by_total))["amazonOrders"]
        pages += [node["amazonOrderId"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert [worth[number] for number in pages] == sorted(worth.values())
    dearest = max(worth.values())
    for bound, is_in in ((f"{dearest:.2f}", True), (f"{dearest:.2f}01", False), (f"{dearest - 0.01:.2f}", True)):
        dear = await numbers(shop, where={"total": {"currencyCode": "USD", "gte": bound}})
        assert (pages[-1] in dear) is is_in


async def test_old_grid_columns(shop: Town):
    mug, lamp, _ = await three_orders(shop)
    columns = {node["amazonOrderId"]: node for node in await found(shop)}
    number = (await look(shop, mug))["commerceOrder"]["number"]
    assert columns[mug]["commerceOrder"] == {"number": number}
    assert (columns[mug]["store"], columns[mug]["fulfillmentChannel"]) == ({"name": "Shop"}, "MERCHANT")
    assert (columns[mug]["isStockReserved"], columns[mug]["quantityUnshipped"]) == (True, 1)
    assert (columns[lamp]["isStockReserved"], columns[lamp]["quantityUnshipped"]) == (False, 2)
    assert columns[mug]["latestShipAt"]
    await shop.ship(mug)
    await shop.pass_time()
    await shop.pass_time()
    (shipped,) = await found(shop, where={"amazonOrderId": {"eq": mug}})
    assert (shipped["isStockReserved"], shipped["quantityShipped"], shipped["quantityUnshipped"]) == (False, 1, 0)


async def test_saved_views_columns_csv_excel_export(shop: Town, caplog: pytest.LogCaptureFixture):
    mug, lamp, towel = await three_orders(shop)
    errors = {"where": {"displayStatus": {"eq": "ERROR"}}, "columns": ["AMAZON_ORDER_ID", "TOTAL", "CURRENCY"]}
    saved = (await shop.ask(SAVE, input={"name": "Errors", "content": {"amazonOrders": errors}}))["createView"]
    assert saved["errors"] == []
    view = saved["view"]
    assert await numbers(shop, view=view["id"]) == await numbers(shop, where=view["where"]) == [lamp]
    worth = (await look(shop, lamp))["total"]
    assert await file_of(shop, list={"amazonOrders": {"view": view["id"]}}) == [
        ["amazon_order_id", "total", "currency"],
        [lamp, worth["amount"], worth["currencyCode"]],
    ]
    heads, *rows = await file_of(shop, list={"amazonOrders": {}})
    assert heads[:3] == ["purchased_at", "amazon_order_id", "display_status"]
    assert [row[1] for row in rows] == [towel, lamp, mug]
    heads, *rows = await file_of(shop, list={"commerceOrders": {}}, byteOrderMark=True)
    assert (heads[0], len(rows)) == ("\ufeffnumber", 2)

    payload = (await shop.ask(EXPORT, input={"list": {"amazonOrders": {"where": {"search": "secret"}}}}))[
        "exportOrders"
    ]
    assert "secret" not in payload["path"]
    assert (await shop.http.head(payload["path"])).status_code == 405  # and the ticket is still good
    with caplog.at_level("INFO"):
        answers = [(await shop.http.get(payload["path"])).status_code for _ in range(2)]
    assert "answered" in caplog.messages
    ours = [record for record in caplog.records if not record.name.startswith("httpx")]  # the test's own client
    assert not any(payload["path"].partition("=")[2] in str(vars(record)) for record in ours)
    late = (await shop.ask(EXPORT, input={"list": {"amazonOrders": {}}}))["exportOrders"]
    shop.world.clock.advance(301)
    answers += [(await shop.http.get(path)).status_code for path in (late["path"], "/exports/orders.csv")]
    assert answers == [200, 404, 404, 404]
    await shop.pass_time(61)

    default, mine = (await shop.ask(VIEWS, list="AMAZON_ORDERS"))["savedViews"]
    assert (default["isDefault"], mine["name"]) == (True, "Errors")
    assert (await shop.ask(DROP, id=default["id"]))["deleteView"]["errors"][0]["code"] == "ACTION_NOT_ALLOWED"
    assert (await shop.ask(DROP, id=mine["id"]))["deleteView"]["errors"] == []
    gone = (await shop.ask(EXPORT, input={"list": {"amazonOrders": {"view": mine["id"]}}}))["exportOrders"]
    assert [error["path"] for error in gone["errors"]] == [["input", "list", "amazonOrders", "view"]]


async def test_commerce_order_search(shop: Town):
    mug, _, towel = await three_orders(shop)
    of_mug = await look(shop, mug)
    made = {number: (await look(shop, number))["commerceOrder"] for number in (mug, towel)}

    async def search(**where: Any) -> list[str]:
        nodes = (await shop.ask(COMMERCE, where=where))["commerceOrders"]["nodes"]
        return [node["amazonOrder"]["amazonOrderId"] for node in nodes]

    assert await search() == [towel, mug]
    for text in (mug, made[mug]["number"], MUG.lower()):
        assert await search(search=text) == [mug]
    email = of_mug["buyer"]["email"]
    assert await search(search=email.upper()) == await search(customerEmail=email)
    assert mug in await search(search=email)
    assert mug in await search(billToName={"eq": of_mug["buyer"]["name"]})
    assert mug in await search(shipToName={"eq": of_mug["shippingAddress"]["name"]})
    assert await search(number={"eq": made[towel]["number"]}) == [towel]
    assert await search(state={"eq": "PROCESSING"}, total={"currencyCode": "EUR"}) == []
    assert await search(isGuest=True, onHold=False, totalRefunded={"currencyCode": "USD", "gte": "0.01"}) == []
    by_number = {"field": "NUMBER", "direction": "ASC"}
    nodes = (await shop.ask(COMMERCE, orderBy=by_number))["commerceOrders"]["nodes"]
    assert [node["number"] for node in nodes] == sorted(one["number"] for one in made.values())


async def test_commerce_order_actions_on_many_orders(shop: Town):
    mug, lamp, towel = await three_orders(shop)
    ids = {number: (await look(shop, number))["id"] for number in (mug, lamp, towel)}
    rows = [{"orderId": ids[number]} for number in (mug, lamp)]
    parcels = [
        {"orderId": ids[number], "carrierCode": "UPS", "trackingNumber": "1Z", "idempotencyKey": number}
        for number in (mug, lamp, towel)
    ]
    said = await shop.ask(
        BULK, hold={"orders": rows, "reason": "FRAUD"}, unhold={"orders": rows}, ship={"orders": parcels}
    )
    assert [(said[name]["succeeded"], said[name]["failed"]) for name in ("held", "unheld", "shipped")] == [
        (1, 1),
        (1, 1),
        (2, 1),
    ]
    refused = said["shipped"]["results"][1]
    assert (refused["index"], refused["errors"][0]["code"]) == (1, "ACTION_NOT_ALLOWED")
    assert [result["order"]["commerceOrder"] for result in said["held"]["results"]] == [{"state": "ON_HOLD"}, None]
    await shop.pass_time()
    await shop.pass_time()
    assert [(await shop.at_amazon(number))["fulfillmentStatus"] for number in (mug, towel)] == ["SHIPPED"] * 2
