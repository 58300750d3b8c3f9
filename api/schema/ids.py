"""Public ids: the type, the account and the row, in one opaque text."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from domain.accounts import records as accounts
from domain.accounts.currency_records import CurrencyRate
from domain.accounts.saved_views import SavedView
from domain.accounts.service_records import CommunicationError
from domain.amazon import records as amazon
from domain.catalog import records as catalog
from domain.channel import records as channel
from domain.commerce import records as commerce
from domain.commerce import workflow_records as workflow
from domain.commerce.customer_records import Customer
from domain.commerce.mail_records import MailMessage
from domain.errors import InvalidInput
from domain.outward import records as outward
from domain.timeline import Event

_PLAIN: Final = re.compile(r"([A-Za-z]{1,40}):(0|[1-9]\d{0,18})\.([1-9]\d{0,18})")
_LARGEST: Final = 2**63 - 1

TYPE_OF_RECORD: Final[Mapping[type, str]] = MappingProxyType(
    {
        accounts.Store: "Store",
        SavedView: "SavedView",
        accounts.SyncRun: "SyncRun",
        CurrencyRate: "CurrencyRate",
        CommunicationError: "CommunicationError",
        amazon.AmazonOrder: "AmazonOrder",
        amazon.AmazonItem: "OrderItem",
        amazon.Command: "Command",
        catalog.Product: "Product",
        channel.Attention: "Blocker",
        commerce.CommerceOrder: "CommerceOrder",
        commerce.CommerceOrderLine: "CommerceOrderLine",
        commerce.Invoice: "Invoice",
        commerce.Shipment: "Shipment",
        commerce.Package: "Package",
        commerce.CreditMemo: "CreditMemo",
        Customer: "Customer",
        MailMessage: "Email",
        workflow.OrderHold: "OrderHold",
        workflow.OrderComment: "OrderComment",
        outward.Webhook: "Webhook",
        outward.WebhookDelivery: "WebhookDelivery",
        Event: "OrderEvent",
    }
)
"""The type named in the id of each record; all kinds of blockers share one, and so do all kinds of events."""


class NodeId(NamedTuple):
    """What an id says; account 0 stands for what belongs to no account."""

    type_name: str
    account_id: int
    row_id: int

    def __str__(self) -> str:
        return b64encode(f"{self.type_name}:{self.account_id}.{self.row_id}".encode()).decode()


def id_of(record: Any) -> str:
    """Return the public id of a stored record."""
    account_id = getattr(record, "account_id", None) or 0
    return str(NodeId(TYPE_OF_RECORD[type(record)], account_id, record.pk))


def parse_id(text: str, *, path: tuple[str, ...] = ("id",)) -> NodeId:
    """Read a public id.

    Raises InvalidInput for anything that this API cannot have handed out.
    """
    try:
        plain = b64decode(text, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        plain = ""
    found = _PLAIN.fullmatch(plain)
    if found is None or int(found[2]) > _LARGEST or int(found[3]) > _LARGEST:
        raise InvalidInput("This is not an id of this API; pass an `id` as a query returned it.", path=path)
    return NodeId(found[1], int(found[2]), int(found[3]))


def typed_id(text: str, type_name: str, *, path: tuple[str, ...] = ("id",)) -> NodeId:
    """Read the public id of something of one type.

    Raises InvalidInput for a malformed id and for that of another type.
    """
    found = parse_id(text, path=path)
    if found.type_name != type_name:
        raise InvalidInput(f"This is the id of {found.type_name}; expected is the id of {type_name}.", path=path)
    return found
