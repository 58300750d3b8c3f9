"""What a command says: the answer to stdout, words about it to stderr."""

import json
import sys
from collections.abc import Iterable, Sequence


def give(text: str) -> None:
    """Write a line of the answer to stdout."""
    sys.stdout.write(text.rstrip("\n") + "\n")
    sys.stdout.flush()


def give_json(answer: object) -> None:
    """Write the answer to stdout as JSON."""
    give(json.dumps(answer, indent=2, ensure_ascii=False, default=str))


def tell(text: str) -> None:
    """Write a line for the person who watches to stderr."""
    sys.stderr.write(text.rstrip("\n") + "\n")
    sys.stderr.flush()


def give_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under their heads to stdout, in columns as wide as they need to be."""
    lines = [heads, *[["" if value is None else str(value) for value in row] for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        give("  ".join(value.ljust(width) for value, width in zip(line, widths, strict=True)).rstrip())
