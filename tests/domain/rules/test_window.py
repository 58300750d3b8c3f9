from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.amazon.window import (
    INITIAL_SPAN,
    MAX_PAGES,
    MAX_SPAN,
    MIN_SPAN,
    OVERLAP,
    SETTLE,
    Window,
    advance,
    next_window,
    page_limit,
    span_after,
)

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
instants = st.integers(-(10**6), 10**6).map(lambda seconds: AT + timedelta(seconds=seconds))
spans = st.integers(1, 7 * 86400).map(lambda seconds: timedelta(seconds=seconds))
overlaps = st.integers(0, 3600).map(lambda seconds: timedelta(seconds=seconds))


def test_a_window_reaches_back_over_the_overlap_and_up_to_what_has_settled():
    window = next_window(watermark=AT, amazon_now=AT + timedelta(minutes=8))
    assert window == Window(AT - timedelta(minutes=10), AT + timedelta(minutes=5))


def test_a_window_far_behind_is_one_span_wide_beyond_the_watermark():
    window = next_window(watermark=AT, amazon_now=AT + timedelta(days=90), overlap=OVERLAP, span=INITIAL_SPAN)
    assert window == Window(AT - OVERLAP, AT + timedelta(days=1))


@pytest.mark.parametrize("amazon_now", [AT, AT + SETTLE, AT - timedelta(days=365)])
def test_there_is_nothing_to_read_while_nothing_has_settled_or_the_clock_went_back(amazon_now):
    assert next_window(watermark=AT, amazon_now=amazon_now) is None


def test_the_narrowest_slice_moves_on_although_the_overlap_is_wider():
    window = next_window(watermark=AT, amazon_now=AT + timedelta(days=1), overlap=OVERLAP, span=MIN_SPAN)
    assert window == Window(AT - OVERLAP, AT + MIN_SPAN)


@pytest.mark.parametrize(
    ("echoed", "expected"),
    [(None, AT), (AT - timedelta(minutes=1), AT - timedelta(minutes=1)), (AT + timedelta(days=1), AT)],
)
def test_the_watermark_moves_to_the_earlier_of_the_bounds_sent_and_echoed(echoed, expected):
    window = Window(AT - timedelta(hours=1), AT)
    assert advance(window=window, echoed_before=echoed, watermark=AT - timedelta(minutes=50)) == expected


def test_the_watermark_never_moves_back():
    window = Window(AT - timedelta(hours=1), AT)
    assert advance(window=window, echoed_before=AT - timedelta(hours=2), watermark=AT - timedelta(minutes=50)) == (
        AT - timedelta(minutes=50)
    )


@pytest.mark.parametrize(
    ("seconds", "pages", "finished", "expected"),
    [
        (86400, 20, False, 43200),
        (675, 20, False, 337),
        (1, 20, False, 1),
        (86400, 5, True, 345600),
        (86400, 6, True, 86400),
        (86400, 20, True, 86400),
        (63 * 86400, 0, True, 64 * 86400),
        (1, 1, True, 4),
    ],
)
def test_a_slice_given_up_is_halved_and_one_of_few_pages_widened(seconds, pages, finished, expected):
    assert span_after(span=timedelta(seconds=seconds), pages=pages, finished=finished) == timedelta(seconds=expected)


def test_only_the_narrowest_slice_is_read_to_its_end_however_long_it_is():
    assert page_limit(span=MIN_SPAN) is None
    assert page_limit(span=timedelta(seconds=2)) == MAX_PAGES == 20


@given(instants, instants, overlaps, spans)
def test_a_window_is_never_inverted_and_never_asks_for_what_has_not_settled(watermark, amazon_now, overlap, span):
    window = next_window(watermark=watermark, amazon_now=amazon_now, overlap=overlap, span=span)
    if window is not None:
        assert window.lower <= watermark < window.upper
        assert window.upper <= amazon_now - SETTLE


@given(spans, st.lists(st.tuples(st.integers(0, 25), st.booleans()), max_size=40))
def test_a_span_stays_within_its_bounds_and_whole_seconds_whatever_happens(span, slices):
    for pages, finished in slices:
        span = span_after(span=span, pages=pages, finished=finished)
        assert MIN_SPAN <= span <= MAX_SPAN
        assert span.microseconds == 0


passes = st.tuples(
    st.integers(-3600, 90000),  # how Amazon's clock moves before the pass, in seconds; it may be set back
    st.none() | st.integers(-1200, 1200),  # the bound echoed, against the one sent
    st.integers(0, 25),  # pages; more than 20 are given up
)


@given(st.lists(passes, min_size=1, max_size=30), overlaps)
def test_the_windows_that_were_read_leave_no_gap_up_to_the_watermark(steps, overlap):
    watermark, amazon_now, span = AT, AT, INITIAL_SPAN
    covered = [Window(AT, AT)]
    for moved, echo, pages in steps:
        amazon_now += timedelta(seconds=moved)
        window = next_window(watermark=watermark, amazon_now=amazon_now, overlap=overlap, span=span)
        if window is None:
            continue
        limit = page_limit(span=span)
        finished = limit is None or pages <= limit
        span = span_after(span=span, pages=pages, finished=finished)
        if finished:
            echoed = None if echo is None else window.upper + timedelta(seconds=echo)
            covered.append(Window(window.lower, min(window.upper, echoed or window.upper)))
            before, watermark = watermark, advance(window=window, echoed_before=echoed, watermark=watermark)
            assert watermark >= before
    reached = AT
    for window in covered:
        assert window.lower <= reached
        reached = max(reached, window.upper)
    assert reached == watermark


@given(spans, st.integers(1, 10**6))
def test_reading_on_reaches_the_present_in_as_many_slices_as_it_takes(span, seconds):
    watermark, amazon_now = AT, AT + timedelta(seconds=seconds)
    slices = 0
    while window := next_window(watermark=watermark, amazon_now=amazon_now, span=span):
        watermark = advance(window=window, echoed_before=None, watermark=watermark)
        span = span_after(span=span, pages=0, finished=True)
        slices += 1
    assert watermark == max(AT, amazon_now - SETTLE)
    assert slices < 40
