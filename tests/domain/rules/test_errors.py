import pytest

from domain.errors import (
    ActionNotAllowed,
    CredentialsRejected,
    DomainError,
    Duplicate,
    ErrorCode,
    IdempotencyKeyReused,
    InsufficientStock,
    InvalidInput,
    LimitExceeded,
    MarketplaceRejected,
    MarketplaceThrottled,
    MarketplaceUnavailable,
    NotFound,
    QuantityTooLarge,
    RequiredInput,
    StaleVersion,
)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (InvalidInput, ErrorCode.INVALID),
        (RequiredInput, ErrorCode.REQUIRED),
        (NotFound, ErrorCode.NOT_FOUND),
        (Duplicate, ErrorCode.DUPLICATE),
        (LimitExceeded, ErrorCode.LIMIT_EXCEEDED),
        (IdempotencyKeyReused, ErrorCode.IDEMPOTENCY_KEY_REUSED),
        (MarketplaceUnavailable, ErrorCode.MARKETPLACE_UNAVAILABLE),
        (MarketplaceThrottled, ErrorCode.MARKETPLACE_THROTTLED),
        (MarketplaceRejected, ErrorCode.MARKETPLACE_REJECTED),
        (CredentialsRejected, ErrorCode.MARKETPLACE_REJECTED),
    ],
)
def test_a_refusal_has_its_code_message_and_path(kind, code):
    refusal = kind("Not like this.", path=("input", "name"))
    assert isinstance(refusal, DomainError)
    assert (refusal.code, refusal.message, str(refusal), refusal.path) == (
        code,
        "Not like this.",
        "Not like this.",
        ("input", "name"),
    )


def test_only_what_amazon_asks_to_wait_for_is_worth_repeating():
    kinds = (InvalidInput, MarketplaceUnavailable, MarketplaceThrottled, MarketplaceRejected, CredentialsRejected)
    retryable = [kind for kind in kinds if kind("x").retryable]
    assert retryable == [MarketplaceUnavailable, MarketplaceThrottled]


def test_a_stale_version_says_both_versions_and_what_to_do():
    refusal = StaleVersion(expected=3, actual=5)
    assert (refusal.code, refusal.expected, refusal.actual) == (ErrorCode.STALE_VERSION, 3, 5)
    assert refusal.path == ("expectedVersion",)
    assert "you saw version 3, it is 5 now" in refusal.message


def test_refusals_carry_the_facts_a_way_out_needs():
    quantity = QuantityTooLarge("Too many.", requested=5, available=2)
    assert (quantity.code, quantity.requested, quantity.available) == (ErrorCode.QUANTITY_TOO_LARGE, 5, 2)
    action = ActionNotAllowed("No.", action="SHIP", current_status="canceled")
    assert (action.code, action.action, action.current_status) == (ErrorCode.ACTION_NOT_ALLOWED, "SHIP", "canceled")
    stock = InsufficientStock("None left.", product_id=7, requested=5, available=0)
    assert (stock.code, stock.product_id, stock.requested, stock.available) == (ErrorCode.INSUFFICIENT_STOCK, 7, 5, 0)


def test_amazons_answer_carries_what_support_asks_for():
    refusal = MarketplaceUnavailable("Busy.", amazon_code="QuotaExceeded", request_id="r-1", retry_after=2.5)
    assert (refusal.amazon_code, refusal.request_id, refusal.retry_after) == ("QuotaExceeded", "r-1", 2.5)
