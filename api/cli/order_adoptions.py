"""`orderlane orders adopt`: orders that another system imported are linked by number, and imported by nobody again."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from api.cli.asking import Asker, asking, asking_here
from api.cli.endings import CommandFailed, Exit
from api.cli.output import give, give_json, tell
from api.cli.product_text import opened_text

AT_A_TIME: Final = 500
COLUMNS: Final = ("amazon_order_id", "number")
_STORES: Final = "{ stores { id name } }"
_ADOPT: Final = """mutation Adopt($input: AdoptOrdersInput!) { adoptOrders(input: $input) {
  results { index adoption errors { message } } errors { code message path } } }"""


class Line(NamedTuple):
    """A line of the file; an empty `order` takes back what was said before."""

    number: int
    amazon_order_id: str
    order: str


class Target(NamedTuple):
    """Where the lines go."""

    asker: Asker
    store_id: str
    replace: bool


async def adopt_orders(
    file: Path,
    /,
    *,
    store: str | None = None,
    encoding: str | None = None,
    replace: bool = False,
    url: str | None = None,
    json: bool = False,
) -> int:
    """Take over orders that another system has imported, so that none is imported twice.

    The file has the columns amazon_order_id and number: what Amazon and the other system call an order. Its commerce
    order gets that number, whenever it was placed; orders that are not known here yet follow once Amazon shows them.
    The same file again changes nothing; of a file of another form no line is taken. Where numbers were wrong, send a
    corrected file with --replace before the orders are imported: what has a commerce order stays as it is.

    Exit codes: 0 all are linked, 1 some lines were refused and are told.

    Parameters
    ----------
    file
        A CSV file.
    store
        The name of the store; not needed where there is only one.
    encoding
        The file's encoding, if it is not UTF-8.
    replace
        Let numbers take the place of those said before; an empty one takes back what was said of the order.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    counts: Counter[str] = Counter()
    lines = list(_lines(file, encoding))  # all of it, before the first line is sent
    async with asking(url) if url else asking_here() as asker:
        target = Target(asker, await _store(asker, store), replace)
        refused = await _send_all(target, lines, counts)
        while replace and refused and len(refused) < len(lines):  # what stood in their way may be gone now
            again = {line for line, _ in refused}
            lines = [line for line in lines if line.number in again]
            refused = await _send_all(target, lines, counts)
    if json:
        give_json({"counts": dict(counts), "refused": [{"line": line, "message": why} for line, why in refused]})
    else:
        _tell(counts, refused, replace=replace)
    return Exit.FAILED if refused else 0


async def _send_all(target: Target, lines: list[Line], counts: Counter[str]) -> list[tuple[int, str]]:
    """Send the lines, count what becomes of them, and return which were refused, and why."""
    refused: list[tuple[int, str]] = []
    for start in range(0, len(lines), AT_A_TIME):
        await _send(target, lines[start : start + AT_A_TIME], counts, refused)
    return refused


async def _send(target: Target, part: list[Line], counts: Counter[str], refused: list[tuple[int, str]]) -> None:
    orders = [{"amazonOrderId": line.amazon_order_id, "number": _number(line, target)} for line in part]
    asked = {"storeId": target.store_id, "orders": orders, "replace": target.replace}
    payload = await target.asker.payload("adoptOrders", _ADOPT, {"input": asked})
    for result in payload["results"]:
        if result["errors"]:
            refused += [(part[result["index"]].number, error["message"]) for error in result["errors"]]
        else:
            counts[result["adoption"]] += 1


def _number(line: Line, target: Target) -> str | None:
    return None if target.replace and not line.order else line.order


async def _store(asker: Asker, name: str | None) -> str:
    stores: list[dict[str, Any]] = (await asker.data(_STORES))["stores"]
    named = [store for store in stores if name in (None, store["name"])]
    if len(named) != 1:
        known = ", ".join(store["name"] for store in stores) or "none is connected"
        raise CommandFailed(f"--store: name one of the stores: {known}.", code=Exit.WRONG_USAGE)
    found: str = named[0]["id"]
    return found


def _lines(file: Path, encoding: str | None) -> Iterator[Line]:
    """Read the file line by line. Raises CommandFailed for another form than it should have."""
    if not file.is_file():
        raise CommandFailed(f"{file} is no file.", code=Exit.WRONG_USAGE)
    with opened_text(file, encoding=encoding) as (text, _):
        rows = csv.reader(text, strict=True)
        try:
            header = [column.strip().lower() for column in next(rows, [])]
            if sorted(header) != sorted(COLUMNS):
                raise CommandFailed(f"{file}: its first line has to be {','.join(COLUMNS)}.", code=Exit.WRONG_USAGE)
            for row in rows:
                if any(field.strip() for field in row):
                    yield _line(rows.line_num, header, row, file)
        except csv.Error as error:
            raise CommandFailed(f"{file}, line {rows.line_num}: {error}.", code=Exit.WRONG_USAGE) from None


def _line(number: int, header: list[str], row: list[str], file: Path) -> Line:
    if len(row) != len(header):
        why = f"{file}, line {number}: {len(row)} fields under {len(header)} columns; put quotes round a comma."
        raise CommandFailed(why, code=Exit.WRONG_USAGE)
    named = dict(zip(header, (field.strip() for field in row), strict=True))
    return Line(number, named["amazon_order_id"], named["number"])


def _tell(counts: Counter[str], refused: list[tuple[int, str]], *, replace: bool) -> None:
    give(
        f"{counts['LINKED']} linked, {counts['EXPECTED']} follow once Amazon shows them, "
        f"{counts['UNCHANGED']} were linked before, {len(refused)} refused."
        + (f" {counts['CORRECTED']} corrected, {counts['WITHDRAWN']} taken back." if replace else "")
    )
    for line, why in refused:
        tell(f"line {line}: {why}")
