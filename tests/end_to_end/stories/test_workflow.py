"""Working on an order in the back office: what its state allows, holds, statuses, invoices and comments."""

from typing import Any

from domain.commerce.records import CommerceOrder, CommerceOrderLine, Document, DocumentLine, Invoice
from tests.end_to_end.stories.asking import FAILURE, LAMP, MUG, SENT_BY_AMAZON, define, look, notes, states, worth
from tests.end_to_end.town import Town

HOLD = f"""mutation($id: ID!, $reason: HoldReason!, $note: String, $until: DateTime, $version: Int) {{
  holdOrder(orderId: $id, reason: $reason, note: $note, until: $until, expectedVersion: $version) {{
    order {{ commerceOrder {{ state }} }} {FAILURE} }} }}"""
UNHOLD = f"""mutation($id: ID!, $version: Int) {{ unholdOrder(orderId: $id, expectedVersion: $version) {{
  order {{ commerceOrder {{ state }} }} {FAILURE} }} }}"""
INVOICE = f"""mutation($input: InvoiceOrderInput!) {{ invoiceOrder(input: $input) {{
  invoice {{ number total {{ amount }} shipping {{ amount }} tax {{ amount }} lines {{ quantity }} }}
  order {{ commerceOrder {{ state totalPaid {{ amount }} totalDue {{ amount }} }} }} {FAILURE} }} }}"""
COMMENT = f"""mutation($input: AddOrderCommentInput!) {{ addOrderComment(input: $input) {{
  comment {{ id text isVisible isNotified status {{ code label }} paper {{ __typename }} }}
  event {{ message comment {{ id }} }} {FAILURE} }} }}"""
WORK = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) { id
  holds(includeEnded: true) { reason note placedBy { kind } ending endedBy { kind } until }
  actions { kind allowed reasons { message } }
  commerceOrder { actions { kind allowed reasons { message } }
    lines { quantityToInvoice quantityToShip quantityToRefund quantityToCancel }
    comments { text actor { kind } } invoices { id comments { text } } } } }"""
STATUSES = "query($state: CommerceOrderState) { orderStatuses(state: $state) { code label state isDefault isCustom } }"
UNASSIGN = f"mutation($code: String!) {{ unassignOrderStatus(code: $code) {{ status {{ state }} {FAILURE} }} }}"


async def bought(shop: Town, *skus: str, quantity: int = 1) -> dict[str, Any]:
    """Let an order come and be imported."""
    for sku in skus:
        await shop.stock(sku)
    number = shop.place(*skus, quantity=quantity)
    await shop.pass_time()
    return await look(shop, number)


async def work(shop: Town, order: dict[str, Any]) -> dict[str, Any]:
    """Return what the workflow shows of an order, after checking that both sides tell the same."""
    found: dict[str, Any] = (await shop.ask(WORK, number=order["amazonOrderId"]))["amazonOrder"]
    if found["commerceOrder"]:
        assert found["commerceOrder"]["actions"] == found["actions"]
    return found


async def reasons(shop: Town, order: dict[str, Any]) -> dict[str, str]:
    """Return why the actions of an order are not allowed now, by kind."""
    shown = (await work(shop, order))["actions"]
    return {action["kind"]: action["reasons"][0]["message"] for action in shown if not action["allowed"]}


async def hold(shop: Town, order: dict[str, Any], **more: Any) -> list[str]:
    """Put an order on hold, and return what is said against it."""
    given = {"id": order["id"], "reason": "ADDRESS"} | more
    return [error["message"] for error in (await shop.ask(HOLD, **given))["holdOrder"]["errors"]]


async def unhold(shop: Town, order: dict[str, Any], **more: Any) -> list[str]:
    """Lift the hold of an order, and return what is said against it."""
    return [error["message"] for error in (await shop.ask(UNHOLD, id=order["id"], **more))["unholdOrder"]["errors"]]


async def comment(shop: Town, order: dict[str, Any], key: str, **more: Any) -> dict[str, Any]:
    """Write a comment, and return the payload."""
    given = {"orderId": order["id"], "idempotencyKey": key} | more
    payload: dict[str, Any] = (await shop.ask(COMMENT, input=given))["addOrderComment"]
    return payload


async def bill(shop: Town, order: dict[str, Any], key: str, *lines: tuple[str, int]) -> dict[str, Any]:
    """Invoice lines of an order, or all that is left, and return the payload."""
    given: dict[str, Any] = {"orderId": order["id"], "idempotencyKey": key}
    if lines:
        given["lines"] = [{"itemId": item_id, "quantity": quantity} for item_id, quantity in lines]
    payload: dict[str, Any] = (await shop.ask(INVOICE, input=given))["invoiceOrder"]
    return payload


async def test_commerce_order_actions_hold_and_unhold(shop: Town):
    order = await bought(shop, MUG, quantity=2)
    number = order["amazonOrderId"]
    assert await unhold(shop, order) == ["You cannot remove the hold."]
    assert await hold(shop, order, note="wrong street?") == []
    assert await hold(shop, order) == ["A hold action is not available."]
    assert (await look(shop, number))["commerceOrder"]["state"] == "ON_HOLD"

    refused = await reasons(shop, order)
    assert set(refused) >= {"SHIP", "CANCEL", "HOLD", "INVOICE", "REFUND", "CORRECT_ADDRESS", "RETRY_IMPORT"}
    assert [error["message"] for error in (await shop.ship(number))["errors"]] == [refused["SHIP"]]
    assert [error["message"] for error in (await shop.cancel(number))["errors"]] == [refused["CANCEL"]]
    await shop.pass_time()
    assert await shop.feeds_at_amazon() == []
    assert await unhold(shop, order, version=order["version"]) != []  # somebody has seen it before the hold

    assert await unhold(shop, order) == []
    released = await look(shop, number)
    assert (released["commerceOrder"]["state"], released["commerceOrder"]["status"]) == (
        "PROCESSING",
        {"code": "processing"},
    )
    assert notes(released)[-2:] == ["Put on hold: address.", "The hold was lifted."]
    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time()
    assert states(await look(shop, number)) == [("CONFIRM_SHIPMENT", "ACCEPTED")]


async def test_commerce_order_actions_a_hold_with_an_end(shop: Town):
    order = await bought(shop, MUG)
    until = (await shop.ask("{ stores { nextSyncAt } }"))["stores"][0]["nextSyncAt"]
    assert await hold(shop, order, until="2001-01-01T00:00:00Z") != []
    assert await hold(shop, order, reason="STOCK", until=until) == []
    (held,) = (await work(shop, order))["holds"]
    assert (held["reason"], held["until"], held["ending"]) == ("STOCK", until, None)
    await shop.pass_time(minutes=7)
    (held,) = (await work(shop, order))["holds"]
    assert (held["ending"], held["endedBy"]) == ("EXPIRED", {"kind": "SYSTEM"})
    assert (await look(shop, order["amazonOrderId"]))["commerceOrder"]["state"] == "PROCESSING"


async def test_commerce_order_actions_amazon_overtakes_a_hold(shop: Town):
    ships, cancels = await bought(shop, MUG), await bought(shop, LAMP)
    for order in (ships, cancels):
        assert await hold(shop, order, reason="FRAUD", note="look at it") == []
    await shop.happens(ships["amazonOrderId"], "ship")
    await shop.happens(cancels["amazonOrderId"], "cancel", by="BUYER")
    await shop.pass_time()
    for order, ending in ((ships, "COMPLETED"), (cancels, "CANCELED")):
        now = await look(shop, order["amazonOrderId"])
        assert (now["displayStatus"], now["commerceOrder"]["state"]) == (ending, "COMPLETE")
        (held,) = (await work(shop, order))["holds"]
        assert (held["reason"], held["note"], held["ending"]) == ("FRAUD", "look at it", "OVERTAKEN")
    assert await shop.shelf(LAMP) == {"stock": 10, "reserved": 0, "salable": 10}


async def test_state_machine_and_permissions(shop: Town):
    order = await bought(shop, MUG, quantity=2)
    number = order["amazonOrderId"]
    refused = await reasons(shop, order)
    assert {"UNHOLD", "INVOICE", "RETRY_IMPORT"} <= set(refused)
    assert not {"SHIP", "CANCEL", "HOLD", "COMMENT", "CORRECT_ADDRESS"} & set(refused)
    (line,) = (await work(shop, order))["commerceOrder"]["lines"]
    assert line == {"quantityToInvoice": 0, "quantityToShip": 2, "quantityToRefund": 2, "quantityToCancel": 0}

    assert (await shop.ship(number))["errors"] == []
    await shop.pass_time()
    await shop.pass_time()
    assert (await look(shop, number))["commerceOrder"]["state"] == "COMPLETE"
    refused = await reasons(shop, order)
    assert {"SHIP", "CANCEL", "HOLD", "UNHOLD", "INVOICE", "CORRECT_ADDRESS"} <= set(refused)
    assert not {"COMMENT", "REFUND"} & set(refused)
    assert await hold(shop, order) == [refused["HOLD"]] == ["A hold action is not available."]

    waiting = shop.place(SENT_BY_AMAZON, fulfilled_by="AMAZON")
    await shop.pass_time()
    other = await look(shop, waiting)
    assert other["commerceOrder"] is None
    assert "not imported" in (await reasons(shop, other))["COMMENT"]
    assert (await comment(shop, other, "k", text="x"))["errors"][0]["code"] == "ACTION_NOT_ALLOWED"


async def test_custom_order_status(shop: Town):
    order = await bought(shop, MUG)
    for wrong in ("1st", "pick up", "", "x" * 65, "Complete"):
        assert await define(shop, wrong, state="PROCESSING") != [], wrong
    assert await define(shop, "Picking_1", label="Being picked", state="PROCESSING") == []
    assert await define(shop, "Filed", state="COMPLETE") == []
    listed = (await shop.ask(STATUSES, state="PROCESSING"))["orderStatuses"]
    assert [(one["code"], one["isDefault"], one["isCustom"]) for one in listed] == [
        ("processing", True, False),
        ("fraud", False, False),
        ("Picking_1", False, True),
    ]

    assert (await comment(shop, order, "k1", status="Filed"))["errors"][0]["path"] == ["input", "status"]
    assert (await comment(shop, order, "k2", status="complete"))["errors"][0]["code"] == "INVALID"
    payload = await comment(shop, order, "k3", status="Picking_1")
    assert payload["errors"] == []
    assert payload["event"]["message"] == "Comment on the order; the status is now Being picked."
    now = await look(shop, order["amazonOrderId"])
    assert (now["commerceOrder"]["state"], now["commerceOrder"]["status"]["code"]) == ("PROCESSING", "Picking_1")

    assert await hold(shop, order) == []
    assert (await shop.ask(UNASSIGN, code="Picking_1"))["unassignOrderStatus"]["errors"] != []
    assert await unhold(shop, order) == []
    assert (await look(shop, order["amazonOrderId"]))["commerceOrder"]["status"]["code"] == "Picking_1"
    assert (await shop.ask(UNASSIGN, code="Filed"))["unassignOrderStatus"]["status"]["state"] is None


async def test_create_invoice(shop: Town):
    order = await bought(shop, MUG, LAMP, quantity=3)
    imported = await bill(shop, order, "all")
    assert [error["message"] for error in imported["errors"]] == ["Nothing is left to invoice."]
    commerce = await CommerceOrder.get(channel_number=order["amazonOrderId"])
    (first,) = await Invoice.filter(order_id=commerce.id)
    assert first.total_minor == commerce.total_minor == commerce.paid_minor

    # The import bills everything, so the rest of this story works on an order whose invoice is taken away.
    await DocumentLine.filter(document=Document.INVOICE, document_id=first.id).delete()
    await first.delete()
    await CommerceOrderLine.filter(order_id=commerce.id).update(quantity_invoiced=0)
    await CommerceOrder.filter(id=commerce.id).update(paid_minor=0, state="NEW", status="pending")
    mug, lamp = (item["id"] for item in order["items"])
    too_many = await bill(shop, order, "k0", (mug, 4))
    assert (too_many["errors"][0]["code"], too_many["errors"][0]["path"]) == (
        "QUANTITY_TOO_LARGE",
        ["input", "lines", "0", "quantity"],
    )
    bills = [await bill(shop, order, "k1", (mug, 1)), await bill(shop, order, "k2", (mug, 1), (lamp, 2))]
    assert bills[0]["order"]["commerceOrder"]["state"] == "PROCESSING"
    assert [line["quantity"] for line in bills[1]["invoice"]["lines"]] == [1, 2]
    assert (await bill(shop, order, "k2", (mug, 1), (lamp, 2)))["invoice"] == bills[1]["invoice"]
    bills.append(await bill(shop, order, "k3"))
    total = order["total"]["amount"]
    assert sum(worth(one["invoice"]["total"]) for one in bills) == worth(order["total"])
    assert bills[2]["order"]["commerceOrder"]["totalPaid"]["amount"] == total
    assert worth(bills[2]["order"]["commerceOrder"]["totalDue"]) == 0
    assert [error["message"] for error in (await bill(shop, order, "k4"))["errors"]] == ["Nothing is left to invoice."]
    listed = "{ invoices { nodes { number commerceOrder { number } } } }"
    number = order["commerceOrder"]["number"]
    assert (await shop.ask(listed))["invoices"]["nodes"] == [
        {"number": one["invoice"]["number"], "commerceOrder": {"number": number}} for one in reversed(bills)
    ]


async def test_comments(shop: Town):
    order = await bought(shop, MUG)
    secret = "The second bell is Byron's."
    said = await comment(shop, order, "k1", text=secret, isVisible=True)
    assert (said["comment"]["text"], said["comment"]["isVisible"], said["comment"]["paper"]) == (secret, True, None)
    assert said["event"]["comment"]["id"] == said["comment"]["id"]
    assert (await comment(shop, order, "k1", text=secret, isVisible=True))["comment"] == said["comment"]
    assert (await comment(shop, order, "k1", text="else"))["errors"][0]["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert (await comment(shop, order, "k2", text=" "))["errors"][0]["path"] == ["input", "text"]

    (invoice,) = (await work(shop, order))["commerceOrder"]["invoices"]
    billed = await comment(shop, order, "k3", text="Sent by post.", documentId=invoice["id"])
    assert billed["comment"]["paper"] == {"__typename": "Invoice"}
    wrong = await comment(shop, order, "k4", text="x", documentId=order["id"])
    assert wrong["errors"][0]["path"] == ["input", "documentId"]
    sent = await comment(shop, order, "k5", text="It leaves tomorrow.", notify=True)
    assert (sent["errors"], sent["comment"]["isNotified"]) == ([], True)
    await shop.pass_time(minutes=1)
    (kept,) = shop.mail.kept
    body = kept.message.get_body(("plain",))
    assert body is not None
    assert "It leaves tomorrow." in body.get_content()

    shown = (await work(shop, order))["commerceOrder"]
    assert [one["text"] for one in shown["comments"]] == [secret, "Sent by post.", "It leaves tomorrow."]
    assert [one["text"] for one in shown["invoices"][0]["comments"]] == ["Sent by post."]
    told = notes(await look(shop, order["amazonOrderId"]))
    assert "Comment on the order." in told
    assert not any("Byron" in line or "post" in line or "tomorrow" in line for line in told)
