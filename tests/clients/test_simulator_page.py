"""What the simulator's page tells people to run, run."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from simulator.scenarios.alone import check
from simulator.scenarios.reading import read_scenario
from simulator.testing import Simulator

PAGE: Final = (Path(__file__).parents[2] / "docs/simulator.md").read_text("utf-8")
BLOCKS: Final = re.findall(r"(?m)^```(\w+)\n(.*?)^```$", PAGE, flags=re.DOTALL)
START, *SHELL = [text for kind, text in BLOCKS if kind == "sh"]
PYTHON: Final = [text for kind, text in BLOCKS if kind == "python"]
TESTS: Final = [text for text in PYTHON if "def test_" in text]
PROGRAMS: Final = [text for text in PYTHON if "def test_" not in text]
YAML: Final = [text for kind, text in BLOCKS if kind == "yaml"]
PORT: Final = "9000"
PATIENCE: Final = 30  # seconds
NEXT: Final = "-- next block --"
# As people type it, but for what is only wanted here: an error is an error, unless the status is asked for.
CAREFUL: Final = """set -euo pipefail
curl() { case " $* " in *" -w "*) command curl "$@" ;; *) command curl --fail-with-body -S "$@" ;; esac; }
"""


@pytest.fixture(scope="module")
def port() -> Iterator[str]:
    """The port of a simulator that was started by the page's own command."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found = str(free.getsockname()[1])
    program, *words = START.split()
    assert program == "orderlane"
    command = [str(Path(sys.executable).with_name("orderlane")), *words, "--port", found]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == f"http://127.0.0.1:{found}"
            yield found
        finally:
            process.terminate()


def follows(kind: str, text: str) -> str:
    """Return the text block that follows a block, or nothing."""
    place = BLOCKS.index((kind, text)) + 1
    return BLOCKS[place][1] if place < len(BLOCKS) and BLOCKS[place][0] == "text" else ""


def test_it_has_blocks_of_each_kind():
    assert {kind for kind, _ in BLOCKS} == {"sh", "python", "js", "yaml", "text"}
    assert len(TESTS) == 1


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="there is no curl or no bash")
def test_the_shell_blocks_run_one_after_the_other_and_print_what_they_should(port: str, tmp_path: Path):
    script = CAREFUL + f"\necho\necho '{NEXT}'\n".join(SHELL).replace(PORT, port)
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    printed = done.stdout.split(f"\n{NEXT}\n")
    assert len(printed) == len(SHELL)
    for block, output in zip(SHELL, printed, strict=True):
        place = 0
        for line in follows("sh", block).splitlines():
            place = output.find(line, place)
            assert place >= 0, f"{line} is not printed by\n{block}\nbut\n{output}"


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_each_python_program_runs(number: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SP_API_DEFAULT_MARKETPLACE", raising=False)
    exec(compile(PROGRAMS[number], f"docs/simulator.md, program {number}", "exec"), {"__name__": "program"})


def test_the_python_tests_pass(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)  # what this run is told is not for theirs
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(TESTS[0])
    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    outcome.assert_outcomes(passed=TESTS[0].count("def test_"))


def test_the_node_program_prints_what_it_should(tmp_path: Path):
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node on this machine")
    [(kind, text)] = [block for block in BLOCKS if block[0] == "js"]
    program = tmp_path / "ship.mjs"
    with Simulator() as simulator:
        program.write_text(text.replace(f"http://127.0.0.1:{PORT}", simulator.url), "utf-8")
        done = subprocess.run([node, program], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (0, follows(kind, text)), done.stderr


async def test_the_scenario_passes():
    assert len(YAML) == 1
    assert (await check(read_scenario(YAML[0].encode(), file="docs/simulator.md"))).has_passed
