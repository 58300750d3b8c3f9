from pathlib import Path

import pytest

from api.cli.product_file import ProductFile
from api.cli.product_importing import import_here
from api.cli.progress import progress


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
