"""Processing reports: what became of a feed, as XML or as tab-separated text."""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from simulator.feeds.messages import Fault, Outcome
from simulator.feeds.queue import Counts

XML: Final = "text/xml; charset=UTF-8"
TABS: Final = "text/tab-separated-values; charset=UTF-8"
WHOLE_DOCUMENT: Final = 0  # the message id of what concerns the document as a whole
LONGEST_ECHO: Final = 100
COLUMNS: Final = ("original-record-number", "order-id", "order-item-id", "error-code", "error-type", "error-message")


def xml_report(feed_id: str, seller: str, outcomes: Sequence[Outcome], counts: Counts) -> bytes:
    """Return the processing report in XML: a summary, and a result for each message that was refused."""
    envelope = Element("AmazonEnvelope")
    header = SubElement(envelope, "Header")
    SubElement(header, "DocumentVersion").text = "1.02"
    SubElement(header, "MerchantIdentifier").text = seller
    SubElement(envelope, "MessageType").text = "ProcessingReport"
    message = SubElement(envelope, "Message")
    SubElement(message, "MessageID").text = "1"
    report = SubElement(message, "ProcessingReport")
    SubElement(report, "DocumentTransactionID").text = feed_id
    SubElement(report, "StatusCode").text = "Complete"
    _add_summary(report, counts)
    for outcome in outcomes:
        if outcome.fault is not None:
            _add_result(report, outcome.number, outcome.fault)
    indent(envelope)
    written: bytes = tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return written


def flat_report(outcomes: Sequence[Outcome], counts: Counts) -> bytes:
    """Return the processing report as text: a summary, and a line for each record that was refused."""
    summary = [
        "Feed Processing Summary:",
        f"\tNumber of records processed\t\t{counts.processed}",
        f"\tNumber of records successful\t\t{counts.successful}",
        "",
        "\t".join(COLUMNS),
    ]
    lines = [_line(outcome.number, outcome.fault) for outcome in outcomes if outcome.fault is not None]
    return ("\n".join([*summary, *lines]) + "\n").encode()


def _add_summary(report: Element, counts: Counts) -> None:
    summary = SubElement(report, "ProcessingSummary")
    SubElement(summary, "MessagesProcessed").text = str(counts.processed)
    SubElement(summary, "MessagesSuccessful").text = str(counts.successful)
    SubElement(summary, "MessagesWithError").text = str(counts.with_error)
    SubElement(summary, "MessagesWithWarning").text = "0"


def _add_result(report: Element, number: int, fault: Fault) -> None:
    result = SubElement(report, "Result")
    SubElement(result, "MessageID").text = str(number)
    SubElement(result, "ResultCode").text = "Error"
    SubElement(result, "ResultMessageCode").text = str(fault.code)
    SubElement(result, "ResultDescription").text = fault.description
    if fault.order_id:
        more = SubElement(result, "AdditionalInfo")
        SubElement(more, "AmazonOrderID").text = fault.order_id[:LONGEST_ECHO]
        if fault.item_code:
            SubElement(more, "AmazonOrderItemCode").text = fault.item_code[:LONGEST_ECHO]


def _line(number: int, fault: Fault) -> str:
    named = (fault.order_id[:LONGEST_ECHO], fault.item_code[:LONGEST_ECHO])
    return "\t".join((str(number), *named, str(fault.code), "Error", fault.description))
