"""What Amazon says beyond what we know: kept, so that nothing is lost, but never where buyer data may be."""

import re
from typing import Final

import msgspec

from api.amazon import wire

_READ: Final = frozenset(wire.Order.__struct_encode_fields__)
_NOT_KEPT: Final = frozenset(["orderAliases", "tax", "fulfillmentOrders", "expense"])
_FULFILLMENT_READ: Final = frozenset(wire.Fulfillment.__struct_encode_fields__) | {
    "deliverByWindow",
    "labelPrintingWindow",
}
_PERSONAL: Final = re.compile(
    r"buyer|recipient|address|name|phone|mail|customer|contact|person|gift|message|note|text|comment|instruction"
    r"|payment|card|tax|invoice|street|city|postal|zip|company|birth|passport|identi|url|location|latitude|longitude",
    re.IGNORECASE,
)
_DEPTH: Final = 4
_LONGEST: Final = 200
_LARGEST: Final = 2**53
_MOST: Final = 50


def unknown_fields(raw: msgspec.Raw | bytes) -> dict[str, object]:
    """Return the order's unknown fields and those of its fulfillment, without any whose name sounds personal."""
    written = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
    extra = _kept(written, _READ | _NOT_KEPT)
    fulfillment = written.get("fulfillment")
    if fulfillment is not None and bytes(fulfillment) != b"null":
        inside = _kept(msgspec.json.decode(fulfillment, type=dict[str, msgspec.Raw]), _FULFILLMENT_READ)
        if inside:
            extra["fulfillment"] = inside
    return extra


def _kept(written: dict[str, msgspec.Raw], known: frozenset[str]) -> dict[str, object]:
    unknown = [name for name in written if name not in known and not _PERSONAL.search(name)]
    return {name: _harmless(msgspec.json.decode(written[name]), _DEPTH) for name in unknown[:_MOST]}


def _harmless(value: object, depth: int) -> object:
    if isinstance(value, dict):
        names = [name for name in value if not _PERSONAL.search(name)] if depth else []
        return {name: _harmless(value[name], depth - 1) for name in names[:_MOST]}
    if isinstance(value, list):
        return [_harmless(entry, depth - 1) for entry in value[:_MOST]] if depth else []
    if isinstance(value, str):
        return value if len(value) <= _LONGEST else None
    return None if isinstance(value, int) and abs(value) > _LARGEST else value
