import re
import subprocess

import pytest

from api.cli.commands import build
from tests.architecture.project import PACKAGES, ROOT

README = (ROOT / "README.md").read_text("utf-8")
PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "DECISIONS.md",
    *sorted(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md")),
]
SH_BLOCKS = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)


def test_the_first_block_is_the_two_lines():
    demo, tests = SH_BLOCKS[0].strip().splitlines()
    assert demo.startswith("python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/orderlane demo")
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest")


def test_the_check_takes_its_test_line_from_the_readme():
    wanted = re.search(r'grep -m 1 -F "(.*)" README\.md', (ROOT / ".ci/run").read_text("utf-8"))
    assert wanted is not None
    assert [line for line in README.splitlines() if wanted.group(1) in line] == [SH_BLOCKS[0].strip().splitlines()[1]]


def test_it_is_short():
    assert len(README.splitlines()) < 150


@pytest.mark.parametrize("block", range(len(SH_BLOCKS)))
def test_every_block_is_a_shell_script(block: int):
    checked = subprocess.run(["/bin/sh", "-n"], input=SH_BLOCKS[block], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_every_command_it_names_exists():
    app = build()
    named = set(re.findall(r"\borderlane ((?:[a-z-]+ ?)+)", "\n".join(SH_BLOCKS)))
    assert named
    for words in named:
        command, _, rest = words.strip().partition(" ")
        assert command in app, words
        if rest and command in ("stores", "products", "config"):
            assert rest.split()[0] in app[command], words


@pytest.mark.parametrize("page", PAGES)
def test_every_link_into_the_project_leads_somewhere(page: str):
    text = (ROOT / page).read_text("utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in links if link and not ((ROOT / page).parent / link).exists()] == []


def test_the_layout_it_shows_is_the_layout():
    shown = re.findall(r"(?m)^([a-z_]+)/ {2,}", README)
    assert {*PACKAGES, "tests"} == set(shown)
