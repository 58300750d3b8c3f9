"""Papers of the shop's orders, as a page and as PDF."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from domain.channel.retention import redact_expired
from tests.end_to_end.stories.asking import LAMP, MUG, look
from tests.end_to_end.town import Town

PAPERS = """query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) { id buyer { name } commerceOrder {
  number total { amount currencyCode }
  invoices { number printUrl pdfUrl } shipments { number printUrl pdfUrl } creditMemos { number printUrl } } } }"""
PRINT = """query($orderIds: [ID!]!, $kinds: [PaperKind!]) { printDocuments(orderIds: $orderIds, kinds: $kinds) {
  printUrl pdfUrl papers results { papers errors { code message } } } }"""


async def ready(shop: Town, *skus: str) -> str:
    """Let an order come that is imported, and return its number."""
    for sku in skus:
        await shop.stock(sku)
    number = shop.place(*skus, quantity=2)
    await shop.pass_time()
    return number


async def papers(shop: Town, number: str) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.ask(PAPERS, number=number))["amazonOrder"]
    return found


async def page(shop: Town, link: str) -> str:
    answer = await shop.http.get(link)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


async def sheets(shop: Town, link: str) -> list[str]:
    answer = await shop.http.get(link)
    assert answer.headers["content-type"] == "application/pdf", answer.text
    return [sheet.extract_text() for sheet in PdfReader(BytesIO(answer.content)).pages]


async def test_commerce_order_actions_print(shop: Town, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO")
    first, second = await ready(shop, MUG, LAMP), await ready(shop, MUG)
    assert (await shop.ship(first))["errors"] == []
    order = await papers(shop, first)
    commerce, buyer = order["commerceOrder"], order["buyer"]["name"]
    invoice = await page(shop, commerce["invoices"][0]["printUrl"])
    for words in (buyer, first, commerce["number"], MUG, LAMP, f"{commerce['total']['amount']} USD"):
        assert words in invoice, words
    slip = await page(shop, commerce["shipments"][0]["printUrl"])
    assert "1Z999AA10123456784" in slip
    assert "USD" not in slip
    (sheet,) = await sheets(shop, commerce["shipments"][0]["pdfUrl"])
    assert buyer in sheet

    ids = [order["id"], (await papers(shop, second))["id"]]
    everything = (await shop.ask(PRINT, orderIds=ids))["printDocuments"]
    assert [one["papers"] for one in everything["results"]] == [2, 1]
    assert len(await sheets(shop, everything["pdfUrl"])) == 3
    memos = (await shop.ask(PRINT, orderIds=ids, kinds=["CREDIT_MEMO"]))["printDocuments"]
    assert (memos["papers"], memos["pdfUrl"]) == (0, None)
    assert [one["errors"][0]["code"] for one in memos["results"]] == ["NOT_FOUND", "NOT_FOUND"]
    told = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name[:4] == "api.")
    assert "/documents/print.html" in told
    assert buyer not in told
    assert commerce["invoices"][0]["printUrl"].rpartition("key=")[2] not in told


async def test_commerce_order_actions_print_credit_memos(shop: Town):
    number = await ready(shop, MUG)
    await shop.happens(number, "cancel", by="BUYER", reason="No longer needed")
    await shop.pass_time()
    (memo,) = (await papers(shop, number))["commerceOrder"]["creditMemos"]
    assert "Given back" in await page(shop, memo["printUrl"])


async def test_commerce_order_actions_print_without_a_buyer(shop: Town):
    number = await ready(shop, MUG)
    buyer = (await papers(shop, number))["buyer"]["name"]
    assert (await shop.ship(number))["errors"] == []
    for _ in range(3):
        await shop.pass_time()
    assert (await look(shop, number))["displayStatus"] == "COMPLETED"
    shop.world.clock.advance(90 * 86_400)
    while await redact_expired(now=shop.joined.service.clock.now()):
        pass
    invoice = await page(shop, (await papers(shop, number))["commerceOrder"]["invoices"][0]["printUrl"])
    assert buyer not in invoice
    assert "data was deleted on" in invoice
