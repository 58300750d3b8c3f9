"""What is put into a feed: the document of its type, written from what its messages say."""

from asyncio import to_thread

from api.amazon.acknowledgement import acknowledgement
from domain.amazon.feed_messages import cancellations_of
from domain.amazon.records import FeedSubmission


async def contents_of(feed: FeedSubmission, *, merchant_id: str | None) -> bytes:
    """Write the document of a feed."""
    cancellations = await cancellations_of(feed)
    return await to_thread(acknowledgement, merchant_id=merchant_id, cancellations=cancellations)
