"""Reports: what was asked for, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import msgspec

from simulator.chance import chance
from simulator.queued import ProcessingStatus
from simulator.reports import reporting

if TYPE_CHECKING:
    from simulator.agenda import Timer
    from simulator.world import World

FIRST_NUMBERS: Final = (10_000_000_000, 49_999_999_999)


class ReportType(StrEnum):
    """The reports that are served here, in Amazon's words."""

    BY_LAST_UPDATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
    BY_ORDER_DATE = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL"


@dataclass(slots=True, kw_only=True)
class Report:
    """A report that a seller asked for; it covers the time from its start to its end, both inclusive."""

    report_id: str
    number: int  # counts the reports of the world
    seller: str
    report_type: ReportType
    marketplace_ids: tuple[str, ...]
    start: int
    end: int
    created: int
    status: ProcessingStatus = ProcessingStatus.IN_QUEUE
    started: int | None = None
    ended: int | None = None
    document_id: str | None = None

    @property
    def kind(self) -> str:
        """The report type, as lists of feeds and reports are filtered by it."""
        return self.report_type


class Reports:
    """All reports, in the order of their creation; the seed decides the first id."""

    def __init__(self, seed: str) -> None:
        self._first = chance(seed, "reports").randint(*FIRST_NUMBERS)
        self._reports: dict[str, Report] = {}

    def newest_first(self) -> Iterator[Report]:
        """Walk the reports from the last one created."""
        return reversed(self._reports.values())

    def get(self, report_id: str) -> Report | None:
        """Return the report, or nothing."""
        return self._reports.get(report_id)

    def add(
        self,
        report_type: ReportType,
        *,
        seller: str,
        marketplace_ids: tuple[str, ...],
        span: tuple[int, int],
        at: int,
    ) -> Report:
        """Queue a report on the time from one moment to another."""
        number = len(self._reports) + 1
        report = Report(
            report_id=str(self._first + number),
            number=number,
            seller=seller,
            report_type=report_type,
            marketplace_ids=marketplace_ids,
            start=span[0],
            end=span[1],
            created=at,
        )
        self._reports[report.report_id] = report
        return report

    def befall(self, world: World, timer: Timer) -> None:
        """Start or end the report that a timer was set for, unless it was cancelled."""
        report = self._reports.get(timer.subject)
        if report is not None and not report.status.is_final:
            reporting.befall(world, report, timer)

    def keep(self) -> Any:
        """Return all reports."""
        return msgspec.to_builtins(list(self._reports.values()))

    def restore(self, kept: Any) -> None:
        """Become what was kept."""
        self._reports = {report.report_id: report for report in msgspec.convert(kept, list[Report])}
