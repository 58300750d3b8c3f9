"""Submitting feeds inside a test: documents, uploads, feeds and the reports on them."""

import gzip
from typing import Any
from xml.etree.ElementTree import Element

import httpx2
from defusedxml.ElementTree import fromstring

from tests.simulator.playing import Amazon

FEEDS = "/feeds/2021-06-30/feeds"
DOCUMENTS = "/feeds/2021-06-30/documents"
XML = "text/xml; charset=UTF-8"
TABS = "text/tab-separated-values; charset=UTF-8"
ACKNOWLEDGEMENT = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
FLAT = "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA"
AMERICAN = "ATVPDKIKX0DER"
HEADER = "<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>M_DEMO</MerchantIdentifier></Header>"
TYPE = "<MessageType>OrderAcknowledgement</MessageType>"


def envelope(*messages: str, header: str = HEADER, kind: str = TYPE) -> bytes:
    """A document of acknowledgements."""
    body = header + kind + "".join(messages)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>{body}</AmazonEnvelope>'.encode()


def item(code: str, reason: str | None = "NoInventory", quantity: int | str | None = None) -> str:
    """An item of an acknowledgement."""
    why = "" if reason is None else f"<CancelReason>{reason}</CancelReason>"
    how_many = "" if quantity is None else f"<Quantity>{quantity}</Quantity>"
    return f"<Item><AmazonOrderItemCode>{code}</AmazonOrderItemCode>{why}{how_many}</Item>"


def message(order_id: str, *items: str, number: int | str = 1, status: str = "Failure") -> str:
    """A message about one order."""
    body = f"<AmazonOrderID>{order_id}</AmazonOrderID><StatusCode>{status}</StatusCode>{''.join(items)}"
    return f"<Message><MessageID>{number}</MessageID><OrderAcknowledgement>{body}</OrderAcknowledgement></Message>"


def cancellation(order: dict[str, Any], *, number: int = 1, reason: str = "NoInventory") -> str:
    """A message that cancels the whole of an order."""
    items = [item(one["orderItemId"], reason, one["quantityOrdered"]) for one in order["orderItems"]]
    return message(order["orderId"], *items, number=number)


def rows(*cells: tuple[str, ...]) -> bytes:
    """A tab-separated document of cancellations."""
    head = ("order-id", "cancellation-reason-code", "amazon-order-item-code")
    return "\n".join("\t".join(row) for row in (head, *cells)).encode()


def tokens(amazon: Amazon) -> dict[str, str]:
    return {"x-amz-access-token": amazon.token or ""}


async def ask(amazon: Amazon, method: str, path: str, body: Any = None, **query: Any) -> httpx2.Response:
    """Call an operation with the seller's token."""
    return await amazon.http.request(method, path, json=body, params=query, headers=tokens(amazon))


async def new_document(amazon: Amazon, content_type: str = XML) -> dict[str, str]:
    """Ask for a document to upload."""
    answer = await ask(amazon, "POST", DOCUMENTS, {"contentType": content_type})
    assert answer.status_code == 201, answer.text
    document: dict[str, str] = answer.json()
    return document


async def upload(amazon: Amazon, url: str, contents: bytes, content_type: str = XML) -> httpx2.Response:
    return await amazon.http.put(url, content=contents, headers={"content-type": content_type})


async def uploaded(amazon: Amazon, contents: bytes, content_type: str = XML) -> str:
    """Upload a document and return its id."""
    document = await new_document(amazon, content_type)
    answer = await upload(amazon, document["url"], contents, content_type)
    assert answer.status_code == 200, answer.text
    return document["feedDocumentId"]


def specification(document_id: str, feed_type: str = ACKNOWLEDGEMENT, **changes: Any) -> dict[str, Any]:
    """A body for createFeed."""
    return {"feedType": feed_type, "marketplaceIds": [AMERICAN], "inputFeedDocumentId": document_id} | changes


async def submit(amazon: Amazon, contents: bytes, feed_type: str = ACKNOWLEDGEMENT, **changes: Any) -> str:
    """Upload a document, create a feed of it and return the feed's id."""
    document_id = await uploaded(amazon, contents)
    answer = await ask(amazon, "POST", FEEDS, specification(document_id, feed_type, **changes))
    assert answer.status_code == 202, answer.text
    feed_id: str = answer.json()["feedId"]
    return feed_id


async def feed(amazon: Amazon, feed_id: str) -> dict[str, Any]:
    answer = await ask(amazon, "GET", f"{FEEDS}/{feed_id}")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def download(amazon: Amazon, document_id: str) -> bytes:
    """Download a document, and unpack it if it is compressed."""
    answer = (await ask(amazon, "GET", f"{DOCUMENTS}/{document_id}")).json()
    contents = (await amazon.http.get(answer["url"])).content
    return gzip.decompress(contents) if "compressionAlgorithm" in answer else contents


async def processed(amazon: Amazon, contents: bytes, feed_type: str = ACKNOWLEDGEMENT) -> bytes:
    """Submit a document, wait until it is done, and return the report on it."""
    feed_id = await submit(amazon, contents, feed_type)
    await amazon.advance(60)
    done = await feed(amazon, feed_id)
    assert done["processingStatus"] == "DONE"
    return await download(amazon, done["resultFeedDocumentId"])


class Report:
    """A processing report in XML, read."""

    def __init__(self, contents: bytes) -> None:
        root: Element = fromstring(contents)
        [self.report] = root.findall("Message/ProcessingReport")
        self.root = root

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Messages processed, successful, with error, with warning."""
        names = ("MessagesProcessed", "MessagesSuccessful", "MessagesWithError", "MessagesWithWarning")
        counts = [int(self.report.findtext(f"ProcessingSummary/{name}", "")) for name in names]
        return counts[0], counts[1], counts[2], counts[3]

    @property
    def errors(self) -> dict[int, str]:
        """What is said of each refused message, by its id."""
        return {
            int(result.findtext("MessageID", "")): result.findtext("ResultDescription", "")
            for result in self.report.findall("Result")
        }

    @property
    def numbers(self) -> list[int]:
        """The ids of the refused messages, in the order of the results."""
        return [int(result.findtext("MessageID", "")) for result in self.report.findall("Result")]

    @property
    def codes(self) -> list[int]:
        """The codes of the results, in their order."""
        return [int(result.findtext("ResultMessageCode", "")) for result in self.report.findall("Result")]


async def report_on(amazon: Amazon, *messages: str) -> Report:
    """Submit messages and return the report on them."""
    return Report(await processed(amazon, envelope(*messages)))
