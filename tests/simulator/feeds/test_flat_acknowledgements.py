from typing import Any

import pytest

from tests.simulator.playing import Amazon
from tests.simulator.submitting import FLAT, feed, processed, rows, submit

TWO_LINES = [{"sku": "MUG-STONEWARE-350", "quantity": 2}, {"sku": "LAMP-DESK-LED", "quantity": 1}]
COLUMNS = ["original-record-number", "order-id", "order-item-id", "error-code", "error-type", "error-message"]


class FlatReport:
    """A processing report as text, read."""

    def __init__(self, contents: bytes) -> None:
        lines = contents.decode().split("\n")
        assert lines[0] == "Feed Processing Summary:"
        assert lines[1].startswith("\tNumber of records processed\t\t")
        assert lines[2].startswith("\tNumber of records successful\t\t")
        assert (lines[3], lines[4].split("\t"), lines[-1]) == ("", COLUMNS, "")
        self.counts = tuple(int(line.rsplit("\t", 1)[1]) for line in lines[1:3])
        self.lines = [dict(zip(COLUMNS, line.split("\t"), strict=True)) for line in lines[5:-1]]
        assert self.counts[0] - self.counts[1] == len(self.lines)

    @property
    def errors(self) -> dict[int, str]:
        return {int(line["original-record-number"]): line["error-message"] for line in self.lines}


async def report_on(amazon: Amazon, contents: bytes) -> FlatReport:
    return FlatReport(await processed(amazon, contents, FLAT))


@pytest.fixture
async def order(amazon: Amazon) -> dict[str, Any]:
    [order_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES)
    return await amazon.order(order_id)


def all_of(order: dict[str, Any], reason: str = "NoInventory") -> list[tuple[str, ...]]:
    return [(order["orderId"], reason, item["orderItemId"]) for item in order["orderItems"]]


class TestFlatAcknowledgements:
    async def test_a_row_for_each_item_cancels_the_order(self, amazon: Amazon, order: dict[str, Any]) -> None:
        report = await report_on(amazon, rows(*all_of(order, "WeatherDelay")))
        assert (report.counts, report.lines) == ((2, 2), [])
        after = await amazon.order(order["orderId"])
        assert after["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        executed = after["orderItems"][0]["cancellation"]["cancellationExecution"]
        assert executed == {"cancelledBy": "MERCHANT", "cancelReason": "WeatherDelay"}

    async def test_a_part_of_an_order_is_refused_and_named_row_by_row(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        [other_id] = await amazon.place(fulfillmentStatus="UNSHIPPED", items=TWO_LINES)
        other = await amazon.order(other_id)
        first, second = all_of(other)
        report = await report_on(amazon, rows(first, all_of(order)[0], second))
        assert (report.counts, list(report.errors)) == ((3, 2), [2])
        assert "Not all items" in report.errors[2]
        assert report.lines[0]["order-id"] == order["orderId"]
        assert await amazon.status(other_id) == "CANCELLED"
        assert await amazon.order(order["orderId"]) == order

    async def test_each_order_has_a_fault_of_its_own_on_all_of_its_rows(
        self, amazon: Amazon, order: dict[str, Any]
    ) -> None:
        first, second = all_of(order)
        [pending] = await amazon.place()
        code = (await amazon.order(pending))["orderItems"][0]["orderItemId"]
        report = await report_on(
            amazon,
            rows(
                first,
                (second[0], "Whatever", second[2]),
                ("902-0000000-0000000", "NoInventory", "1"),
                (pending, "NoInventory", code),
                ("", "NoInventory", "1"),
                ("902-0000000-0000001", "", "1"),
                ("902-0000000-0000002", "NoInventory"),
                ("902-0000000-0000003",),
            ),
        )
        assert report.counts == (8, 0)
        words = ["not one that Amazon knows"] * 2 + ["not an order of this seller", "pending"]
        words += ["lacks order-id", "lacks cancellation-reason-code", "lacks amazon-order-item-code", "lacks cancel"]
        assert [word in report.errors[number] for number, word in enumerate(words, start=1)] == [True] * 8
        assert await amazon.order(order["orderId"]) == order

    async def test_the_same_row_twice_is_refused(self, amazon: Amazon, order: dict[str, Any]) -> None:
        report = await report_on(amazon, rows(*all_of(order), all_of(order)[0]))
        assert report.counts == (3, 0)
        assert "named more than once" in report.errors[1]

    @pytest.mark.parametrize("newline", ["\r\n", "\r", "\n\n"])
    async def test_a_byte_order_mark_other_newlines_and_columns_in_any_order_are_read(
        self, amazon: Amazon, order: dict[str, Any], newline: str
    ) -> None:
        lines = ["Amazon-Order-Item-Code\tnote\torder-id\tcancellation-reason-code"]
        lines += [f"{code}\tüber\t{order_id}\t{reason}" for order_id, reason, code in all_of(order)]
        report = await report_on(amazon, newline.join([*lines, ""]).encode("utf-8-sig"))
        assert report.counts == (2, 2)
        assert await amazon.status(order["orderId"]) == "CANCELLED"

    @pytest.mark.parametrize(
        "contents",
        [
            b"order-id\tcancellation-reason-code\n902-0000000-0000000\tNoInventory",
            b"order-id\torder-id\tcancellation-reason-code\tamazon-order-item-code\n1\t2\t3\t4",
            b"order-id,cancellation-reason-code,amazon-order-item-code\n1,2,3",
            b"<AmazonEnvelope/>",
            rows(),
            rows(("",)) + b"\n\n",
            rows(("902-0000000-0000000", "NoInventory", "Müller")).decode().encode("latin-1"),
            rows(("902-0000000-0000000", "NoInventory", "1")).decode().encode("utf-16"),
        ],
        ids=["a column short", "a column twice", "commas", "XML", "no rows", "empty rows", "latin-1", "utf-16"],
    )
    async def test_a_document_that_cannot_be_read_has_one_error(self, amazon: Amazon, contents: bytes) -> None:
        report = await report_on(amazon, contents)
        assert (report.counts, list(report.errors)) == ((1, 0), [0])

    async def test_an_empty_document_is_fatal(self, amazon: Amazon) -> None:
        feed_id = await submit(amazon, b"", FLAT)
        await amazon.advance(60)
        assert (await feed(amazon, feed_id))["processingStatus"] == "FATAL"
