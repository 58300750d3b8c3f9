"""Amazon's processing report in XML, read as far as it goes: what Amazon leaves out stays unknown."""

from collections.abc import Iterable, Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from domain.amazon.feed_report import FeedReport, MessageResult

_SHOWN: Final = 300  # characters of Amazon's own words
_NO_WORDS: Final = "no reason given"


class UnreadableReport(ValueError):
    """It is no processing report, or none that may be read."""


def read_report(content: bytes) -> FeedReport:
    """Read a processing report.

    Raises UnreadableReport for what is no XML, has entities, or holds no report.
    """
    try:
        envelope = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as error:
        raise UnreadableReport(f"The report is no XML that can be read ({type(error).__name__}).") from None
    reports = list(_all(envelope, "ProcessingReport"))
    if not reports:
        raise UnreadableReport("There is no processing report in it.")
    return FeedReport(
        results=tuple(_result(result) for report in reports for result in _all(report, "Result")),
        processed=_sum(reports, "MessagesProcessed"),
        successful=_sum(reports, "MessagesSuccessful"),
        with_error=_sum(reports, "MessagesWithError"),
    )


def _result(result: Element) -> MessageResult:
    message_id = _number(_text(result, "MessageID"))
    code = _text(result, "ResultMessageCode")
    return MessageResult(
        message_id=message_id or None,  # Amazon speaks of the feed as a whole as message 0
        is_error=_text(result, "ResultCode").lower() != "warning",
        code=code[:100] or None,
        words=_text(result, "ResultDescription")[:_SHOWN] or code or _NO_WORDS,
    )


def _sum(reports: Iterable[Element], name: str) -> int | None:
    counts = [count for report in reports if (count := _number(_text(report, name))) is not None]
    return sum(counts) if counts else None


def _all(element: Element, name: str) -> Iterator[Element]:
    return (found for found in element.iter() if _name(found) == name)


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    found = next(_all(element, name), None)
    return " ".join((found.text or "").split()) if found is not None else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
