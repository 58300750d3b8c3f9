from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.amazon.facts import AmazonOrderStatus, FulfillmentChannel, OrderFacts
from domain.amazon.translation import Added, AlreadyKnown, KnownOrder, Updated, compare

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=1)
FACTS = OrderFacts(
    amazon_order_id="902-3159896-1390916",
    marketplace_id=None,
    created_at=AT,
    updated_at=AT,
    status=AmazonOrderStatus.UNSHIPPED,
    raw_status="UNSHIPPED",
    fulfillment_channel=FulfillmentChannel.MERCHANT,
)
KNOWN = KnownOrder(updated_at=AT, facts_hash="a", fetched_at=AT)


def test_an_order_never_seen_is_added():
    assert compare(None, FACTS, digest="a", fetched_at=AT) == Added()


def test_a_later_update_replaces_what_is_known_even_from_an_earlier_request():
    seen = replace(FACTS, updated_at=LATER)
    assert compare(KNOWN, seen, digest="b", fetched_at=AT - timedelta(hours=1)) == Updated()


def test_an_earlier_update_is_not_news_however_late_it_comes():
    known = replace(KNOWN, updated_at=LATER)
    assert compare(known, FACTS, digest="b", fetched_at=AT + timedelta(days=1)) == AlreadyKnown(AT)


def test_other_facts_at_the_same_time_are_news_from_a_later_request():
    assert compare(KNOWN, FACTS, digest="b", fetched_at=LATER) == Updated()


def test_other_facts_at_the_same_time_from_the_same_or_an_earlier_request_are_not():
    assert compare(KNOWN, FACTS, digest="b", fetched_at=AT) == AlreadyKnown(AT)
    assert compare(KNOWN, FACTS, digest="b", fetched_at=AT - timedelta(seconds=1)) == AlreadyKnown(AT)


def test_the_same_facts_again_only_move_the_time_of_the_request_on():
    assert compare(KNOWN, FACTS, digest="a", fetched_at=LATER) == AlreadyKnown(LATER)
    assert compare(KNOWN, FACTS, digest="a", fetched_at=AT - timedelta(hours=1)) == AlreadyKnown(AT)


def store(known, snapshot):
    updated, digest, fetched = snapshot
    seen = replace(FACTS, updated_at=AT + timedelta(seconds=updated))
    fetched_at = AT + timedelta(seconds=fetched)
    match compare(known, seen, digest=digest, fetched_at=fetched_at):
        case AlreadyKnown(still):
            return replace(known, fetched_at=still)
        case _:
            return KnownOrder(updated_at=seen.updated_at, facts_hash=digest, fetched_at=fetched_at)


# Amazon's answers: each request has its own start, and a later request never sees an older state.
histories = st.lists(st.tuples(st.integers(0, 1), st.sampled_from("abc")), min_size=1, max_size=6)


@st.composite
def deliveries(draw):
    updated, snapshots = 0, []
    for fetched, (step, digest) in enumerate(draw(histories)):
        updated += step
        snapshots.append((updated, digest, fetched))
    repeated = snapshots + draw(st.lists(st.sampled_from(snapshots), max_size=4))
    return snapshots[-1], draw(st.permutations(repeated))


@given(deliveries())
def test_late_repeated_and_shuffled_answers_end_in_the_latest_one(delivery):
    (updated, digest, _), arriving = delivery
    known = None
    for snapshot in arriving:
        known = store(known, snapshot)
    assert known is not None
    assert (known.updated_at, known.facts_hash) == (AT + timedelta(seconds=updated), digest)
