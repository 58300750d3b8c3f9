from xml.etree.ElementTree import Element, fromstring

from api.amazon.adjustment import adjustment
from domain.amazon.feed_messages import AdjustedItem, Adjustment
from domain.money import Money
from simulator.feeds.adjustments import read_adjustments
from simulator.feeds.requests import Adjustment as Read

NUMBER = "902-0000000-0000001"
PAID = (("Principal", Money(1234, "USD")), ("RestockingFee", Money(-50, "USD")))
REFUND = Adjustment(
    message_id=1,
    number=NUMBER,
    is_cancellation=False,
    reason="CustomerReturn",
    items=(AdjustedItem(item_id="i1", components=PAID),),
)
CANCEL = Adjustment(
    message_id=2,
    number=NUMBER,
    is_cancellation=True,
    reason="NoInventory",
    items=(AdjustedItem(item_id="i1", canceled=2), AdjustedItem(item_id="i2", canceled=1)),
)


def written(*adjustments: Adjustment) -> Element:
    return fromstring(adjustment(merchant_id="A1SELLER", adjustments=adjustments))


def test_a_refund_names_each_component_with_its_currency_and_no_quantity() -> None:
    feed = written(REFUND)
    assert [child.tag for child in feed] == ["Header", "MessageType", "Message"]
    assert feed.findtext("MessageType") == "OrderAdjustment"
    assert feed.findtext("Message/OrderAdjustment/ActionType") == "Refund"
    (item,) = feed.iter("AdjustedItem")
    assert [child.tag for child in item] == ["AmazonOrderItemCode", "AdjustmentReason", "ItemPriceAdjustments"]
    amounts = [(one.findtext("Type"), one.findtext("Amount")) for one in item.iter("Component")]
    assert amounts == [("Principal", "12.34"), ("RestockingFee", "-0.50")]
    assert {amount.get("currency") for amount in item.iter("Amount")} == {"USD"}


def test_a_cancellation_names_units_and_no_money() -> None:
    feed = written(CANCEL)
    assert feed.findtext("Message/OrderAdjustment/ActionType") == "Cancel"
    assert [item.findtext("QuantityCancelled") for item in feed.iter("AdjustedItem")] == ["2", "1"]
    assert not list(feed.iter("ItemPriceAdjustments"))


def test_yen_have_no_decimals() -> None:
    item = AdjustedItem(item_id="i1", components=(("Principal", Money(1099, "JPY")),))
    one = Adjustment(message_id=1, number=NUMBER, is_cancellation=False, reason="Other", items=(item,))
    (amount,) = written(one).iter("Amount")
    assert (amount.text, amount.get("currency")) == ("1099", "JPY")


def test_amazon_reads_both() -> None:
    feed = adjustment(merchant_id=None, adjustments=[REFUND, CANCEL])
    refund, cancel = (message.asks for message in read_adjustments(feed))
    assert isinstance(refund, Read)
    assert isinstance(cancel, Read)
    assert (refund.is_cancellation, cancel.is_cancellation) == (False, True)
    assert [(item.item_code, item.cancelled) for item in cancel.items] == [("i1", "2"), ("i2", "1")]
