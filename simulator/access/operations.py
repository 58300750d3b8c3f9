"""The operations of this API: names, paths, usage plans."""

from typing import Final

from simulator.calls import Operation

OPERATIONS: Final[tuple[Operation, ...]] = ()
