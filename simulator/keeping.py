"""A snapshot of the whole world: every part of it is kept, and all come back or none."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import msgspec
import orjson

from simulator.cast.sellers import Seller
from simulator.options import Options
from simulator.orders.arrivals import Stream

if TYPE_CHECKING:
    from simulator.world import World

VERSION: Final = 1
DRAWN: Final = frozenset({"crowd"})  # the seed alone decides it
PLAIN: Final[dict[str, Any]] = {  # what is no part of its own, and the type that it has
    "seed": str,
    "options": Options,
    "sellers": dict[str, Seller],
    "streams": list[Stream],
    "orders_drafted": int,
    "_requests": int,
}
WHERE: Final = re.compile(r" - at `\$(.*)`$")
BREAKS: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, msgspec.MsgspecError)


@runtime_checkable
class Part(Protocol):
    """A part of the world's state."""

    def keep(self) -> Any:
        """Return all of the state as what JSON can carry; the same state gives the same bytes."""

    def restore(self, kept: Any) -> None:
        """Become what was kept."""


class BrokenSnapshot(ValueError):
    """What was given is no snapshot that this world can become; ``field`` is the path of what is wrong."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def keep_world(world: World) -> dict[str, Any]:
    """Return a snapshot of the world; the same state gives the same one."""
    parts = {name: _keep(name, part) for name, part in vars(world).items() if name not in DRAWN}
    return {"version": VERSION, "digest": _digest(parts), "world": parts}


def restore_world(world: World, snapshot: dict[str, Any]) -> None:
    """Become the world of a snapshot, with its clock; nothing changes if it is broken. Raises BrokenSnapshot."""
    if snapshot.get("version") != VERSION:
        raise BrokenSnapshot(f"this simulator reads snapshots of version {VERSION}", "version")
    parts = snapshot.get("world")
    if not isinstance(parts, dict):
        raise BrokenSnapshot("the parts of a world are missing", "world")
    seed = _convert("seed", parts.get("seed"))
    fresh = type(world)(clock=world.clock.twin(), seed=seed)
    _demand_all(fresh, parts)
    for name, part in vars(fresh).items():
        if name not in DRAWN:
            setattr(fresh, name, _restored(name, part, parts[name]))
    if snapshot.get("digest") != _digest(parts):
        raise BrokenSnapshot("this is not what was kept: a snapshot cannot be edited", "digest")
    clock = world.clock
    vars(world).update(vars(fresh) | {"clock": clock})
    clock.restore(parts["clock"])


def _keep(name: str, part: Any) -> Any:
    return msgspec.to_builtins(part) if name in PLAIN else part.keep()


def _restored(name: str, part: Any, kept: Any) -> Any:
    """Return a part as it was kept; that it can be kept the same again shows that nothing of it was lost."""
    if name in PLAIN:
        return _convert(name, kept)
    try:
        part.restore(kept)
    except BREAKS as error:
        raise _broken(name, error) from error
    if name != "book" and _read(part.keep()) != _read(kept):  # of every order more than that is checked
        raise BrokenSnapshot("not all of this can be read", f"world.{name}")
    return part


def _convert(name: str, kept: Any) -> Any:
    try:
        return msgspec.convert(kept, PLAIN[name])
    except msgspec.ValidationError as error:
        raise _broken(name, error) from error


def _broken(name: str, error: Exception) -> BrokenSnapshot:
    found = WHERE.search(str(error))
    said = WHERE.sub("", str(error)) if isinstance(error, ValueError | msgspec.MsgspecError) else "not what was kept"
    return BrokenSnapshot(said, f"world.{name}" + (found[1] if found else ""))


def _demand_all(fresh: World, parts: dict[str, Any]) -> None:
    wanted = vars(fresh).keys() - DRAWN
    for name in sorted(wanted - parts.keys()):
        raise BrokenSnapshot("this part of the world is missing", f"world.{name}")
    for name in sorted(parts.keys() - wanted):
        raise BrokenSnapshot("the world has no such part", f"world.{name}")


def _digest(parts: dict[str, Any]) -> str:
    return hashlib.sha256(_spell(parts)).hexdigest()


def _spell(kept: Any) -> bytes:
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)


def _read(kept: Any) -> Any:
    """Return what JSON makes of it: lists for tuples, text for enumerations."""
    return orjson.loads(orjson.dumps(kept))
