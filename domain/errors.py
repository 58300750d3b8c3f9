"""The expected refusals, each with the facts a person needs to find the way out."""

from enum import StrEnum


class ErrorCode(StrEnum):
    """What kind of refusal it is, stable for programs."""

    REQUIRED = "REQUIRED"
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    DUPLICATE = "DUPLICATE"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    ACTION_NOT_ALLOWED = "ACTION_NOT_ALLOWED"
    QUANTITY_TOO_LARGE = "QUANTITY_TOO_LARGE"
    AMOUNT_TOO_LARGE = "AMOUNT_TOO_LARGE"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    MARKETPLACE_REJECTED = "MARKETPLACE_REJECTED"
    MARKETPLACE_THROTTLED = "MARKETPLACE_THROTTLED"
    MARKETPLACE_UNAVAILABLE = "MARKETPLACE_UNAVAILABLE"
    READ_ONLY_MODE = "READ_ONLY_MODE"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"


class DomainError(Exception):
    """A refusal: expected, typed, worded for a person; `path` names the input field, outermost first."""

    code: ErrorCode = ErrorCode.INVALID
    retryable = False

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class InvalidInput(DomainError):
    """A value that cannot be accepted as it is."""


class RequiredInput(DomainError):
    """A value that is missing or blank."""

    code = ErrorCode.REQUIRED


class NotFound(DomainError):
    """Nothing of that name or id."""

    code = ErrorCode.NOT_FOUND


class Duplicate(DomainError):
    """It is there already."""

    code = ErrorCode.DUPLICATE


class LimitExceeded(DomainError):
    """More than one request may ask for."""

    code = ErrorCode.LIMIT_EXCEEDED


class IdempotencyKeyReused(DomainError):
    """The same key came with another input."""

    code = ErrorCode.IDEMPOTENCY_KEY_REUSED


class QuantityTooLarge(DomainError):
    """More than is left."""

    code = ErrorCode.QUANTITY_TOO_LARGE

    def __init__(self, message: str, *, path: tuple[str, ...] = (), requested: int, available: int) -> None:
        super().__init__(message, path=path)
        self.requested = requested
        self.available = available


class AmountTooLarge(DomainError):
    """More money than is left; amounts in minor units of the currency."""

    code = ErrorCode.AMOUNT_TOO_LARGE

    def __init__(
        self, message: str, *, path: tuple[str, ...] = (), requested: int, available: int, currency: str
    ) -> None:
        super().__init__(message, path=path)
        self.requested = requested
        self.available = available
        self.currency = currency


class ActionNotAllowed(DomainError):
    """The order's state forbids the action; `action` and `current_status` are the schema's words."""

    code = ErrorCode.ACTION_NOT_ALLOWED

    def __init__(self, message: str, *, path: tuple[str, ...] = (), action: str, current_status: str) -> None:
        super().__init__(message, path=path)
        self.action = action
        self.current_status = current_status


class StaleVersion(DomainError):
    """Somebody changed it in between."""

    code = ErrorCode.STALE_VERSION

    def __init__(self, *, expected: int, actual: int, path: tuple[str, ...] = ("expectedVersion",)) -> None:
        super().__init__(
            f"It was changed meanwhile: you saw version {expected}, it is {actual} now. "
            "Read it again and repeat the request with the version you then see.",
            path=path,
        )
        self.expected = expected
        self.actual = actual


class InsufficientStock(DomainError):
    """Fewer on the shelf than asked for."""

    code = ErrorCode.INSUFFICIENT_STOCK

    def __init__(
        self, message: str, *, path: tuple[str, ...] = (), product_id: int, requested: int, available: int
    ) -> None:
        super().__init__(message, path=path)
        self.product_id = product_id
        self.requested = requested
        self.available = available


class MarketplaceError(DomainError):
    """Amazon's answer was not a yes; carries what support at Amazon asks for, never buyer data."""

    def __init__(
        self,
        message: str,
        *,
        path: tuple[str, ...] = (),
        amazon_code: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, path=path)
        self.amazon_code = amazon_code
        self.request_id = request_id
        self.retry_after = retry_after


class MarketplaceUnavailable(MarketplaceError):
    """Amazon says wait: unreachable, slow, failing, or answering what nobody can read; `retry_after` in seconds."""

    code = ErrorCode.MARKETPLACE_UNAVAILABLE
    retryable = True


class MarketplaceUnreached(MarketplaceUnavailable):
    """The request never left: it cannot have had an effect."""


class MarketplaceThrottled(MarketplaceUnavailable):
    """Amazon says wait because the quota is spent."""

    code = ErrorCode.MARKETPLACE_THROTTLED


class MarketplaceRejected(MarketplaceError):
    """Amazon says never: repeating the same request cannot help."""

    code = ErrorCode.MARKETPLACE_REJECTED


class CredentialsRejected(MarketplaceRejected):
    """Amazon does not accept the refresh token or the application's credentials."""
