from typing import Any

import pytest

from simulator.world import World
from tests.simulator.playing import Amazon
from tests.simulator.submitting import (
    HEADER,
    TYPE,
    Report,
    cancellation,
    download,
    envelope,
    feed,
    item,
    message,
    processed,
    report_on,
    submit,
)

TWO_LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 2}, {"sku": "LAMP-DESK-LED", "quantity": 1}]


@pytest.fixture
async def order(amazon: Amazon) -> dict[str, Any]:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES)
    return await amazon.order(order_id)


def codes(order: dict[str, Any]) -> list[str]:
    return [one["orderItemId"] for one in order["orderItems"]]


class TestCancelling:
    async def test_a_failure_cancels_the_order_when_the_feed_is_done_and_not_before(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        feed_id = await submit(amazon, envelope(cancellation(order, reason="PricingError")))
        for passed, status in ((0, "IN_QUEUE"), (14.999, "IN_QUEUE"), (0.001, "IN_PROGRESS"), (44.999, "IN_PROGRESS")):
            await amazon.advance(passed)
            assert (await feed(amazon, feed_id))["processingStatus"] == status
            assert await amazon.status(order["orderId"]) == "UNSHIPPED"
        await amazon.advance(0.001)
        done = await feed(amazon, feed_id)
        assert done["processingStatus"] == "DONE"
        assert done["processingStartTime"] == "2026-11-02T09:00:15.000Z"
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        assert after["lastUpdatedTime"] == done["processingEndTime"] == "2026-11-02T09:01:00.000Z"
        for one in after["orderItems"]:
            executed = {"cancelledBy": "MERCHANT", "cancelReason": "PricingError"}
            assert one["cancellation"]["cancellationExecution"] == executed
            assert one["fulfillment"]["quantityUnfulfilled"] == 0

    async def test_a_feed_is_done_at_its_own_moment_however_far_the_clock_jumps(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        await submit(amazon, envelope(cancellation(order)))
        await amazon.advance(86_400)
        assert (await amazon.order(order["orderId"]))["lastUpdatedTime"] == "2026-11-02T09:01:00.000Z"

    async def test_the_report_has_the_shape_of_a_processing_report(self, amazon: Amazon, order: dict[str, Any]) -> None:
        contents = envelope(cancellation(order), message("902-0000000-0000000", number=7))
        feed_id = await submit(amazon, contents)
        await amazon.advance(60)
        report = Report(await download(amazon, (await feed(amazon, feed_id))["resultFeedDocumentId"]))
        assert [one.tag for one in report.root] == ["Header", "MessageType", "Message"]
        assert report.root.findtext("Header/DocumentVersion") == "1.02"
        assert report.root.findtext("Header/MerchantIdentifier") == "demo"
        assert report.root.findtext("MessageType") == "ProcessingReport"
        assert report.report.findtext("DocumentTransactionID") == feed_id
        assert report.report.findtext("StatusCode") == "Complete"
        assert report.counts == (2, 1, 1, 0)
        [result] = report.report.findall("Result")
        assert [one.tag for one in result] == [
            "MessageID", "ResultCode", "ResultMessageCode", "ResultDescription", "AdditionalInfo",
        ]  # fmt: skip
        assert result.findtext("MessageID") == "7"
        assert result.findtext("ResultCode") == "Error"
        assert result.findtext("AdditionalInfo/AmazonOrderID") == "902-0000000-0000000"

    async def test_items_reasons_and_quantities_may_be_left_out(self, amazon: Amazon, order: dict[str, Any]) -> None:
        [other_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES)
        other = await amazon.order(other_id)
        bare = message(order["orderId"])
        unexplained = message(other_id, *(item(code, reason=None) for code in codes(other)), number=2)
        assert (await report_on(amazon, bare, unexplained)).counts == (2, 2, 0, 0)
        assert await amazon.status(order["orderId"]) == await amazon.status(other_id) == "CANCELLED"

    async def test_a_loaded_order_is_cancelled_like_any_other(self, amazon: Amazon) -> None:
        document = {
            "orderId": "902-0000001-0000001",
            "createdTime": "2026-11-01T00:00:00Z",
            "lastUpdatedTime": "2026-11-01T00:00:00Z",
            "salesChannel": {"channelName": "AMAZON"},
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED"},
            "orderItems": [{"orderItemId": "1", "quantityOrdered": 3, "product": {"asin": "B000000001"}}],
        }
        await amazon.sim("PUT", "/orders", {"orders": [document]})
        assert (await report_on(amazon, message("902-0000001-0000001", item("1", quantity="003")))).counts[1] == 1
        assert await amazon.status("902-0000001-0000001") == "CANCELLED"

    async def test_a_success_changes_nothing(self, amazon: Amazon, order: dict[str, Any]) -> None:
        report = await report_on(amazon, message(order["orderId"], item(codes(order)[0], None), status="Success"))
        assert report.counts == (1, 1, 0, 0)
        assert await amazon.order(order["orderId"]) == order

    async def test_a_hundred_cancellations_are_one_feed_with_a_result_each(self, amazon: Amazon) -> None:
        order_ids = await amazon.place(count=100, fulfillmentStatus="UNSHIPPED")
        messages = [message(order_id, number=number) for number, order_id in enumerate(order_ids, start=1)]
        messages[49] = message("902-0000000-0000000", number=50)
        report = await report_on(amazon, *messages)
        assert report.counts == (100, 99, 1, 0)
        assert list(report.errors) == [50]
        assert [await amazon.status(order_id) for order_id in (order_ids[0], order_ids[49], order_ids[99])] == [
            "CANCELLED", "UNSHIPPED", "CANCELLED",
        ]  # fmt: skip

    async def test_an_order_that_ships_while_the_feed_waits_is_not_cancelled(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        feed_id = await submit(amazon, envelope(cancellation(order)))
        await amazon.advance(30)
        assert (await amazon.sim("POST", f"/orders/{order['orderId']}/ship", {})).status_code == 200
        await amazon.advance(30)
        assert await amazon.status(order["orderId"]) == "SHIPPED"
        assert (await feed(amazon, feed_id))["processingStatus"] == "DONE"
        [shown] = (await amazon.sim("GET", "/state")).json()["feeds"]
        assert shown["messages"] == {"processed": 1, "successful": 0, "withError": 1}


class TestRefusedMessages:
    async def test_an_item_of_quantity_0_need_not_be_named(self, amazon: Amazon, order: dict[str, Any]) -> None:
        first = codes(order)[0]
        order["orderItems"][1]["quantityOrdered"] = 0
        assert (await amazon.sim("PUT", "/orders", {"orders": [order]})).status_code == 200
        report = await report_on(amazon, message(order["orderId"], item(first, quantity=2)))
        assert report.counts == (1, 1, 0, 0)
        assert (await amazon.order(order["orderId"]))["fulfillment"]["fulfillmentStatus"] == "CANCELLED"

    @pytest.mark.parametrize(
        ("wish", "words"),
        [
            ({"fulfillmentStatus": "PENDING"}, "pending"),
            ({"fulfillmentStatus": "PENDING_AVAILABILITY"}, "pre-order"),
            ({"fulfillmentStatus": "PARTIALLY_SHIPPED"}, "part of the order has been shipped"),
            ({"fulfillmentStatus": "SHIPPED"}, "has been shipped"),
            ({"fulfillmentStatus": "CANCELLED"}, "cancelled already"),
            ({"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"}, "fulfilled by Amazon"),
            ({"fulfillmentStatus": "UNFULFILLABLE", "fulfilledBy": "AMAZON"}, "fulfilled by Amazon"),
            ({"fulfillmentStatus": "UNSHIPPED", "seller": "other"}, "not an order of this seller"),
        ],
    )
    async def test_an_order_that_cannot_be_cancelled_stays_as_it_is(
        self, amazon: Amazon, wish: dict[str, Any], words: str
    ) -> None:
        [order_id] = await amazon.place(**wish)
        before = (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"]
        report = await report_on(amazon, message(order_id))
        assert report.counts == (1, 0, 1, 0)
        assert words in report.errors[1]
        assert (await amazon.sim("GET", f"/state?orderId={order_id}")).json()["orders"] == before

    async def test_an_unknown_order_is_refused(self, amazon: Amazon) -> None:
        assert "not an order of this seller" in (await report_on(amazon, message("902-0000000-0000000"))).errors[1]

    async def test_a_loaded_order_without_a_status_is_refused(self, amazon: Amazon) -> None:
        document = {
            "orderId": "902-0000001-0000001",
            "createdTime": "2026-11-01T00:00:00Z",
            "lastUpdatedTime": "2026-11-01T00:00:00Z",
            "salesChannel": {"channelName": "AMAZON"},
            "orderItems": [{"orderItemId": "1", "quantityOrdered": 1, "product": {"asin": "B000000001"}}],
        }
        assert (await amazon.sim("PUT", "/orders", {"orders": [document]})).status_code == 200
        assert "no state to be cancelled" in (await report_on(amazon, message("902-0000001-0000001"))).errors[1]

    async def test_the_same_order_twice_is_cancelled_once(self, amazon: Amazon, order: dict[str, Any]) -> None:
        report = await report_on(amazon, cancellation(order), cancellation(order, number=2))
        assert report.counts == (2, 1, 1, 0)
        assert "cancelled already" in report.errors[2]

    async def test_items_must_be_the_orders_known_reasons_whole_and_named_once(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        first, second = codes(order)
        wrong = {
            "not an item of the order": [item(first), item("4711")],
            "named more than once": [item(first), item(first)],
            "not one that Amazon knows": [item(first), item(second, "ICannotBeBothered")],
            "not what was ordered": [item(first, quantity=1), item(second)],
            "Not all items": [item(first, quantity=2)],
        }
        order_id = order["orderId"]
        quantities = [item(first, quantity=text) for text in ("0", "-2", "2.0", "two", "")]
        messages = [*wrong.values(), *([one, item(second)] for one in quantities)]
        report = await report_on(
            amazon, *(message(order_id, *items, number=number) for number, items in enumerate(messages, start=1))
        )
        assert report.counts == (10, 0, 10, 0)
        for number, words in enumerate(wrong, start=1):
            assert words in report.errors[number]
        assert {report.errors[number] for number in range(6, 11)} == {report.errors[4]}
        assert await amazon.order(order_id) == order

    async def test_the_item_at_fault_is_named_with_its_order(self, amazon: Amazon, order: dict[str, Any]) -> None:
        report = await report_on(amazon, message(order["orderId"], item("4711")))
        [more] = report.report.findall("Result/AdditionalInfo")
        assert more.findtext("AmazonOrderID") == order["orderId"]
        assert more.findtext("AmazonOrderItemCode") == "4711"

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "<OrderFulfillment/>",
            "<OrderAcknowledgement><StatusCode>Failure</StatusCode></OrderAcknowledgement>",
            "<OrderAcknowledgement><AmazonOrderID>{id}</AmazonOrderID></OrderAcknowledgement>",
            "<OrderAcknowledgement><AmazonOrderID>{id}</AmazonOrderID><StatusCode>failure</StatusCode>"
            "</OrderAcknowledgement>",
            "<OrderAcknowledgement><AmazonOrderID>{id}</AmazonOrderID><StatusCode>Failure</StatusCode>"
            "<Item><CancelReason>NoInventory</CancelReason></Item></OrderAcknowledgement>",
        ],
    )
    async def test_a_message_that_is_not_an_acknowledgement_is_refused_alone(
        self, amazon: Amazon, order: dict[str, Any], body: str
    ) -> None:
        broken = f"<Message><MessageID>1</MessageID>{body.replace('{id}', order['orderId'])}</Message>"
        report = await report_on(amazon, broken, cancellation(order, number=2))
        assert (report.counts, report.codes) == ((2, 1, 1, 0), [5002])
        assert await amazon.status(order["orderId"]) == "CANCELLED"

    async def test_all_messages_of_one_id_are_refused_and_the_others_are_not(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        [other_id] = await amazon.place(fulfillmentStatus="UNSHIPPED")
        third = await amazon.place(fulfillmentStatus="UNSHIPPED")
        report = await report_on(amazon, cancellation(order), message(other_id, number=1), message(third[0], number=2))
        assert report.counts == (3, 1, 2, 0)
        assert report.codes == [5003, 5003]
        assert [await amazon.status(one) for one in (order["orderId"], other_id, third[0])] == [
            "UNSHIPPED", "UNSHIPPED", "CANCELLED",
        ]  # fmt: skip


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


class TestUnusableDocuments:
    async def report(self, amazon: Amazon, contents: bytes) -> Report:
        report = Report(await processed(amazon, contents))
        assert report.counts == (1, 0, 1, 0)
        assert list(report.errors) == [0]
        return report

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda text: text[:-5],
            lambda text: text.replace("</Header>", "</header>"),
            lambda text: "\n" + text,
            lambda text: text + text,
            lambda text: text.replace("Failure", "Failure\x00"),
            lambda text: text.replace("Failure", "&failure;"),
            lambda text: text.replace("<AmazonEnvelope>", f"{BOMB}<AmazonEnvelope>").replace("M_DEMO", "&i;"),
            lambda text: text.replace("<AmazonEnvelope>", "<!DOCTYPE AmazonEnvelope><AmazonEnvelope>"),
            lambda text: text.replace(
                "<AmazonEnvelope>", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><AmazonEnvelope>'
            ).replace("M_DEMO", "&x;"),
            lambda text: text.replace("UTF-8", "UTF-16", 1),
            lambda text: text.replace("UTF-8", "KLINGON", 1),
            lambda text: "no XML at all",
            lambda text: '{"orderId": 1}',
        ],
        ids=[
            "cut off", "tags that do not match", "a line before the declaration", "two documents", "a null byte",
            "an unknown entity", "an entity bomb", "a DTD", "a file", "another encoding than it has",
            "an unknown encoding", "text", "JSON",
        ],
    )  # fmt: skip
    async def test_xml_that_is_broken_or_unsafe_is_error_5000_and_nothing_is_applied(
        self, amazon: Amazon, order: dict[str, Any], spoil: Any
    ) -> None:
        report = await self.report(amazon, spoil(envelope(cancellation(order)).decode()).encode())
        assert report.codes == [5000]
        assert await amazon.order(order["orderId"]) == order

    async def test_bytes_of_another_encoding_are_error_5000(self, amazon: Amazon, order: dict[str, Any]) -> None:
        contents = envelope(cancellation(order), header=HEADER.replace("M_DEMO", "Müller")).decode()
        assert (await self.report(amazon, contents.encode("latin-1"))).codes == [5000]

    @pytest.mark.parametrize(
        ("header", "kind"),
        [
            ("", TYPE),
            (HEADER.replace("DocumentVersion", "Version"), TYPE),
            (HEADER.replace("M_DEMO", " "), TYPE),
            (HEADER, ""),
            (HEADER, "<MessageType>OrderFulfillment</MessageType>"),
        ],
    )
    async def test_an_envelope_of_something_else_is_refused_as_a_whole(
        self, amazon: Amazon, order: dict[str, Any], header: str, kind: str
    ) -> None:
        report = await self.report(amazon, envelope(cancellation(order), header=header, kind=kind))
        assert report.codes == [5001]
        assert await amazon.order(order["orderId"]) == order

    @pytest.mark.parametrize("number", ["", "one", "1.0", "-1", "１", "9" * 19])
    async def test_a_message_that_cannot_be_named_in_a_report_spoils_the_document(
        self, amazon: Amazon, order: dict[str, Any], number: str
    ) -> None:
        contents = envelope(cancellation(order), message("902-0000000-0000000", number=number))
        assert (await self.report(amazon, contents)).codes == [5001]
        assert await amazon.order(order["orderId"]) == order

    async def test_a_document_without_messages_or_with_another_root_is_refused(self, amazon: Amazon) -> None:
        assert (await self.report(amazon, envelope())).codes == [5001]
        assert (await self.report(amazon, envelope().replace(b"AmazonEnvelope", b"Envelope"))).codes == [5001]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
    async def test_a_byte_order_mark_and_a_declared_encoding_are_read(
        self, amazon: Amazon, order: dict[str, Any], encoding: str
    ) -> None:
        declared = encoding.removesuffix("-sig").upper()
        text = envelope(cancellation(order), header=HEADER.replace("M_DEMO", "Müller")).decode()
        contents = text.replace("UTF-8", declared, 1).encode(encoding)
        assert Report(await processed(amazon, contents)).counts == (1, 1, 0, 0)
        assert await amazon.status(order["orderId"]) == "CANCELLED"

    @pytest.mark.parametrize("contents", [b"", b" \r\n\t"])
    async def test_an_empty_document_is_fatal_and_has_no_report(self, amazon: Amazon, contents: bytes) -> None:
        feed_id = await submit(amazon, contents)
        await amazon.advance(60)
        ended = await feed(amazon, feed_id)
        assert (ended["processingStatus"], "resultFeedDocumentId" in ended) == ("FATAL", False)

    async def test_a_very_deep_document_does_no_harm(self, amazon: Amazon, world: World) -> None:
        deep = b"<a>" * 200_000 + b"</a>" * 200_000
        assert (await self.report(amazon, deep)).codes == [5001]
