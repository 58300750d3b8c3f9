"""Orders to place: what a body wants of them, each option checked against the others."""

from typing import Final

import msgspec
from msgspec import UNSET

from simulator.amounts import parse_amount
from simulator.cast.odd_addresses import OF_ONE_COUNTRY
from simulator.control.bodies import ControlError, PlacedAddress, PlacedItem, PlaceOrders
from simulator.instants import SECOND
from simulator.marketplaces import FIRST_MARKETPLACE, MARKETPLACES, Marketplace
from simulator.orders.book import SimulatedOrder
from simulator.orders.bringing import BORN_AS
from simulator.orders.drafting import CASH, PIX, Details
from simulator.orders.item_drafting import Extras
from simulator.orders.notes import PlannedPayment
from simulator.orders.placing import WantedItem, Wish
from simulator.orders.programs import BUSINESS, wrong_program
from simulator.world import World

COUNTRY_OF_METHOD: Final = {PIX: "BR", "ConvenienceStore": "JP"}


def wish_of(world: World, body: PlaceOrders) -> Wish:
    """Return what the body wants. Raises ControlError that names the field which stands against the rest."""
    original = _original(world, body)
    marketplace = _marketplace(body, original)
    _check_state(body)
    _check_programs(body)
    _check_country(body, marketplace)
    items = [] if body.items is UNSET else body.items
    return Wish(
        seller=body.seller,
        marketplace_id=marketplace.marketplace_id,
        fulfilled_by=body.fulfilled_by,
        status=body.fulfillment_status,
        items=[_wanted(body, item, marketplace, number) for number, item in enumerate(items)],
        programs=None if body.programs is UNSET else body.programs,
        details=_details(body, original),
        payment=_payment(body),
        awaits_invoice=body.awaits_invoice,
    )


def _original(world: World, body: PlaceOrders) -> SimulatedOrder | None:
    if body.replacement_for is UNSET:
        return None
    order = world.book.get(body.replacement_for)
    if order is None or order.seller != body.seller or order.marketplace_id not in MARKETPLACES:
        raise _wrong("the seller has no such order", "replacementFor")
    if order.status not in ("PARTIALLY_SHIPPED", "SHIPPED"):
        raise _wrong("only what was shipped is replaced", "replacementFor")
    return order


def _marketplace(body: PlaceOrders, original: SimulatedOrder | None) -> Marketplace:
    usual = original.marketplace_id if original else FIRST_MARKETPLACE
    marketplace_id = usual if body.marketplace_id is UNSET else body.marketplace_id
    if marketplace_id not in MARKETPLACES:
        raise _wrong("there is no such marketplace", "marketplaceId")
    if original is not None and marketplace_id != usual:
        raise _wrong("the order that is replaced was placed elsewhere", "marketplaceId")
    return MARKETPLACES[marketplace_id]


def _check_state(body: PlaceOrders) -> None:
    party, status, channel = body.fulfilled_by, body.fulfillment_status, body.channel_name
    is_unpaid, is_preorder = status in BORN_AS, status == "PENDING_AVAILABILITY"
    refused = "PARTIALLY_SHIPPED" if party == "AMAZON" else "UNFULFILLABLE"
    wrong = (
        (status == refused, "fulfillmentStatus", f"no order fulfilled by {party} is {status}"),
        (channel == "NON_AMAZON" and party != "AMAZON", "channelName", "a merchant fulfils Amazon's own orders only"),
        (channel == "AMAZON" and status == "UNFULFILLABLE", "channelName", "only an order from elsewhere is that"),
        (body.payment_takes is not UNSET and not is_unpaid, "paymentTakes", "the order is placed as paid"),
        (body.payment_fails and not is_unpaid, "paymentFails", "the order is placed as paid"),
        (body.release_takes is not UNSET and not is_preorder, "releaseTakes", "the order is no pre-order"),
        (body.awaits_invoice and status != "SHIPPED", "awaitsInvoice", "all items are shipped by then"),
    )
    for is_wrong, field, message in wrong:
        if is_wrong:
            raise _wrong(message, field)


def _check_programs(body: PlaceOrders) -> None:
    programs = [] if body.programs is UNSET else body.programs
    found = wrong_program(programs, body.fulfilled_by)
    if found is not None:
        raise _wrong(found[1], f"programs[{found[0]}]")
    if BUSINESS not in programs:
        for value, field in (
            (body.purchase_order_number, "purchaseOrderNumber"),
            (body.business_price, "businessPrice"),
        ):
            if value is not UNSET:
                raise _wrong(f"needs the program {BUSINESS}", field)


def _check_country(body: PlaceOrders, marketplace: Marketplace) -> None:
    method, kind = body.payment_method, body.address
    if method is not UNSET and COUNTRY_OF_METHOD.get(method, marketplace.country) != marketplace.country:
        raise _wrong(f"nobody pays like this in {marketplace.country}", "paymentMethod")
    if isinstance(kind, str) and OF_ONE_COUNTRY.get(kind, marketplace.country) != marketplace.country:
        raise _wrong(f"there is no such address in {marketplace.country}", "address")


def _details(body: PlaceOrders, original: SimulatedOrder | None) -> Details:
    said = {
        "channel": body.channel_name,
        "address": msgspec.to_builtins(body.address) if isinstance(body.address, PlacedAddress) else body.address,
        "service_level": body.service_level,
        "payment_method": body.payment_method,
        "purchase_order_number": body.purchase_order_number,
        "business_price": body.business_price,
        "seller_order_id": body.seller_order_id,
        "tax_rate": UNSET if body.tax_rate is UNSET else parse_amount(body.tax_rate, "USD"),
        "original": original.read() if original else None,
    }
    return Details(**{name: value for name, value in said.items() if value is not UNSET})  # type: ignore[arg-type]


def _payment(body: PlaceOrders) -> PlannedPayment | None:
    takes = None if body.payment_takes is UNSET else body.payment_takes * SECOND
    release = None if body.release_takes is UNSET else body.release_takes * SECOND
    planned = PlannedPayment(takes=takes, fails=body.payment_fails, release_takes=release)
    return None if planned == PlannedPayment() else planned


def _wanted(body: PlaceOrders, item: PlacedItem, marketplace: Marketplace, number: int) -> WantedItem:
    place, currency = f"items[{number}]", marketplace.currency
    if item.price is not None and body.replacement_for is not UNSET:
        raise _wrong("a replacement costs nothing", f"{place}.price")
    if item.points and marketplace.country != "JP":
        raise _wrong("points are granted in JP only", f"{place}.points")
    if item.cod_fee is not UNSET and body.payment_method != CASH:
        raise _wrong(f"needs the payment method {CASH}", f"{place}.codFee")
    said = {
        "shipping": item.shipping,
        "gift_wrap": item.gift_wrap,
        "cod_fee": item.cod_fee,
        "other": item.other,
        "discount": item.discount,
        "shipping_discount": item.shipping_discount,
    }
    camel = {"gift_wrap": "giftWrap", "cod_fee": "codFee", "shipping_discount": "shippingDiscount"}
    charges = {
        name: _amount(value, currency, f"{place}.{camel.get(name, name)}")
        for name, value in said.items()
        if value is not UNSET
    }
    extras = Extras(
        charges=charges,
        gift_message=item.gift_message,
        gift_wrap_level=item.gift_wrap_level,
        programs=item.programs,
        points=item.points,
    )
    price = None if item.price is None else _amount(item.price, currency, f"{place}.price")
    return WantedItem(sku=item.sku, quantity=item.quantity, price=price, extras=extras)


def _amount(text: str, currency: str, field: str) -> int:
    amount = parse_amount(text, currency)
    if amount is None:
        raise _wrong(f"not an amount of {currency} as a decimal string", field)
    return amount


def _wrong(message: str, field: str) -> ControlError:
    return ControlError(422, "INVALID", message, field)
