"""Log lines: one event each, readable on a terminal and JSON otherwise; buyer data never gets here."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from api.request_id import request_id

_OWN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}

_PARTS: Final = ("api", "domain")


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as JSON."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **_details(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class ReadableLines(logging.Formatter):
    """Time of day, level, event, and the details as words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as a line for a person."""
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        details = "".join(f" {name}={value}" for name, value in _details(record).items())
        line = f"{at} {record.levelname.lower():<7} {record.getMessage()}{details}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def log_to(stream: TextIO | None = None, *, level: int = logging.INFO) -> None:
    """Send every log line to a stream, stderr unless another is given."""
    stream = stream or sys.stderr
    lines = logging.StreamHandler(stream)
    lines.setFormatter(ReadableLines() if stream.isatty() else JsonLines())
    logging.basicConfig(handlers=[lines], level=level, force=True)
    # Libraries that say too much; those that write papers would say which letters a buyer's name has.
    for chatty in ("httpx2", "httpcore2", "httpx", "httpcore", "tortoise", "aiosqlite", "asyncio", "fontTools", "fpdf"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def tell_more(wanted: bool) -> None:
    """Let the service's own parts log what only helps to find out what is wrong, or no longer; never buyer data."""
    for name in _PARTS:
        logging.getLogger(name).setLevel(logging.DEBUG if wanted else logging.NOTSET)


def _details(record: logging.LogRecord) -> dict[str, Any]:
    named = {"request_id": request_id.get()} if request_id.get() else {}
    return named | {name: value for name, value in vars(record).items() if name not in _OWN}
