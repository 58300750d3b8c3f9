"""The operations of the Reports API 2021-06-30 that concern reports; schedules are not offered."""

from typing import Final

from simulator.calls import Operation
from simulator.reports.calls import cancel_report, create_report, get_report, get_report_document, get_reports
from simulator.throttling import Plan

REPORTS: Final = "/reports/2021-06-30"
OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("getReports", "GET", REPORTS + "/reports", Plan("0.0222", 10), get_reports),
    Operation("createReport", "POST", REPORTS + "/reports", Plan("0.0167", 15), create_report),
    Operation("getReport", "GET", REPORTS + "/reports/{report_id}", Plan("2", 15), get_report),
    Operation("cancelReport", "DELETE", REPORTS + "/reports/{report_id}", Plan("0.0222", 10), cancel_report),
    Operation(
        "getReportDocument", "GET", REPORTS + "/documents/{document_id}", Plan("0.0167", 15), get_report_document
    ),
)
