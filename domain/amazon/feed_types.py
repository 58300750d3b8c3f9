"""The types of feeds: which commands each carries, and when one of them may go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tortoise.expressions import RawSQL

from domain.accounts.records import AccountState, StoreState
from domain.amazon.facts import AmazonOrderStatus
from domain.amazon.records import CommandKind

ACKNOWLEDGEMENT: Final = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
"""The type of the feed that cancels orders (Feed Type Values, Order feeds)."""

ADJUSTMENT: Final = "POST_PAYMENT_ADJUSTMENT_DATA"
"""The type of the feed that pays money back and cancels a part of an order (Feed Type Values, Order feeds)."""


NAMES: Final[Mapping[CommandKind, str]] = MappingProxyType(
    {
        CommandKind.CANCEL: "the cancellation",
        CommandKind.REFUND: "the refund",
        CommandKind.PARTIAL_CANCEL: "the cancellation of a part",
    }
)
"""What a command that goes out in a feed is called in the timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedType:
    """A type of feed; `name` is Amazon's word, `target` what an order has to be for its command to go out, in SQL."""

    name: str
    kinds: tuple[CommandKind, ...]
    target: str

    @property
    def may_go_out(self) -> RawSQL:
        """Whether a command's order and store let it go out now; for `annotate`."""
        return RawSQL(
            "EXISTS (SELECT 1 FROM amazon_order target JOIN store ON store.id = target.store_id "
            'JOIN account ON account.id = target.account_id WHERE target.id = "command"."order_id" '
            f"AND {self.target} "
            f"AND store.state = '{StoreState.ACTIVE.value}' AND account.state = '{AccountState.ACTIVE.value}')"
        )

    @property
    def lane_open(self) -> RawSQL:
        """Whether a feed of this type is under way for a command's account; for `annotate`."""
        return RawSQL(
            'EXISTS (SELECT 1 FROM feed_submission lane WHERE lane.account_id = "command"."account_id" '
            f"AND lane.feed_type = '{self.name}' AND lane.finished_at IS NULL)"
        )


# Whatever else Amazon says of an order decides its cancellation without asking: what was seen wins over what is asked.
_UNSHIPPED: Final = f"target.amazon_status = '{AmazonOrderStatus.UNSHIPPED.value}'"
_OPEN: Final = ", ".join(
    repr(status.value) for status in (AmazonOrderStatus.UNSHIPPED, AmazonOrderStatus.PARTIALLY_SHIPPED)
)
_TO_ADJUST: Final = f'("command"."kind" = \'{CommandKind.REFUND.value}\' OR target.amazon_status IN ({_OPEN}))'

FEED_TYPES: Final[Mapping[str, FeedType]] = MappingProxyType(
    {
        one.name: one
        for one in (
            FeedType(name=ACKNOWLEDGEMENT, kinds=(CommandKind.CANCEL,), target=_UNSHIPPED),
            FeedType(name=ADJUSTMENT, kinds=(CommandKind.REFUND, CommandKind.PARTIAL_CANCEL), target=_TO_ADJUST),
        )
    }
)
"""Every type of feed that is sent, by Amazon's word."""
