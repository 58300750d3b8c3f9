"""Orders in a snapshot: how each is spelt there, and what is checked before one comes back."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import msgspec

from simulator.instants import parse_time
from simulator.orders.documents import Common, Document, unpack
from simulator.orders.item_model import Order

LARGEST: Final = 64 * 1024 * 1024  # bytes that one document may unfold to
WHERE: Final = re.compile(r" - at `\$(.*)`$")


class KeptOrder(msgspec.Struct, rename="camel", omit_defaults=True):
    """An order as a snapshot keeps it; a folded document is base64 text."""

    seller: str
    document: str | dict[str, Any]
    is_verbatim: bool = False
    is_delivered: bool = False
    is_returned: bool = False
    awaits_invoice: bool = False
    moved: int | None = None  # when it came to its status, where something else has happened since


class KeptBook(msgspec.Struct):
    """All orders as a snapshot keeps them, with the sample that folded documents need."""

    orders: list[KeptOrder]
    sample: str | None = None

    def common(self) -> Common | None:
        """Return what the folded documents have in common. Raises ValueError."""
        return None if self.sample is None else Common(_decode(self.sample, ".sample"))


class Entry(NamedTuple):
    """An order that was found good."""

    kept: KeptOrder
    document: Document
    folded: bytes | None


def text(raw: bytes) -> str:
    """Spell bytes as JSON can carry them."""
    return b64encode(raw).decode()


def entries(book: KeptBook, common: Common | None) -> Iterator[Entry]:
    """Walk the orders of a snapshot, each checked against Amazon's model. Raises ValueError, which names the path."""
    known: set[str] = set()
    for place, kept in enumerate(book.orders):
        path = f".orders[{place}].document"
        folded, document = None, kept.document
        if isinstance(document, str):
            folded = _decode(document, path)
            document = _unfold(folded, common, path)
        _check(document, path)
        if document["orderId"] in known:
            raise _wrong("the same order is there twice", path)
        known.add(document["orderId"])
        yield Entry(kept, document, folded)


def _check(document: Document, path: str) -> None:
    try:
        msgspec.convert(document, Order)
    except msgspec.ValidationError as error:
        found = WHERE.search(str(error))
        raise _wrong(WHERE.sub("", str(error)), path + (found[1] if found else "")) from error
    for name in ("createdTime", "lastUpdatedTime"):
        if parse_time(document[name]) is None:
            raise _wrong("not a date and time of ISO 8601", f"{path}.{name}")


def _decode(encoded: str, path: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _wrong("not base64", path) from error


def _unfold(folded: bytes, common: Common | None, path: str) -> Document:
    if common is None:
        raise _wrong("folded, and there is no sample", path)
    try:
        return unpack(common.unfold(folded, most=LARGEST))
    except ValueError as error:
        raise _wrong("not a folded document", path) from error


def _wrong(message: str, path: str) -> ValueError:
    return ValueError(f"{message} - at `${path}`")
