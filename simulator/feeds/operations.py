"""The operations of the Feeds API 2021-06-30."""

from typing import Final

from simulator.calls import Operation
from simulator.feeds.calls import (
    cancel_feed,
    create_feed,
    create_feed_document,
    get_feed,
    get_feed_document,
    get_feeds,
)
from simulator.throttling import Plan

FEEDS: Final = "/feeds/2021-06-30"
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("createFeedDocument", "POST", FEEDS + "/documents", Plan("0.5", 15), create_feed_document),
    Operation("getFeedDocument", "GET", FEEDS + "/documents/{document_id}", Plan("0.0222", 10), get_feed_document),
    Operation("createFeed", "POST", FEEDS + "/feeds", Plan("0.0083", 15), create_feed),
    Operation("getFeeds", "GET", FEEDS + "/feeds", Plan("0.0222", 10), get_feeds),
    Operation("getFeed", "GET", FEEDS + "/feeds/{feed_id}", Plan("2", 15), get_feed),
    Operation("cancelFeed", "DELETE", FEEDS + "/feeds/{feed_id}", Plan("2", 15), cancel_feed),
)
