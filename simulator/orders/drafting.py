"""A new order, put together from the catalog, the crowd and chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from simulator.cast.odd_addresses import odd_address
from simulator.cast.people import Person
from simulator.instants import wire_time
from simulator.marketplaces import TAX_ON_TOP, Marketplace
from simulator.orders.documents import Document
from simulator.orders.item_drafting import Line, Terms, draft_item, draw_charges
from simulator.orders.proceeds import order_proceeds
from simulator.orders.programs import BUSINESS, apply_programs
from simulator.orders.windows import windows

SERVICE_LEVELS: Final = (("STANDARD", 70), ("EXPEDITED", 15), ("SECOND_DAY", 10), ("NEXT_DAY", 5))
CARDS: Final = ("Visa", "MasterCard", "Elo")
CASH: Final = "CashOnDelivery"
CARD: Final = "CreditCard"
PIX: Final = "Pix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is said of an order beyond its products and status; what is not is drawn, or left out.

    ``address`` is a kind of odd address or an address as Amazon spells one; ``tax_rate`` is in hundredths of a percent.
    """

    channel: str = "AMAZON"
    address: str | Document | None = None
    service_level: str | None = None
    payment_method: str | None = None
    purchase_order_number: str | None = None
    business_price: bool | None = None
    seller_order_id: str | None = None
    tax_rate: int | None = None
    original: Document | None = None  # the order that this one replaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that decides what a new order looks like."""

    order_id: str
    created: int
    status: str
    fulfilled_by: str
    marketplace: Marketplace
    buyer: Person
    lines: Sequence[Line]
    programs: Sequence[str]
    details: Details


def draw_programs(random: Random, fulfilled_by: str) -> tuple[str, ...]:
    """Draw the Amazon programs that an order is part of."""
    prime = random.random() < (0.6 if fulfilled_by == "AMAZON" else 0.2)
    business = random.random() < 0.1
    premium = fulfilled_by == "MERCHANT" and not prime and random.random() < 0.05
    wanted = {BUSINESS: business, "PREMIUM": premium, "PRIME": prime}
    return tuple(program for program, is_part in wanted.items() if is_part)


def draft_order(draft: Draft, random: Random, variety: Random) -> Document:
    """Return the whole order as Amazon knows it, with what it later withholds."""
    details = draft.details
    level = random.choices([name for name, _ in SERVICE_LEVELS], [weight for _, weight in SERVICE_LEVELS])[0]
    terms = _terms(draft, details.service_level or level)
    charges = [draw_charges(random, variety, terms, line) for line in draft.lines]
    proceeds = order_proceeds(charges, draft.marketplace.currency)
    document: Document = {
        "orderId": draft.order_id,
        "createdTime": wire_time(draft.created),
        "lastUpdatedTime": wire_time(draft.created),
        "salesChannel": {
            "channelName": details.channel,
            "marketplaceId": draft.marketplace.marketplace_id,
            "marketplaceName": draft.marketplace.name,
        },
        "buyer": _buyer(draft, random),
        "recipient": {"deliveryAddress": _address(draft)},
        "proceeds": proceeds,
        "payment": {"paymentExecutions": [_payment(draft, random, proceeds["grandTotal"])]},
        "fulfillment": {
            "fulfillmentStatus": draft.status,
            "fulfilledBy": draft.fulfilled_by,
            "fulfillmentServiceLevel": terms.level,
            **windows(draft.created, terms.level),
        },
        "orderItems": [
            draft_item(random, variety, terms, line, charge) for line, charge in zip(draft.lines, charges, strict=True)
        ],
    }
    _register_for_tax(document, draft, variety)
    apply_programs(document, draft.programs, variety)
    _replace(document, details)
    if isinstance(details.address, str):
        address = document["recipient"]["deliveryAddress"]
        document["recipient"]["deliveryAddress"] = odd_address(details.address, address)
    elif details.address is not None:
        document["recipient"]["deliveryAddress"] = details.address
    return document


def _terms(draft: Draft, level: str) -> Terms:
    details = draft.details
    usual_rate = TAX_ON_TOP.get(draft.marketplace.country, 0)
    return Terms(
        marketplace=draft.marketplace,
        level=level,
        programs=draft.programs,
        buyer_name=draft.buyer.name,
        tax_rate=usual_rate if details.tax_rate is None else details.tax_rate,
        pays_cash=details.payment_method == CASH,
        business_price=details.business_price,
        is_free=details.original is not None,
    )


def _replace(document: Document, details: Details) -> None:
    """Let the order replace another, whose buyer and address it has, and carry the seller's own number."""
    if details.seller_order_id is not None:
        document["orderAliases"] = [{"aliasId": details.seller_order_id, "aliasType": "SELLER_ORDER_ID"}]
    if details.original is None:
        return
    association = {"orderId": details.original["orderId"], "associationType": "REPLACEMENT_ORIGINAL_ID"}
    document["associatedOrders"] = [association]
    for block in ("buyer", "recipient"):
        document[block] = details.original.get(block, document[block])


def _register_for_tax(document: Document, draft: Draft, variety: Random) -> None:
    """Note how the buyer is registered, told in Turkey, and how the invoice stands, told in Brazil."""
    country, is_business = draft.marketplace.country, BUSINESS in draft.programs
    if country == "BR":
        document["tax"] = {"taxInvoicing": {"invoiceStatus": "NOT_FOUND"}}
    if country != "TR":
        return
    document["tax"] = {"taxInvoicing": {"buyerInvoicePreference": "BUSINESS" if is_business else "INDIVIDUAL"}}
    if is_business:
        registration: Document = {
            "entityType": "BUYER",
            "legalName": draft.buyer.company,
            "taxRegistrationType": "BUSINESS",
            "taxRegistrationNumber": f"{variety.randint(0, 10**10 - 1):010d}",
            "taxRegistrationAttributes": [{"key": "TAX_OFFICE", "value": "Örnek Vergi Dairesi"}],
        }
        document["tax"]["taxRegistrations"] = [registration]


def _buyer(draft: Draft, random: Random) -> Document:
    buyer: Document = {
        "buyerName": draft.buyer.name,
        "buyerEmail": f"{draft.buyer.mailbox}@marketplace.amazon.{draft.marketplace.domain}",
    }
    if BUSINESS in draft.programs:
        drawn = f"PO-{random.randint(10_000, 99_999)}"
        buyer["buyerCompanyName"] = draft.buyer.company
        buyer["buyerPurchaseOrderNumber"] = draft.details.purchase_order_number or drawn
    return buyer


def _address(draft: Draft) -> Document:
    person = draft.buyer
    is_business = BUSINESS in draft.programs
    address: dict[str, str | None] = {
        "name": person.name,
        "companyName": person.company if is_business else None,
        "addressLine1": person.line1,
        "addressLine2": person.line2,
        "city": person.city,
        "stateOrRegion": person.region,
        "postalCode": person.postal_code,
        "countryCode": person.country,
        "phone": person.phone,
        "addressType": "COMMERCIAL" if is_business else "RESIDENTIAL",
    }
    return {field: value for field, value in address.items() if value is not None}


def _payment(draft: Draft, random: Random, total: Document) -> Document:
    method = draft.details.payment_method or CARD
    payment: Document = {"paymentMethod": method, "paymentAmount": total}
    if draft.marketplace.country == "BR":
        brand, code = random.choice(CARDS), f"{random.randint(0, 999_999):06d}"
        if method in (CARD, PIX):
            payment["acquirerId"] = "00.000.000/0001-91"
            payment["authorizationCode"] = code
        if method == CARD:
            payment["cardBrand"] = brand
    return payment
