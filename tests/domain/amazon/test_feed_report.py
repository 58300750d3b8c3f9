import pytest

from domain.amazon.feed_report import FeedReport, MessageResult


def result(message_id, *, is_error=True, words="No."):
    return MessageResult(message_id=message_id, is_error=is_error, code="1", words=words)


def test_an_error_counts_before_a_warning_and_the_first_before_the_others():
    report = FeedReport(
        results=(
            result(1, is_error=False, words="Hm."),
            result(1, words="No."),
            result(1, words="Never."),
            result(None),
        )
    )
    assert {number: named.words for number, named in report.named.items()} == {1: "No."}


def test_an_error_without_a_message_speaks_of_the_feed():
    assert FeedReport(results=(result(1), result(None, is_error=False))).of_the_feed is None
    assert FeedReport(results=(result(None, words="Broken."),)).of_the_feed == result(None, words="Broken.")


@pytest.mark.parametrize(("processed", "is_of_another"), [(None, False), (2, False), (3, False), (4, True)])
def test_a_report_of_more_messages_is_of_another_feed(processed, is_of_another):
    assert FeedReport(processed=processed).is_of_another(3) is is_of_another


@pytest.mark.parametrize(
    ("report", "speaks"),
    [
        (FeedReport(), True),
        (FeedReport(processed=3, successful=3, with_error=0), True),
        (FeedReport(processed=3, successful=2, with_error=1, results=(result(2),)), True),
        (FeedReport(processed=3, successful=2, with_error=1), False),
        (FeedReport(processed=2), False),
        (FeedReport(successful=2), False),
        (FeedReport(with_error=1, results=(result(2),)), True),
        (FeedReport(results=(result(9),)), False),
        (FeedReport(results=(result(9, is_error=False),)), True),
        (FeedReport(processed=3, successful=2, results=(result(2, is_error=False),)), True),
    ],
)
def test_a_message_that_is_not_named_has_succeeded_only_if_the_counts_agree(report, speaks):
    assert report.speaks_for_all(3) is speaks
