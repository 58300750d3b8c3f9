"""Importing a file of products: all of it or, if bad lines are to be skipped, all that can be taken."""

import asyncio
import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from api.cli.asking import asking, is_new
from api.cli.output import tell
from api.cli.product_file import BadLine, ProductFile, bad_line
from api.cli.product_sending import send_products
from api.cli.progress import Bar
from api.configuration import load_settings

if TYPE_CHECKING:
    from api.clock import WallClock
    from domain.timeline import Actor

NOTHING: Final = {"created": 0, "updated": 0, "unchanged": 0}
_GOES_ON: Final = "Interrupted: the whole file counts; the service, or the next import, goes on with the rest of it."
_NEW_OBJECTS: Final = 50_000
_T = TypeVar("_T")


async def import_there(file: ProductFile, *, url: str, skip_bad: bool, bar: Bar) -> dict[str, int]:
    """Send a file to a running service once all of it was read; counts what became of its lines.

    Nothing is sent if a line is bad, unless bad lines are skipped.
    """
    bar.begin("Reading", total=file.size)
    wishes = []
    for wish in file.wishes():
        wishes.append(wish)
        bar.reach(file.position)
    if file.bad and not skip_bad:
        return NOTHING
    bar.begin("Sending", total=len(wishes))
    async with asking(url) as asker:
        with _told_if_stopped("Interrupted: what was sent stays, and the same command again sends the rest."):
            return await send_products(asker, wishes, bad=file.bad, sent=bar.reach)


async def import_here(file: ProductFile, *, name: str, skip_bad: bool, bar: Bar) -> dict[str, int]:
    """Take a file into the configured database; counts what became of its lines.

    Nothing is taken if a line is bad, unless bad lines are skipped. Killed in the middle, nothing is taken either, or
    all of it: then the service goes on with it, or the next import.
    """
    from api.clock import WallClock
    from api.database import database
    from domain.catalog.import_records import ProductImport
    from domain.channel import file_imports
    from domain.timeline import Actor, ActorKind

    settings, clock, actor = load_settings().settings, WallClock(), Actor(ActorKind.USER)
    async with database(settings.database_url, migrate=is_new(settings.database_url)):
        with _program_left_alone():
            with _told_if_stopped("Interrupted: nothing was imported."):
                import_id = await file_imports.begin_import(name=name, now=clock.now(), actor=actor)
                bar.begin("Reading", total=file.size)
                staged = await _stage(file, import_id, skip_bad=skip_bad, bar=bar, clock=clock, actor=actor)
                if file.bad and not skip_bad:
                    await file_imports.give_up(import_id=import_id, now=clock.now(), actor=actor)
                    return NOTHING
                await file_imports.decide(import_id=import_id, now=clock.now(), actor=actor)
            with _told_if_stopped(_GOES_ON):
                bar.begin("Importing", total=staged)
                done = 0
                while (taken := await file_imports.carry_on(now=clock.now())) is not None:
                    bar.reach(done := done + taken)
                became = await ProductImport.get(id=import_id)
    file.bad += [BadLine(*refused) for refused in became.refused]
    return {"created": became.created, "updated": became.updated, "unchanged": became.unchanged}


async def _stage(
    file: ProductFile, import_id: int, *, skip_bad: bool, bar: Bar, clock: "WallClock", actor: "Actor"
) -> int:
    """Put the lines aside; returns how many. After a bad line there are none to put aside, unless it is skipped."""
    from domain.channel import file_imports

    staged = 0
    for part in _parts(file.wishes(), file_imports.STAGED):
        bar.reach(file.position)
        if skip_bad or not file.bad:
            refused = await file_imports.stage(import_id=import_id, wishes=part, now=clock.now(), actor=actor)
            file.bad += [bad_line(line, error) for line, error in refused]
            staged += len(part)
    return staged


def write_report(path: Path, bad: Iterable[BadLine]) -> None:
    """Write the bad lines into a CSV file, in the order of their lines."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("line", "field", "reason"))
        lines.writerows(sorted(bad))


@contextmanager
def _told_if_stopped(words: str) -> Iterator[None]:
    """Say what became of the file if a person ends the command (Ctrl-C)."""
    try:
        yield
    except asyncio.CancelledError:
        tell(words)
        raise


@contextmanager
def _program_left_alone() -> Iterator[None]:
    """Have the garbage collector look through what is new only, and not after every few lines: most of it is gone then.

    The program itself, looked through again and again, would take it longer than all lines together.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _parts(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    following = iter(values)
    while part := list(islice(following, size)):
        yield part
