"""The question how an order was at an instant: which of its events had happened, and whether they say enough."""

from datetime import datetime

from domain.channel.as_it_was import OrderAsItWas, Recorded, fold
from domain.errors import InvalidInput
from domain.instant import to_text
from domain.timeline import Event


class HistoryNotKept(InvalidInput):
    """The order was there at that instant, but its events of that time do not say what they changed."""

    def __init__(self, *, kept_since: datetime, path: tuple[str, ...]) -> None:
        super().__init__(
            f"What this order was like is known from {to_text(kept_since)} on: ask for that instant or a later one. "
            "Before, its timeline alone was kept.",
            path=path,
        )
        self.kept_since = kept_since


async def order_as_it_was(order_id: int, *, at: datetime, now: datetime, path: tuple[str, ...]) -> OrderAsItWas | None:
    """Return the order as it was at an instant, to the millisecond; None if it was not seen yet.

    It is folded up to the last event that happened by then. Raises InvalidInput for the future or a naive time,
    HistoryNotKept for a time of which an older version of this program wrote down too little.
    """
    if at.tzinfo is None:
        raise InvalidInput("An instant needs a time zone, e.g. 2026-08-22T10:15:00Z.", path=path)
    if at > now:
        raise InvalidInput(f"That is in the future: it is {to_text(now)} now.", path=path)
    last = await Event.filter(order_id=order_id, at__lte=at).order_by("-sequence").first()
    if last is None:
        return None
    rows = Event.filter(order_id=order_id, sequence__lte=last.sequence).order_by("sequence")
    found = fold([Recorded(*row) for row in await rows.values_list("sequence", "at", "difference")])
    if found is None:
        known = await Event.filter(order_id=order_id, difference__isnull=False).order_by("sequence").first()
        assert known is not None, "of every order some event says what it is like"
        raise HistoryNotKept(kept_since=known.at, path=path)
    return found
