import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.feeds.feeding import READERS
from simulator.feeds.messages import UNREADABLE, WRONG_DOCUMENT, Fault
from simulator.feeds.queue import FeedType
from tests.counted import rounds
from tests.simulator.feeds.writing import (
    ADJUSTMENT,
    FLAT_ADJUSTMENT,
    FLAT_FULFILLMENT,
    FULFILLMENT,
    adjusted,
    adjustment,
    component,
    document,
    fulfillment,
)
from tests.simulator.playing import Amazon
from tests.simulator.submitting import Report, processed

XML_TYPES = (FULFILLMENT, ADJUSTMENT)
FLAT_TYPES = (FLAT_FULFILLMENT, FLAT_ADJUSTMENT)
MESSAGES = {
    FULFILLMENT: fulfillment("902-0000000-0000000"),
    ADJUSTMENT: adjustment("902-0000000-0000000", adjusted("1", component("Principal", "1.00"))),
}
HEADS = {
    FLAT_FULFILLMENT: b"order-id\torder-item-id\tquantity\tship-date\tcarrier-code\ttracking-number\n",
    FLAT_ADJUSTMENT: b"order-id\torder-item-id\tadjustment-reason-code\tcurrency\titem-price-adj\tquantity-cancelled\n",
}
BOMB = (
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">'
    b'<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">]>'
)
FRAGMENTS = st.sampled_from(
    [
        "<Message>", "</Message>", "<MessageID>1</MessageID>", "<OrderAdjustment>", "</OrderAdjustment>",
        "<OrderFulfillment>", "</OrderFulfillment>", "<AmazonOrderID>902-0000000-0000000</AmazonOrderID>",
        "<AdjustedItem>", "</AdjustedItem>", "<Item/>", "<Quantity/>", "<AmazonOrderItemCode>1</AmazonOrderItemCode>",
        "<ItemPriceAdjustments/>", "<Component/>", "<FulfillmentDate/>", "<!-- -->", "<![CDATA[<]]>", "&#0;", "\x00",
    ]
)  # fmt: skip


def whole_fault(feed_type: str, contents: bytes) -> int:
    """The code of the fault that a document as a whole is refused with."""
    with pytest.raises(Fault) as refused:
        READERS[FeedType(feed_type)](contents)
    return refused.value.code


@pytest.mark.parametrize("feed_type", XML_TYPES)
class TestXml:
    def test_entities_and_document_types_are_refused(self, feed_type: str) -> None:
        whole = document(feed_type, MESSAGES[feed_type])
        head, body = whole.split(b"\n", 1)
        for before in (
            BOMB,
            b'<!DOCTYPE a SYSTEM "file:///etc/passwd">',
            b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1">]>',
        ):
            assert whole_fault(feed_type, head + before + body) == UNREADABLE
        assert whole_fault(feed_type, whole.replace(b"902-0000000-0000000", b"&x;")) == UNREADABLE

    def test_other_encodings_are_read_and_unknown_ones_refused(self, feed_type: str) -> None:
        text = document(feed_type, MESSAGES[feed_type]).decode()
        for encoding in ("UTF-16", "ISO-8859-1"):
            contents = text.replace("UTF-8", encoding).encode(encoding)
            assert len(READERS[FeedType(feed_type)](contents)) == 1
        for wrong in ("UTF-7", "nonsense", "UTF-16"):
            assert whole_fault(feed_type, text.replace("UTF-8", wrong).encode()) == UNREADABLE

    def test_depth_and_length_end_in_a_fault_or_a_message(self, feed_type: str) -> None:
        deep = document(
            feed_type, MESSAGES[feed_type].replace("</Message>", "<a>" * 50_000 + "</a>" * 50_000 + "</Message>")
        )
        assert len(READERS[FeedType(feed_type)](deep)) == 1
        assert whole_fault(feed_type, document(feed_type, "<a>" * 50_000)) == UNREADABLE
        assert (
            whole_fault(
                feed_type,
                document(feed_type, MESSAGES[feed_type].replace(">1</MessageID>", ">1" + "0" * 9_999 + "</MessageID>")),
            )
            == WRONG_DOCUMENT
        )

    def test_a_document_of_another_type_is_refused(self, feed_type: str) -> None:
        [other] = {*XML_TYPES} - {feed_type}
        assert whole_fault(feed_type, document(other, MESSAGES[other])) == WRONG_DOCUMENT

    async def test_an_id_that_is_used_twice_is_refused_and_the_counts_add_up(
        self, amazon: Amazon, feed_type: str
    ) -> None:
        twice = [MESSAGES[feed_type]] * 2
        report = Report(await processed(amazon, document(feed_type, *twice), feed_type))
        assert (report.counts, report.codes) == ((2, 0, 2, 0), [5003, 5003])

    async def test_a_large_report_on_unknown_orders_adds_up(self, amazon: Amazon, feed_type: str) -> None:
        many = [MESSAGES[feed_type].replace("<MessageID>1<", f"<MessageID>{number}<") for number in range(1, 151)]
        report = Report(await processed(amazon, document(feed_type, *many), feed_type))
        assert (report.counts, set(report.codes)) == ((150, 0, 150, 0), {6001})


@pytest.mark.parametrize("feed_type", FLAT_TYPES)
class TestTables:
    @pytest.mark.parametrize(
        ("contents", "code"),
        [
            (b"\xff\xfe\x00", UNREADABLE),
            (b"order-id", WRONG_DOCUMENT),
            (b"\n\n", WRONG_DOCUMENT),
            (b"\t" * 100_000, WRONG_DOCUMENT),
        ],
    )
    def test_what_is_no_table_is_refused(self, feed_type: str, contents: bytes, code: int) -> None:
        assert whole_fault(feed_type, contents) == code

    def test_a_column_that_is_named_twice_is_refused(self, feed_type: str) -> None:
        head = HEADS[feed_type].strip()
        for again in (b"\torder-id", b"\tORDER-ID", b"\tnote\tnote"):
            assert whole_fault(feed_type, head + again + b"\n1\t2") == WRONG_DOCUMENT

    def test_a_table_of_names_alone_is_refused(self, feed_type: str) -> None:
        assert whole_fault(feed_type, HEADS[feed_type] + b"\n \n") == WRONG_DOCUMENT

    async def test_rows_of_any_width_are_records(self, amazon: Amazon, feed_type: str) -> None:
        contents = HEADS[feed_type] + b"1\n" + b"2\t" * 5_000 + b"\n\n" + "\u2028\x00\t".encode() + b"\r\n3\t4\r"
        report = (await processed(amazon, contents, feed_type)).decode()
        assert "records processed\t\t4\n" in report
        assert "records successful\t\t0\n" in report


@settings(deadline=None, max_examples=rounds(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(FRAGMENTS, max_size=12), feed_type=st.sampled_from(XML_TYPES))
def test_any_fragments_are_messages_or_a_fault(parts: list[str], feed_type: str) -> None:
    try:
        messages = READERS[FeedType(feed_type)](document(feed_type, *parts))
    except Fault:
        return
    assert messages


@settings(deadline=None, max_examples=rounds(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=80) | st.text(max_size=60).map(str.encode), feed_type=st.sampled_from(FLAT_TYPES))
def test_any_rows_are_messages_or_a_fault(body: bytes, feed_type: str) -> None:
    try:
        messages = READERS[FeedType(feed_type)](HEADS[feed_type] + body)
    except Fault:
        return
    numbers = [number for message in messages for number in message.numbers]
    assert sorted(numbers) == sorted(set(numbers))
