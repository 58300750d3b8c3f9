"""The items of a new order: what each costs, what it is promised with, how it is wrapped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from simulator.amounts import money
from simulator.cast.catalog import Product
from simulator.marketplaces import Marketplace
from simulator.orders.documents import Document
from simulator.orders.proceeds import Charges, item_proceeds

SHIPPING: Final = {"STANDARD": 0.25, "EXPEDITED": 0.3, "SECOND_DAY": 0.35, "NEXT_DAY": 0.4}  # of one unit's price
DEAREST_SHIPPING: Final = 0.4
FACILITATOR: Final = {"NA": "Amazon Services, Inc.", "EU": "Amazon Services Europe S.a.r.L.", "FE": "Amazon"}
POINT: Final = 1  # one Amazon Point is worth one yen


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a line must have beside its product and price; what is not said is drawn by chance.

    ``charges`` are amounts for the whole line in minor units, by the names of ``Charges``.
    """

    charges: Mapping[str, int] = field(default_factory=dict)
    gift_message: str | None = None
    gift_wrap_level: str | None = None
    programs: Sequence[str] = ()
    points: int = 0


NO_EXTRAS: Final = Extras()


@dataclass(frozen=True, slots=True)
class Line:
    """One product of an order, so many of it, at a price for one unit in minor units."""

    product: Product
    quantity: int
    unit_price: int
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all lines of an order."""

    marketplace: Marketplace
    level: str
    programs: Sequence[str]
    buyer_name: str
    tax_rate: int
    pays_cash: bool = False
    business_price: bool | None = None
    is_free: bool = False


def draw_lines(random: Random, products: Sequence[Product], currency: str, *, units: int = 1) -> tuple[Line, ...]:
    """Draw one to four products of which at least so many units are bought in all."""
    chosen = random.sample(products, random.choices((1, 2, 3, 4), (60, 25, 10, 5))[0])
    lines = [Line(one, random.choices((1, 2, 3), (80, 15, 5))[0], one.price(currency)) for one in chosen]
    missing = max(0, units - sum(line.quantity for line in lines))
    lines[0] = Line(lines[0].product, lines[0].quantity + missing, lines[0].unit_price)
    return tuple(lines)


def draw_charges(random: Random, variety: Random, terms: Terms, line: Line) -> Charges:
    """Draw what a line costs, but for what is said of it; ``variety`` draws what came later to the simulator."""
    pays_shipping = "PRIME" not in terms.programs and (terms.level != "STANDARD" or random.random() < 0.3)
    has_discount, is_wrapped = random.random() < 0.1, random.random() < 0.05
    is_shipping_free = variety.random() < 0.04
    total = line.unit_price * line.quantity
    if terms.is_free:
        return Charges(item=0, tax_rate=terms.tax_rate)
    share = SHIPPING.get(terms.level, DEAREST_SHIPPING)
    shipping = int(line.unit_price * share) if pays_shipping and line.quantity else 0
    drawn = {
        "shipping": shipping,
        "gift_wrap": line.unit_price // 5 if is_wrapped and line.quantity else 0,
        "discount": total // 10 if has_discount else 0,
        "shipping_discount": shipping if is_shipping_free else 0,
        "cod_fee": line.unit_price // 50 if terms.pays_cash and line.quantity else 0,
    }
    said = dict(line.extras.charges)
    if "shipping" in said:
        said.setdefault("shipping_discount", 0)
    return Charges(item=total, tax_rate=terms.tax_rate, **(drawn | said))


def draft_item(random: Random, variety: Random, terms: Terms, line: Line, charges: Charges) -> Document:
    """Return an order item as Amazon knows it."""
    currency = terms.marketplace.currency
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
    if line.extras.programs:
        item["programs"] = list(line.extras.programs)
    if _has_business_price(variety, terms):
        item["product"]["price"]["priceDesignation"] = "BUSINESS_PRICE"
    _promote(item, terms.marketplace.country, charges)
    _wrap(item, terms, line, charges)
    _burden(item, terms, line, charges)
    return item


def _has_business_price(variety: Random, terms: Terms) -> bool:
    drawn = variety.random() < 0.5
    wanted = drawn if terms.business_price is None else terms.business_price
    return wanted and "AMAZON_BUSINESS" in terms.programs


def _promote(item: Document, country: str, charges: Charges) -> None:
    names = []
    if charges.discount:
        names.append(f"SAVE-10-{country}")
    if charges.shipping_discount:
        names.append(f"FREE-SHIPPING-{country}")
    if names:
        item["promotion"] = {"breakdowns": [{"promotionId": name} for name in names]}


def _wrap(item: Document, terms: Terms, line: Line, charges: Charges) -> None:
    extras = line.extras
    message, level = extras.gift_message, extras.gift_wrap_level
    if charges.gift_wrap:
        message = message or f"With best wishes from {terms.buyer_name}"
        level = level or "STANDARD"
    gift = {name: value for name, value in (("giftMessage", message), ("giftWrapLevel", level)) if value is not None}
    if gift:
        item["fulfillment"]["packing"] = {"giftOption": gift}


def _burden(item: Document, terms: Terms, line: Line, charges: Charges) -> None:
    """Note the taxes that Amazon collects, the cash that the carrier collects, the points that the seller grants."""
    if charges.tax_rate:
        party = FACILITATOR[terms.marketplace.region]
        item["tax"] = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": party}]}
    if terms.pays_cash:
        item["fulfillment"]["shipping"] = {"shippingConstraints": {"cashOnDelivery": "MANDATORY"}}
    if line.extras.points:
        worth = money(line.extras.points * POINT, terms.marketplace.currency)
        granted = {"pointsNumber": line.extras.points, "pointsMonetaryValue": worth}
        item["expense"] = {"pointsCost": {"pointsGranted": granted}}
