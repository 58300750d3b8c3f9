import asyncio
from pathlib import Path

import pytest

from api.cli.product_file import ProductFile
from api.cli.product_importing import import_here
from api.cli.progress import progress
from api.configuration import load_settings
from api.database import database
from domain.catalog.records import Product


async def test_a_bar_shows_how_far_a_file_is_and_leaves_nothing_where_nobody_watches(
    folder: Path, capsys: pytest.CaptureFixture[str]
):
    (folder / "p.csv").write_text("sku,quantity\n" + "".join(f"S{at},1\n" for at in range(2_500)))
    with progress(is_watched=True) as bar:
        counts = await import_here(ProductFile(folder / "p.csv"), name="p.csv", skip_bad=False, bar=bar)
    shown = capsys.readouterr()
    assert counts["created"] == 2_500
    assert shown.out == ""
    assert all(word in shown.err for word in ("Reading", "Importing", "100%"))
    with progress(is_watched=False) as bar:
        await import_here(ProductFile(folder / "p.csv"), name="p.csv", skip_bad=False, bar=bar)
    assert capsys.readouterr() == ("", "")


class StoppedAt:
    """A bar whose watcher ends the command in a part of the work."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.begun = ""

    def begin(self, what: str, *, total: int) -> None:
        self.begun = what

    def reach(self, done: int) -> None:
        if self.begun == self.part:
            raise asyncio.CancelledError


async def test_who_ends_an_import_reads_what_became_of_the_file(folder: Path, capsys: pytest.CaptureFixture[str]):
    (folder / "p.csv").write_text("sku\n" + "".join(f"S{at}\n" for at in range(3_000)))
    for part, words in (
        ("Reading", "Interrupted: nothing was imported.\n"),
        ("Importing", "Interrupted: the whole file counts; the service, or the next import, goes on with"),
    ):
        with pytest.raises(asyncio.CancelledError):
            await import_here(ProductFile(folder / "p.csv"), name="p.csv", skip_bad=False, bar=StoppedAt(part))
        assert capsys.readouterr().err.startswith(words)
        async with database(load_settings().settings.database_url, migrate=False):
            assert (await Product.all().count() > 0) is (part == "Importing")
