"""Reports API 2021-06-30: reports to create, look at, list and cancel, and where their documents lie."""

import re
from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.responses import Response

from simulator.calls import Call
from simulator.envelopes import invalid_input, json_answer, not_found
from simulator.instants import DAY, parse_time, wire_time
from simulator.marketplaces import MARKETPLACES
from simulator.orders.documents import Document
from simulator.orders.lifecycle import NotAllowed
from simulator.parameters import round_down, round_up
from simulator.queued import LISTED_FOR, find_listed, next_token, read_listing
from simulator.reports import reporting
from simulator.reports.queue import Report, ReportType
from simulator.storage.documents import Purpose
from simulator.storage.downloads import answer_download

KINDS: Final = "reportTypes"
MOST_MARKETPLACES: Final = 25
REPORT_ID: Final = re.compile(r"[0-9]{1,20}")
LONGEST_SPAN: Final = 30 * DAY  # "Report type values: order reports", of both types


class CreateReport(msgspec.Struct, rename="camel"):
    """The body of createReport; keys that Amazon does not know are ignored."""

    report_type: str
    marketplace_ids: Annotated[list[str], Meta(min_length=1, max_length=MOST_MARKETPLACES)]
    data_start_time: str | UnsetType = UNSET
    data_end_time: str | UnsetType = UNSET
    report_options: dict[str, str] | UnsetType = UNSET


async def create_report(call: Call) -> Response:
    """Queue a report."""
    body = await _read_body(call)
    if body.report_type not in set(ReportType):
        raise invalid_input(details="The reportType is not supported.")
    if not MARKETPLACES.keys() >= set(body.marketplace_ids):
        raise invalid_input(details="The seller does not take part in a marketplace of marketplaceIds.")
    report = call.world.reports.add(
        ReportType(body.report_type),
        seller=call.seller,
        marketplace_ids=tuple(dict.fromkeys(body.marketplace_ids)),
        span=_span(body, now=call.now),
        at=call.now,
    )
    reporting.plan(call.world, report)
    return json_answer({"reportId": report.report_id}, 202)


async def get_reports(call: Call) -> Response:
    """Answer a page of the seller's reports, newest first."""
    world, seller, now = call.world, call.seller, call.now
    listing = read_listing(world.seed, call.request.query_params, kinds=KINDS, seller=seller, now=now)
    reports, has_more = find_listed(world.reports.newest_first(), listing, seller=seller, now=now)
    page: Document = {"reports": [show_report(report) for report in reports]}
    if has_more:
        page["nextToken"] = next_token(world.seed, listing, kinds=KINDS, seller=seller, last=reports[-1])
    return json_answer(page)


async def get_report(call: Call) -> Response:
    """Answer one report of the seller."""
    return json_answer(show_report(_report(call)))


async def cancel_report(call: Call) -> Response:
    """Take a report of the seller out of the queue."""
    try:
        reporting.cancel(_report(call))
    except NotAllowed as error:
        raise invalid_input(details=str(error)) from error
    return Response()


async def get_report_document(call: Call) -> Response:
    """Answer where to download a report of the seller."""
    return answer_download(call, id_name="reportDocumentId", purposes=frozenset({Purpose.REPORT}))


def show_report(report: Report) -> Document:
    """Return the report as Amazon's answers carry it."""
    shown: Document = {
        "reportId": report.report_id,
        "reportType": report.report_type,
        "marketplaceIds": report.marketplace_ids,
        "dataStartTime": wire_time(report.start),
        "dataEndTime": wire_time(report.end),
        "createdTime": wire_time(report.created),
        "processingStatus": report.status,
    }
    if report.started is not None:
        shown["processingStartTime"] = wire_time(report.started)
    if report.ended is not None:
        shown["processingEndTime"] = wire_time(report.ended)
    if report.document_id is not None:
        shown["reportDocumentId"] = report.document_id
    return shown


def _report(call: Call) -> Report:
    report_id: str = call.request.path_params["report_id"]
    if not REPORT_ID.fullmatch(report_id):
        raise invalid_input()
    report = call.world.reports.get(report_id)
    if report is None or report.seller != call.seller or report.created < call.now - LISTED_FOR:
        raise not_found()
    return report


def _span(body: CreateReport, *, now: int) -> tuple[int, int]:
    """Return the time that is reported on; by the model both ends default to now and neither lies ahead of it."""
    start = now if body.data_start_time is UNSET else round_up(_moment(body.data_start_time))
    end = now if body.data_end_time is UNSET else round_down(_moment(body.data_end_time))
    if max(start, end) > now:
        raise invalid_input(details="dataStartTime and dataEndTime cannot be later than now.")
    if start > end:
        raise invalid_input(details="dataStartTime is after dataEndTime.")
    if end - start > LONGEST_SPAN:
        raise invalid_input(details="The report covers 30 days at most.")
    return start, end


def _moment(text: str) -> datetime:
    moment = parse_time(text)
    if moment is None:
        raise invalid_input(details="dataStartTime and dataEndTime are dates and times of ISO 8601.")
    return moment


async def _read_body(call: Call) -> CreateReport:
    try:
        return msgspec.json.decode(await call.request.body(), type=CreateReport)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid_input() from error
