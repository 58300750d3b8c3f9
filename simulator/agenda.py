"""What is going to happen by itself, in order of time."""

import heapq
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from msgspec import Meta

from simulator.clock import EARLIEST

RELEASE: Final = "release"
PAYMENT: Final = "payment"
PAYMENT_FAILURE: Final = "payment failure"
BUYER_CANCEL: Final = "buyer cancels"
BUYER_REQUEST: Final = "buyer asks to cancel"
WAREHOUSE: Final = "warehouse ships"
GIVING_UP: Final = "Amazon gives up"
HANDOVER: Final = "package handed over"
IN_TRANSIT: Final = "package in transit"
DELIVERY: Final = "package delivered"
LOSS: Final = "package lost"
CANCELLATION: Final = "cancellation takes effect"
ARRIVAL: Final = "order arrives"
STREAM: Final = "order arrives, and another will"
FEED_START: Final = "feed is started"
FEED_END: Final = "feed is ended"
REPORT_START: Final = "report is started"
REPORT_END: Final = "report is ended"
LISTING: Final = "listing takes effect"
MESSAGE: Final = "message is delivered"

KINDS: Final = frozenset(kind for name, kind in globals().items() if name.isupper() and isinstance(kind, str))


class Timer(NamedTuple):
    """Something due at a moment; the number of its setting decides between two of the same moment."""

    due: int
    number: int
    kind: str
    subject: str
    detail: str = ""


class KeptAgenda(msgspec.Struct):
    """The timers as a snapshot keeps them, the earliest first."""

    number: Annotated[int, Meta(ge=0)]
    timers: list[Timer]


class Agenda:
    """The timers that are set; they wait for their moment even if the clock is set back."""

    def __init__(self) -> None:
        self._heap: list[Timer] = []
        self._number = 0

    def __len__(self) -> int:
        return len(self._heap)

    def put(self, *, due: int, kind: str, subject: str, detail: str = "") -> None:
        """Set a timer."""
        self._number += 1
        heapq.heappush(self._heap, Timer(due, self._number, kind, subject, detail))

    def take(self, *, until: int) -> Timer | None:
        """Take out the earliest timer that is due, if there is one."""
        if self._heap and self._heap[0].due <= until:
            return heapq.heappop(self._heap)
        return None

    def keep(self) -> Any:
        """Return all timers."""
        self._heap.sort()  # which it may be at any time
        return msgspec.to_builtins(KeptAgenda(self._number, self._heap))

    def restore(self, kept: Any) -> None:
        """Become what was kept. Raises ValueError for a timer that can never have been set."""
        agenda = msgspec.convert(kept, KeptAgenda)
        for place, timer in enumerate(agenda.timers):
            if timer.kind not in KINDS or timer.due < EARLIEST or timer.number > agenda.number:
                raise ValueError(f"no timer is like this - at `$.timers[{place}]`")
        self._heap, self._number = sorted(agenda.timers), agenda.number
