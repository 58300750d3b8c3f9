from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.schema.printing import MOST_ORDERS
from domain.amazon.facts import AddressFacts, BuyerFacts
from domain.channel.address_patch import AddressPatch
from domain.channel.correct import correct_address
from domain.channel.retention import redact_expired
from tests.api.documents.conftest import Shop
from tests.api.documents.printed import pages_of
from tests.api.schema.test_lists import counting
from tests.domain.channel.stage import CLERK, MARKETPLACE, item, items_of, package

PRINT = """query($orderIds: [ID!]!, $kinds: [PaperKind!]) { printDocuments(orderIds: $orderIds, kinds: $kinds) {
  printUrl pdfUrl papers results { index papers errors { code message path } } } }"""
ID = "query($number: String!) { amazonOrder(by: {amazonOrderId: $number}) { id } }"
PARTS = {"ITEM": 4000, "SHIPPING": 500, "TAX": 855, "DISCOUNT": -300}


async def id_of(shop: Shop, number: str) -> str:
    found: str = (await shop.client.ask(ID, number=number))["amazonOrder"]["id"]
    return found


async def prints(shop: Shop, *ids: str, kinds: list[str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = (await shop.client.ask(PRINT, orderIds=list(ids), kinds=kinds))["printDocuments"]
    return found


async def test_an_invoice_says_who_pays_for_what(shop: Shop):
    order = await shop.stage.arrive(item("MUG", 2, parts=PARTS))
    (invoice,) = (await shop.papers(order.number))["invoices"]
    page = await shop.page(invoice["printUrl"])
    for words in (
        "<h1>Invoice</h1>", invoice["number"], "Shop", "Amazon.de", order.number, "Ada Byron", "Hauptstr. 1",
        "10115 Berlin", "Germany", "A fine MUG", "40.00 EUR", "-3.00 EUR", "5.00 EUR", "8.55 EUR", "50.55 EUR",
    ):  # fmt: skip
        assert words in page, words


async def test_a_page_is_private_and_loads_nothing(shop: Shop):
    order = await shop.stage.arrive()
    (invoice,) = (await shop.papers(order.number))["invoices"]
    response = await shop.get(invoice["printUrl"])
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    policy = response.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert response.headers["x-frame-options"] == "DENY"
    assert "http" not in response.text.replace("http-equiv", "")
    assert "<script" not in response.text


async def test_hostile_names_and_titles_stay_words(shop: Shop):
    evil = "<script>alert('x')</script>"
    title = f"{evil} {{{{ 7*7 }}}}"
    order = await shop.stage.arrive(
        replace(item("MUG"), title=title),
        buyer=BuyerFacts(name=evil, email=None),
        address=AddressFacts(name=f'"{evil}', line1="a\u202eb\x00", city="X", postal_code="1", country_code="DE"),
    )
    (invoice,) = (await shop.papers(order.number))["invoices"]
    page = await shop.page(invoice["printUrl"])
    assert "<script" not in page
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "{{ 7*7 }}" in page
    assert (await shop.get(invoice["pdfUrl"])).status_code == 200


async def test_a_pdf_is_named_after_its_paper(shop: Shop):
    order = await shop.stage.arrive(item("MUG", 2, parts=PARTS))
    (invoice,) = (await shop.papers(order.number))["invoices"]
    response = await shop.get(invoice["pdfUrl"])
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == f'inline; filename="invoice-{invoice["number"]}.pdf"'
    assert response.headers["cache-control"] == "no-store"
    (page,) = pages_of(response.content)
    assert all(words in page for words in ("Ada Byron", "Germany", "50.55 EUR", order.number))


async def test_a_packing_slip_has_parcels_and_no_prices(shop: Shop):
    order = await shop.stage.arrive(item("MUG", 2), item("CUP", cents=500))
    mug, cup = await items_of(order)
    await shop.stage.ship(order, package((mug.id, 2), tracking_number="T1"), package((cup.id, 1), tracking_number="T2"))
    (slip,) = (await shop.papers(order.number))["shipments"]
    page = await shop.page(slip["printUrl"])
    for words in ("Packing slip", "Ship to", "DHL", "T1", "T2", "2 × MUG", "1 × CUP", "A fine CUP"):
        assert words in page, words
    assert "Bill to" not in page
    assert "EUR" not in page
    assert "19.90" not in page


async def test_a_credit_memo_says_what_is_given_back(shop: Shop):
    order = await shop.stage.arrive(item("MUG", 2, parts=PARTS))
    await shop.stage.change(order, status="CANCELED")
    (memo,) = (await shop.papers(order.number))["creditMemos"]
    page = await shop.page(memo["printUrl"])
    for words in ("Credit memo", "Canceled on amazon", "45.55", "5.00 EUR", "50.55 EUR", "Given back"):
        assert words in page, words


async def test_a_corrected_address_is_the_one_on_paper(shop: Shop):
    stage = shop.stage
    order = await stage.arrive()
    await correct_address(
        order_id=order.id,
        address=AddressPatch(line1="Nebenstr. 9"),
        expected_version=None,
        now=stage.now,
        actor=CLERK,
        sealer=stage.sealer,
    )
    (invoice,) = (await shop.papers(order.number))["invoices"]
    page = await shop.page(invoice["printUrl"])
    assert "Nebenstr. 9" in page
    assert "Hauptstr. 1" not in page


async def test_once_the_buyer_is_forgotten_the_paper_says_when(shop: Shop):
    order = await shop.stage.arrive(item(), status="SHIPPED")
    shop.stage.later(days=60)
    assert await redact_expired(now=shop.stage.now) > 0
    (invoice,) = (await shop.papers(order.number))["invoices"]
    page = await shop.page(invoice["printUrl"])
    assert "Ada" not in page
    assert "data was deleted on 1 May 2026" in page


async def test_what_amazon_fulfils_has_no_buyer_and_says_why(shop: Shop):
    facts = {"status": "SHIPPED", "fulfillment_channel": "AMAZON", "buyer": None, "address": None}
    order = await shop.stage.arrive(item(), **facts)
    (invoice,) = (await shop.papers(order.number))["invoices"]
    assert "Amazon fulfils this order and sends no data" in await shop.page(invoice["printUrl"])


async def test_a_link_that_was_not_handed_out_opens_nothing(shop: Shop):
    order = await shop.stage.arrive()
    (invoice,) = (await shop.papers(order.number))["invoices"]
    other = invoice["printUrl"].replace("papers=i1&", "papers=i2&")
    assert other != invoice["printUrl"]
    for link in (other, "/documents/print.html", "/documents/print.pdf?papers=i1&until=20990101&key=x"):
        response = await shop.get(link)
        assert response.status_code == 403
        assert "Ada" not in response.text
    shop.stage.later(days=2)
    assert (await shop.get(invoice["printUrl"])).status_code == 403
    elsewhere = await shop.http.get(invoice["printUrl"], headers={"host": "evil.example"})
    assert elsewhere.status_code == 421


async def test_papers_of_a_removed_order_are_gone(shop: Shop):
    from domain.commerce.records import Invoice

    order = await shop.stage.arrive()
    (invoice,) = (await shop.papers(order.number))["invoices"]
    await Invoice.all().delete()
    for link in (invoice["printUrl"], invoice["pdfUrl"]):
        assert (await shop.get(link)).status_code == 404


async def test_many_orders_are_printed_at_once_and_the_others_say_why_not(shop: Shop):
    first, second = await shop.stage.arrive(item("MUG", 2)), await shop.stage.arrive(item("CUP"))
    blocked = await shop.stage.arrive(item("NEW"))
    await shop.stage.ship(first)
    ids = [await id_of(shop, order.number) for order in (second, blocked, first)]
    asked = (*ids, "nonsense", ids[0], str((await shop.papers(first.number))["id"]))
    printed = await prints(shop, *asked)

    results = printed["results"]
    assert [(one["index"], one["papers"], [error["code"] for error in one["errors"]]) for one in results] == [
        (0, 1, []),
        (1, 0, ["NOT_FOUND"]),
        (2, 2, []),
        (3, 0, ["INVALID"]),
        (4, 0, ["NOT_FOUND"]),
        (5, 0, ["NOT_FOUND"]),
    ]
    assert results[1]["errors"][0]["path"] == ["orderIds", "1"]
    assert printed["papers"] == 3
    page = await shop.page(printed["printUrl"])
    assert page.count("<article>") == 3
    assert page.index(second.number) < page.index(first.number)
    pages = pages_of((await shop.get(printed["pdfUrl"])).content)
    assert [words.splitlines()[0][:7] for words in pages] == ["Invoice", "Invoice", "Packing"]

    slips = await prints(shop, *ids, kinds=["SHIPMENT"])
    assert (slips["papers"], slips["results"][0]["errors"][0]["code"]) == (1, "NOT_FOUND")
    assert (await prints(shop, *ids, kinds=[]))["pdfUrl"] is None


async def test_too_many_orders_at_once_are_refused(shop: Shop):
    refused = await shop.client.refused(PRINT, orderIds=["x"] * (MOST_ORDERS + 1), kinds=None)
    assert (refused["code"], "At most 100 orders" in refused["message"]) == ("BAD_USER_INPUT", True)


async def test_ten_papers_are_read_with_as_many_questions_as_one(shop: Shop):
    ids = []
    for _ in range(10):
        order = await shop.stage.arrive(item("MUG", 2))
        await shop.stage.ship(order, key=order.number)
        ids.append(await id_of(shop, order.number))
    counts = []
    for some in (ids[:1], ids):
        link = (await prints(shop, *some))["printUrl"]
        statements: list[str] = []
        async with counting(statements):
            await shop.page(link)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 20


@pytest.mark.parametrize("days", [0, 400])
async def test_links_name_no_buyer(shop: Shop, days: int):
    order = await shop.stage.arrive()
    shop.stage.now += timedelta(days=days)
    (invoice,) = (await shop.papers(order.number))["invoices"]
    assert not any(word in invoice["printUrl"].lower() for word in ("ada", "byron", order.number, MARKETPLACE.lower()))
