"""Expected failures as data: the one place where a refusal of the domain gets its type."""

from math import ceil
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from api.schema.enums import described
from api.schema.money import Money
from api.schema.order_words import OrderActionKind
from api.schema.scalars import CurrencyCode
from domain import errors, money
from domain.amazon.facts import AmazonOrderStatus
from domain.errors import ErrorCode

if TYPE_CHECKING:
    from api.schema.products import Product

described(
    ErrorCode,
    description="What kind of refusal it is, stable for programs.",
    values={
        "REQUIRED": "A value is missing or blank.",
        "INVALID": "A value cannot be accepted as it is.",
        "NOT_FOUND": "There is nothing with this id.",
        "DUPLICATE": "It is there already.",
        "STALE_VERSION": "Somebody changed it in between.",
        "IDEMPOTENCY_KEY_REUSED": "The same idempotency key came with another input.",
        "ACTION_NOT_ALLOWED": "The present state forbids it.",
        "QUANTITY_TOO_LARGE": "More than is left.",
        "AMOUNT_TOO_LARGE": "More money than is left.",
        "INSUFFICIENT_STOCK": "Less on the shelf than asked for.",
        "MARKETPLACE_REJECTED": "Amazon says never: repeating it as it is cannot help.",
        "MARKETPLACE_THROTTLED": "Amazon says wait: the quota is spent.",
        "MARKETPLACE_UNAVAILABLE": "Amazon says wait: it cannot be reached, or cannot answer.",
        "READ_ONLY_MODE": "Nothing is sent to Amazon in this mode.",
        "LIMIT_EXCEEDED": "More than one request may ask for.",
    },
)


@strawberry.interface(
    description="Expected failure, returned as data. Unexpected ones stay in the top-level errors list, masked."
)
class UserError:
    """The common part of refusals."""

    code: ErrorCode = strawberry.field(description="What kind of refusal it is.")
    message: str = strawberry.field(description="What is wrong and what to do, for a person.")
    path: list[str] | None = strawberry.field(
        description="The argument it is about, outermost first, with the places in lists. Null: the whole request."
    )
    retryable: bool = strawberry.field(description="Whether the same request may succeed later.")


@strawberry.type(description="Something about the input, or about what it points to.")
class InputError(UserError):
    """A refusal without further facts."""


@strawberry.type(description="The order's state forbids the action.")
class ActionNotAllowedError(UserError):
    """A refusal by an order's state."""

    action: OrderActionKind = strawberry.field(description="What was asked for.")
    current_status: AmazonOrderStatus = strawberry.field(description="Where Amazon says that the order stands.")


@strawberry.type(description="Somebody changed it in between.")
class StaleVersionError(UserError):
    """A refusal of an outdated version."""

    expected_version: int = strawberry.field(description="The version that the request was made for.")
    actual_version: int = strawberry.field(description="The version that it has now.")


@strawberry.type(description="Less on the shelf than asked for.")
class InsufficientStockError(UserError):
    """A refusal for lack of stock."""

    product_id: strawberry.Private[int]
    requested: int = strawberry.field(description="How many were asked for.")
    available: int = strawberry.field(description="How many are there.")

    @strawberry.field(
        graphql_type=Annotated["Product", strawberry.lazy("api.schema.products")],
        description="The product of which there is too little.",
    )
    @staticmethod
    async def product(root: strawberry.Parent["InsufficientStockError"], info: strawberry.Info) -> object:
        """Return the product."""
        from domain.catalog.records import Product

        return await info.context.loaders.row(Product).load(root.product_id)


@strawberry.type(description="More money than is left.")
class AmountTooLargeError(UserError):
    """A refusal of money beyond what is left."""

    requested: Money = strawberry.field(description="How much was asked for.")
    available: Money = strawberry.field(description="How much is left.")


@strawberry.type(description="Amazon's answer was not a yes.")
class MarketplaceError(UserError):
    """A refusal by Amazon."""

    amazon_code: str | None = strawberry.field(description="Amazon's own code.")
    request_id: str | None = strawberry.field(description="What Amazon's support asks for.")
    retry_after_seconds: int | None = strawberry.field(description="How long Amazon wants us to wait.")


def user_error(refusal: errors.DomainError) -> UserError:
    """Return a refusal as data; one that is not listed here is a defect and is raised again."""
    match refusal:
        case errors.StaleVersion():
            return StaleVersionError(
                **_common(refusal), expected_version=refusal.expected, actual_version=refusal.actual
            )
        case errors.InsufficientStock():
            return InsufficientStockError(
                **_common(refusal),
                product_id=refusal.product_id,
                requested=refusal.requested,
                available=refusal.available,
            )
        case errors.AmountTooLarge():
            return _amount_too_large(refusal)
        case errors.MarketplaceError():
            return _marketplace_error(refusal)
        case errors.ActionNotAllowed():
            return _action_not_allowed(refusal)
        case (
            errors.InvalidInput()
            | errors.RequiredInput()
            | errors.NotFound()
            | errors.Duplicate()
            | errors.LimitExceeded()
            | errors.IdempotencyKeyReused()
            | errors.QuantityTooLarge()
        ):
            return InputError(**_common(refusal))
    raise refusal


def _marketplace_error(refusal: errors.MarketplaceError) -> MarketplaceError:
    return MarketplaceError(
        **_common(refusal),
        amazon_code=refusal.amazon_code,
        request_id=refusal.request_id,
        retry_after_seconds=None if refusal.retry_after is None else ceil(refusal.retry_after),
    )


def _amount_too_large(refusal: errors.AmountTooLarge) -> AmountTooLargeError:
    requested, available = (
        Money(amount=exact.amount, currency=CurrencyCode(exact.currency))
        for exact in (money.Money(minor, refusal.currency) for minor in (refusal.requested, refusal.available))
    )
    return AmountTooLargeError(**_common(refusal), requested=requested, available=available)


def _action_not_allowed(refusal: errors.ActionNotAllowed) -> UserError:
    """Return the facts of an order's refusal; other things than orders have other states, and only words."""
    if refusal.action in OrderActionKind.__members__ and refusal.current_status in AmazonOrderStatus.__members__:
        return ActionNotAllowedError(
            **_common(refusal),
            action=OrderActionKind(refusal.action),
            current_status=AmazonOrderStatus(refusal.current_status),
        )
    return InputError(**_common(refusal))


def _common(refusal: errors.DomainError) -> dict[str, Any]:
    return {
        "code": refusal.code,
        "message": refusal.message,
        "path": list(refusal.path) or None,
        "retryable": refusal.retryable,
    }
