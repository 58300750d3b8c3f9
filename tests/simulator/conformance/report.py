"""``python -m tests.simulator.conformance.report [--write]``: hold the simulator against Amazon's models, and tell."""

import json
import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.simulator.conformance.collecting import FILE
from tests.simulator.conformance.conftest import Models
from tests.simulator.conformance.counts import Counts, problems
from tests.simulator.conformance.page import page

ROOT: Final = Path(__file__).parents[3]
PAGE: Final = ROOT / "docs" / "conformance.md"
TESTS: Final = (
    "tests/simulator/conformance",
    "tests/simulator/generated",
    "tests/simulator/faults/test_conformance.py",
)
SHARED: Final = "ORDERLANE_SHARED"
FAILED, USAGE = 1, 2
NEEDED: Final = f"Set {SHARED} to a folder in which spapi-models/ holds Amazon's models (*.json)."


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the totals, and write the page where asked; return 1 if anything is below all of it and not listed."""
    parser = ArgumentParser(prog="python -m tests.simulator.conformance.report")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args(arguments)
    if not Path(os.environ.get(SHARED, ""), "spapi-models").is_dir() or not os.environ.get(SHARED):
        sys.stderr.write(NEEDED + "\n")
        return USAGE
    counts = count()
    if counts is None:
        return FAILED
    models = Models()
    text, found = page(counts, models), list(problems(counts, models))
    sys.stdout.write(text[text.index("## Totals") :])
    sys.stderr.write("".join(f"{problem}\n" for problem in found))
    if asked.write and not found:
        PAGE.write_text(text)
    return FAILED if found else 0


def count() -> Counts | None:
    """Run the tests and return what they counted; if one fails, show their output and return nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "counts.json")
        environment = {name: value for name, value in os.environ.items() if name not in {"THOROUGH", "PYTEST_ADDOPTS"}}
        environment |= {FILE: str(file), "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
        command = [
            sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider",
            # The plugin reads what the tests count by before pytest comes to it.
            "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning",
            "-p", "tests.simulator.conformance.collecting",
            # Of the page as it lies there, which is to be written.
            "--ignore", "tests/simulator/conformance/test_report.py", *TESTS,
        ]  # fmt: skip
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if run.returncode != 0:
            sys.stderr.write(run.stdout + run.stderr)
            return None
        found = json.loads(file.read_text())
    return Counts(**found)


if __name__ == "__main__":
    sys.exit(main())
