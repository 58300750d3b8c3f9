"""The orders that a fix helps: marked to be evaluated, and the first of them to be evaluated at once."""

from dataclasses import dataclass
from typing import Final

AT_ONCE: Final = 20
"""So many orders are evaluated within the request that helped them; the others follow in the background."""


@dataclass(frozen=True, slots=True)
class Affected:
    """How many orders were marked due, and the first of them, those that ship first before the others."""

    count: int = 0
    first: tuple[int, ...] = ()
