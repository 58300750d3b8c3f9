from domain.amazon.cancel_reasons import CALL_REASONS, FEED_REASONS, CancelReason

FEED_4_1 = {
    "NoInventory",
    "ShippingAddressUndeliverable",
    "CustomerExchange",
    "BuyerCanceled",
    "GeneralAdjustment",
    "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure",
    "CustomerReturn",
    "MerchandiseNotReceived",
}
CALL = {"NO_INVENTORY", "BUYER_CANCELLED", "SHIPPING_ADDRESS_UNDELIVERABLE", "CUSTOMER_EXCHANGE", "PRICING_ERROR"}


def test_every_reason_has_a_word_of_its_own_in_the_feed() -> None:
    assert set(FEED_REASONS) == set(CancelReason)
    assert set(FEED_REASONS.values()) == FEED_4_1 | {"PricingError"}


def test_every_reason_says_whether_the_call_knows_it() -> None:
    assert set(CALL_REASONS) == set(CancelReason)
    known = [word for word in CALL_REASONS.values() if word is not None]
    assert len(known) == len(set(known))
    assert set(known) == CALL


def test_the_words_of_feed_and_call_mean_the_same() -> None:
    for reason, word in CALL_REASONS.items():
        if word is not None:
            assert word.replace("CANCELLED", "CANCELED").replace("_", "").lower() == FEED_REASONS[reason].lower()
