import re

import pytest

from tests.architecture.project import named, project_files

# Letters in brackets keep this file from holding what it looks for.
FORBIDDEN = {
    "a path of somebody's machine": r"(?<![\w.$}])/(?:wor[k]|roo[t]|hom[e]|User[s])/\w",
    "a temporary path of somebody's machine": r"(?<![\w.$}\"'])/tm[p]/\w",
    "a word of the place where it was written": r"[.]librar[y]\b|before-sto[p]|target\.graph[q]l",
    "a task nobody can find": r"\b(?:TOD[O]|FIXM[E])\b",
    "a conflict that was not resolved": r"^(?:<{7}|>{7}) ",
    "a key": r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str):
    pattern = re.compile(FORBIDDEN[what])
    found: dict[str, list[str]] = {}
    for file in project_files():
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if lines := [
            f"{number}: {line[:100]}" for number, line in enumerate(text.splitlines(), 1) if pattern.search(line)
        ]:
            found[named(file)] = lines
    assert found == {}
