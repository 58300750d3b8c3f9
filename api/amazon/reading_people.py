"""Who bought an order and where it goes, from Amazon's answer: buyer data."""

from api.amazon import wire
from domain.amazon.facts import AddressFacts, BuyerFacts


def buyer_facts(order: wire.Order) -> BuyerFacts | None:
    """Return who bought, with the buyer's own words where one asks to cancel; None where Amazon says nothing."""
    reason = next(
        (
            item.cancellation.cancellation_request.cancel_reason
            for item in order.order_items or ()
            if item.cancellation and item.cancellation.cancellation_request
        ),
        None,
    )
    buyer = order.buyer or wire.Buyer()
    facts = BuyerFacts(
        name=buyer.buyer_name or None,
        email=buyer.buyer_email or None,
        company=buyer.buyer_company_name or None,
        purchase_order_number=buyer.buyer_purchase_order_number or None,
        cancel_reason=reason or None,
    )
    return facts if facts != BuyerFacts() else None


def address_facts(order: wire.Order) -> AddressFacts | None:
    """Return where it goes; None where Amazon says nothing."""
    address = order.recipient.delivery_address if order.recipient else None
    if address is None:
        return None
    facts = AddressFacts(
        name=address.name or address.company_name or None,
        line1=address.address_line1 or None,
        line2=address.address_line2 or None,
        line3=address.address_line3 or None,
        city=address.city or None,
        region=address.state_or_region or None,
        postal_code=address.postal_code or None,
        country_code=address.country_code or None,
        phone=address.phone or None,
    )
    return facts if facts != AddressFacts() else None
