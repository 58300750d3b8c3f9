from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.amazon.acknowledgement import acknowledgement
from domain.amazon.feed_messages import Cancellation

ORDER = Cancellation(
    message_id=1, number="902-0000000-0000001", reason="NoInventory", items=(("item-1", 2), ("item-2", 1))
)


def texts(feed: bytes, name: str) -> list[str | None]:
    return [element.text for element in fromstring(feed).iter(name)]


def test_a_cancellation_names_the_order_and_every_item_with_its_quantity():
    feed = acknowledgement(merchant_id="A1SELLER", cancellations=[ORDER])
    envelope = fromstring(feed)

    assert [child.tag for child in envelope] == ["Header", "MessageType", "Message"]
    assert texts(feed, "MerchantIdentifier") == ["A1SELLER"]
    assert texts(feed, "MessageType") == ["OrderAcknowledgement"]
    assert texts(feed, "MessageID") == ["1"]
    assert texts(feed, "AmazonOrderID") == [ORDER.number]
    assert texts(feed, "StatusCode") == ["Failure"]
    items = [[(part.tag, part.text) for part in item] for item in envelope.iter("Item")]
    assert items == [
        [("AmazonOrderItemCode", "item-1"), ("CancelReason", "NoInventory"), ("Quantity", "2")],
        [("AmazonOrderItemCode", "item-2"), ("CancelReason", "NoInventory"), ("Quantity", "1")],
    ]


def test_it_says_what_it_is_written_in():
    assert acknowledgement(merchant_id="A", cancellations=[]).startswith(b"<?xml version='1.0' encoding='UTF-8'?>")


@pytest.mark.parametrize("merchant_id", [None, ""])
def test_a_seller_whose_id_nobody_knows_still_has_a_merchant_identifier(merchant_id):
    assert texts(acknowledgement(merchant_id=merchant_id, cancellations=[]), "MerchantIdentifier") == ["UNKNOWN"]


def test_what_is_markup_elsewhere_is_text_here():
    odd = Cancellation(message_id=1, number="<&]]>\"'", reason="NoInventory", items=(("</Item><Item>", 1),))
    feed = acknowledgement(merchant_id="&amp;", cancellations=[odd])

    assert texts(feed, "AmazonOrderID") == [odd.number]
    assert texts(feed, "AmazonOrderItemCode") == ["</Item><Item>"]
    assert texts(feed, "MerchantIdentifier") == ["&amp;"]


@given(st.text(), st.text())
def test_whatever_an_id_holds_the_feed_is_xml(number, item_id):
    odd = Cancellation(message_id=1, number=number, reason="NoInventory", items=((item_id, 1),))
    assert len(list(fromstring(acknowledgement(merchant_id="A", cancellations=[odd])).iter("Item"))) == 1
