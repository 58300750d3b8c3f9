"""A new order, put together from the catalog, the crowd and chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from simulator.amounts import money
from simulator.cast.catalog import Product
from simulator.cast.people import Person
from simulator.instants import wire_time
from simulator.marketplaces import TAX_ON_TOP, Marketplace
from simulator.orders.documents import Document
from simulator.orders.proceeds import Charges, item_proceeds, order_proceeds
from simulator.orders.windows import windows

SERVICE_LEVELS: Final = (("STANDARD", 70), ("EXPEDITED", 15), ("SECOND_DAY", 10), ("NEXT_DAY", 5))
SHIPPING: Final = {"STANDARD": 0.25, "EXPEDITED": 0.3, "SECOND_DAY": 0.35, "NEXT_DAY": 0.4}  # of one unit's price
FACILITATOR: Final = {"NA": "Amazon Services, Inc.", "EU": "Amazon Services Europe S.a.r.L.", "FE": "Amazon"}
CARDS: Final = ("Visa", "MasterCard", "Elo")


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order, so many of it, at a price for one unit in minor units."""

    product: Product
    quantity: int
    unit_price: int


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


def draw_lines(random: Random, products: Sequence[Product], currency: str, *, units: int = 1) -> tuple[Line, ...]:
    """Draw one to four products of which at least so many units are bought in all."""
    chosen = random.sample(products, random.choices((1, 2, 3, 4), (60, 25, 10, 5))[0])
    lines = [Line(one, random.choices((1, 2, 3), (80, 15, 5))[0], one.price(currency)) for one in chosen]
    missing = max(0, units - sum(line.quantity for line in lines))
    lines[0] = Line(lines[0].product, lines[0].quantity + missing, lines[0].unit_price)
    return tuple(lines)


def draw_programs(random: Random, fulfilled_by: str) -> tuple[str, ...]:
    """Draw the Amazon programs that an order is part of."""
    prime = random.random() < (0.6 if fulfilled_by == "AMAZON" else 0.2)
    business = random.random() < 0.1
    premium = fulfilled_by == "MERCHANT" and not prime and random.random() < 0.05
    wanted = {"AMAZON_BUSINESS": business, "PREMIUM": premium, "PRIME": prime}
    return tuple(program for program, is_part in wanted.items() if is_part)


def draft_order(draft: Draft, random: Random) -> Document:
    """Return the whole order as Amazon knows it, with what it later withholds."""
    level = random.choices([name for name, _ in SERVICE_LEVELS], [weight for _, weight in SERVICE_LEVELS])[0]
    charges = [_draw_charges(random, draft, line, level) for line in draft.lines]
    currency = draft.marketplace.currency
    proceeds = order_proceeds(charges, currency)
    document: Document = {
        "orderId": draft.order_id,
        "createdTime": wire_time(draft.created),
        "lastUpdatedTime": wire_time(draft.created),
        "salesChannel": {
            "channelName": "AMAZON",
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
            "fulfillmentServiceLevel": level,
            **windows(draft.created, level),
        },
        "orderItems": [_item(draft, random, line, charge) for line, charge in zip(draft.lines, charges, strict=True)],
    }
    if draft.programs:
        document["programs"] = list(draft.programs)
    return document


def _draw_charges(random: Random, draft: Draft, line: Line, level: str) -> Charges:
    pays_shipping = "PRIME" not in draft.programs and (level != "STANDARD" or random.random() < 0.3)
    has_discount, is_wrapped = random.random() < 0.1, random.random() < 0.05
    total = line.unit_price * line.quantity
    return Charges(
        item=total,
        shipping=int(line.unit_price * SHIPPING[level]) if pays_shipping and line.quantity else 0,
        gift_wrap=line.unit_price // 5 if is_wrapped and line.quantity else 0,
        discount=total // 10 if has_discount else 0,
        tax_rate=TAX_ON_TOP.get(draft.marketplace.country, 0),
    )


def _item(draft: Draft, random: Random, line: Line, charges: Charges) -> Document:
    currency = draft.marketplace.currency
    item: Document = {
        "orderItemId": f"{random.randint(10**13, 10**14 - 1)}",
        "quantityOrdered": line.quantity,
        "product": {
            "asin": line.product.asin,
            "title": line.product.title,
            "sellerSku": line.product.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": {"unitPrice": money(line.unit_price, currency)},
        },
        "proceeds": item_proceeds(charges, currency),
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": line.quantity},
    }
    if charges.discount:
        item["promotion"] = {"breakdowns": [{"promotionId": f"SAVE-10-{draft.marketplace.country}"}]}
    if charges.gift_wrap:
        gift = {"giftMessage": f"With best wishes from {draft.buyer.name}", "giftWrapLevel": "STANDARD"}
        item["fulfillment"]["packing"] = {"giftOption": gift}
    if charges.tax_rate:
        party = FACILITATOR[draft.marketplace.region]
        item["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}]}
    return item


def _buyer(draft: Draft, random: Random) -> Document:
    buyer: Document = {
        "buyerName": draft.buyer.name,
        "buyerEmail": f"{draft.buyer.mailbox}@marketplace.amazon.{draft.marketplace.domain}",
    }
    if "AMAZON_BUSINESS" in draft.programs:
        buyer["buyerCompanyName"] = draft.buyer.company
        buyer["buyerPurchaseOrderNumber"] = f"PO-{random.randint(10_000, 99_999)}"
    return buyer


def _address(draft: Draft) -> Document:
    person = draft.buyer
    is_business = "AMAZON_BUSINESS" in draft.programs
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
    payment: Document = {"paymentMethod": "CreditCard", "paymentAmount": total}
    if draft.marketplace.country == "BR":
        payment["acquirerId"] = "00.000.000/0001-91"
        payment["cardBrand"] = random.choice(CARDS)
        payment["authorizationCode"] = f"{random.randint(0, 999_999):06d}"
    return payment
