"""The scenarios that come with the simulator."""

from functools import cache
from importlib.resources import files
from typing import Final

from simulator.scenarios.language import Scenario
from simulator.scenarios.reading import read_scenario

SUFFIX: Final = ".yaml"


class NoSuchScenario(LookupError):
    """No scenario of this name comes with the simulator."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no scenario is called {name!r}; there are {', '.join(names())}")


@cache
def names() -> tuple[str, ...]:
    """Return their names, in order."""
    found = (entry.name for entry in files(__package__).joinpath("shipped").iterdir())
    return tuple(sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX)))


def text_of(name: str) -> bytes:
    """Return the file of a scenario. Raises NoSuchScenario."""
    if name not in names():
        raise NoSuchScenario(name)
    return files(__package__).joinpath("shipped", name + SUFFIX).read_bytes()


@cache
def scenario(name: str) -> Scenario:
    """Return a scenario. Raises NoSuchScenario."""
    return read_scenario(text_of(name), file=name + SUFFIX)
