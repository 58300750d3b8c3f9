import ast

import pytest

from tests.architecture.project import named, python_files

MODULES = {"time", "datetime", "random", "secrets", "uuid", "os"}
READING = {
    *(f"datetime.{kind}.{word}" for kind in ("datetime", "date") for word in ("now", "utcnow", "today")),
    *(
        f"time.{word}"
        for word in ("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "localtime", "gmtime")
    ),
    *(f"uuid.{word}" for word in ("uuid1", "uuid4")),
    *(
        f"random.{word}"
        for word in ("random", "randint", "randrange", "choice", "choices", "shuffle", "sample", "seed")
    ),
    *(f"secrets.{word}" for word in ("token_hex", "token_bytes", "token_urlsafe", "randbelow", "choice", "randbits")),
    "os.urandom",
    "random.SystemRandom",
}
WITHOUT_A_SEED = "random.Random"


def imported_names(tree: ast.AST) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in MODULES}
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def called(node: ast.Call, names: dict[str, str]) -> str:
    parts: list[str] = []
    target: ast.expr = node.func
    while isinstance(target, ast.Attribute):
        parts.append(target.attr)
        target = target.value
    if not isinstance(target, ast.Name) or target.id not in names:
        return ""
    return ".".join([names[target.id], *reversed(parts)])


def readings(source: str) -> list[str]:
    tree = ast.parse(source)
    names = imported_names(tree)
    calls = [(node, called(node, names)) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [
        f"line {node.lineno}: {name}"
        for node, name in calls
        if name in READING or (name == WITHOUT_A_SEED and not node.args)
    ]


@pytest.mark.parametrize("folder", ["domain", "simulator"])
def test_nothing_reads_a_clock_or_draws_by_chance(folder: str):
    assert len(python_files(folder)) > 10
    found = {named(file): lines for file in python_files(folder) if (lines := readings(file.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "import time\ntime.monotonic()",
        "from time import time as t\nt()",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import datetime, UTC\ndatetime.now(UTC)",
        "from datetime import date\ndate.today()",
        "import uuid\nuuid.uuid4()",
        "from uuid import uuid4\nuuid4()",
        "import random\nrandom.random()",
        "from random import Random\nRandom()",
    ],
)
def test_a_reading_is_recognised(source: str):
    assert len(readings(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "clock.now()",
        "from random import Random\nRandom(7)",
        "import uuid\nuuid.UUID(int=3)",
        "def f(now): return now()",
    ],
)
def test_an_argument_is_not_a_reading(source: str):
    assert readings(source) == []
