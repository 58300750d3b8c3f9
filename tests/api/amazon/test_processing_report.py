from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.amazon.processing_report import UnreadableReport, read_report
from domain.amazon.feed_report import FeedReport, MessageResult

RESULT = (
    "<Result><MessageID>{}</MessageID><ResultCode>{}</ResultCode><ResultMessageCode>{}</ResultMessageCode>"
    "<ResultDescription>{}</ResultDescription></Result>"
)
SUMMARY = (
    "<ProcessingSummary><MessagesProcessed>3</MessagesProcessed><MessagesSuccessful>2</MessagesSuccessful>"
    "<MessagesWithError>1</MessagesWithError><MessagesWithWarning>1</MessagesWithWarning></ProcessingSummary>"
)


def report(inside: str, *, root: str = "AmazonEnvelope") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><{root}><MessageType>ProcessingReport</MessageType><Message>'
        f"<MessageID>1</MessageID><ProcessingReport>{inside}</ProcessingReport></Message></{root.split()[0]}>"
    ).encode()


def test_each_result_and_the_counts_are_read():
    inside = (
        SUMMARY + RESULT.format(2, "Error", "18028", "The order\n  has shipped.") + RESULT.format(3, "Warning", "", "")
    )
    assert read_report(report(inside)) == FeedReport(
        results=(
            MessageResult(message_id=2, is_error=True, code="18028", words="The order has shipped."),
            MessageResult(message_id=3, is_error=False, code=None, words="no reason given"),
        ),
        processed=3,
        successful=2,
        with_error=1,
    )


def test_what_amazon_leaves_out_is_unknown():
    assert read_report(report("")) == FeedReport()
    assert read_report(report("<Result/>")).results == (
        MessageResult(message_id=None, is_error=True, code=None, words="no reason given"),
    )


@pytest.mark.parametrize("number", ["0", "", "-1", "two", "1" * 30, "²"])
def test_a_message_that_cannot_be_one_is_the_feed_as_a_whole(number):
    (result,) = read_report(report(RESULT.format(number, "Error", "5000", "Broken."))).results
    assert (result.message_id, result.words) == (None, "Broken.")


def test_a_name_space_and_a_mark_at_the_beginning_do_not_matter():
    content = report(RESULT.format(2, "Error", "1", "No."), root='AmazonEnvelope xmlns="urn:x"')
    assert read_report(b"\xef\xbb\xbf" + content).named.keys() == {2}


def test_the_counts_of_several_reports_are_added():
    content = report(SUMMARY + "</ProcessingReport><ProcessingReport>" + SUMMARY)
    assert read_report(content).processed == 6


def test_long_words_are_cut():
    (result,) = read_report(report(RESULT.format(2, "Error", "1" * 500, "word " * 500))).results
    assert (len(result.words), len(result.code or "")) == (300, 100)


ENTITIES = b'<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><AmazonEnvelope><ProcessingReport>&b;'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"order-id\terror\n",
        b"<AmazonEnvelope><ProcessingReport>",
        b"<html><body>Request has expired</body></html>",
        b"\xff\xfe<",
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        ENTITIES + b"</ProcessingReport></AmazonEnvelope>",
        b'<!DOCTYPE a SYSTEM "http://example.org/a.dtd"><AmazonEnvelope><ProcessingReport/></AmazonEnvelope>',
        report("\x00"),
    ],
)
def test_what_is_no_report_is_refused(content):
    with pytest.raises(UnreadableReport):
        read_report(content)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: report(text.replace("&", "")))))
def test_no_content_is_more_than_unreadable(content):
    with suppress(UnreadableReport):
        assert isinstance(read_report(content), FeedReport)
