"""What is put into a feed: the document of its type, written from what its messages say."""

from asyncio import to_thread

from api.amazon.acknowledgement import acknowledgement
from api.amazon.adjustment import adjustment
from domain.amazon.feed_messages import adjustments_of, cancellations_of
from domain.amazon.feed_types import ADJUSTMENT
from domain.amazon.records import FeedSubmission


async def contents_of(feed: FeedSubmission, *, merchant_id: str | None) -> bytes:
    """Write the document of a feed."""
    if feed.feed_type == ADJUSTMENT:
        adjustments = await adjustments_of(feed)
        return await to_thread(adjustment, merchant_id=merchant_id, adjustments=adjustments)
    cancellations = await cancellations_of(feed)
    return await to_thread(acknowledgement, merchant_id=merchant_id, cancellations=cancellations)
