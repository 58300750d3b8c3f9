"""The sources of stock: made, changed, enabled and disabled, and put into the order that goods are taken in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pycountry

from domain.catalog.records import DEFAULT_SOURCE
from domain.catalog.source_records import Source
from domain.catalog.source_shelf import in_order
from domain.catalog.source_switch import Switched, switch_source
from domain.change import Change
from domain.errors import InvalidInput, NotFound, RequiredInput
from domain.timeline import EventKind, Subject

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_LONGEST_NAME: Final = 100

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWish:
    """What a source is to be; None: as it is, or as a new one is. A blank country is none."""

    code: str
    name: str | None = None
    country: str | None = None
    enabled: bool | None = None


async def find_source(code: str, *, path: Path) -> Source:
    """Return the source of a code.

    Raises NotFound.
    """
    source = await Source.get_or_none(code=code) if _CODE.fullmatch(code) else None
    if source is None:
        raise NotFound("There is no source with this code; `sources` lists them.", path=path)
    return source


async def save_source(unit: Change, wish: SourceWish) -> tuple[Source, Switched]:
    """Make a source, or change the one of this code; also returns the products of which more or fewer are for sale.

    A new one is named by its code, enabled, and the last that goods are taken from. Raises InvalidInput, RequiredInput,
    ActionNotAllowed to disable the default one, InsufficientStock to disable one whose stock is promised to orders.
    """
    _check_code(wish.code)
    known = await Source.filter(code=wish.code).select_for_update().first()
    source = known or await _new(wish.code)
    before = _facts(source)
    source.name = source.name if wish.name is None else _name(wish.name)
    source.country = source.country if wish.country is None else _country(wish.country)
    switched: Switched = ()
    if wish.enabled is not None and wish.enabled is not source.enabled:
        if known:
            switched = await switch_source(unit, source, enabled=wish.enabled)
        source.enabled = wish.enabled
    if known and before == _facts(source):
        unit.quiet()
        return source, switched
    await source.save()
    _tell(unit, f"Source {source.code} {'changed' if known else 'created'}.", source)
    return source, switched


async def order_sources(unit: Change, codes: Sequence[str]) -> list[Source]:
    """Put the sources into the order that goods are taken from them; returns them in it.

    Raises NotFound, InvalidInput for one that is named twice, RequiredInput if one is missing.
    """
    known = {source.code: source for source in await Source.all().select_for_update().order_by("id")}
    for at, code in enumerate(codes):
        if code not in known:
            raise NotFound("There is no source with this code; `sources` lists them.", path=("codes", str(at)))
        if code in codes[:at]:
            raise InvalidInput("The same source is named twice.", path=("codes", str(at)))
    if missing := [code for code in known if code not in codes]:
        raise RequiredInput(f"Name every source; missing: {', '.join(missing)}.", path=("codes",))
    if [source.code for source in await in_order()] == list(codes):
        unit.quiet()
        return await in_order()
    for priority, code in enumerate(codes, 1):
        await Source.filter(code=code).update(priority=priority)
    message = f"Goods are taken from the sources in this order: {', '.join(codes)}."
    unit.event(Subject(), EventKind.SOURCE_CHANGED, message, sources=list(codes))
    return await in_order()


def _check_code(code: str) -> None:
    if not _CODE.fullmatch(code):
        raise InvalidInput(
            "The code of a source has small letters, digits, hyphens and underscores, begins with a letter or digit, "
            "and is at most 64 characters long.",
            path=("input", "code"),
        )


async def _new(code: str) -> Source:
    priorities = [source.priority for source in await in_order()]
    return Source(code=code, name=code, country=None, priority=max(priorities) + 1, enabled=True)


def _name(text: str) -> str:
    name, path = text.strip(), ("input", "name")
    if not name:
        raise RequiredInput("A source needs a name.", path=path)
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise InvalidInput(f"A name is one line of at most {_LONGEST_NAME} characters.", path=path)
    return name


def _country(text: str) -> str | None:
    code = text.strip().upper()
    if code and (len(code) != 2 or pycountry.countries.get(alpha_2=code) is None):
        message = "There is no such country; send its code of two letters from ISO 3166, such as DE."
        raise InvalidInput(message, path=("input", "country"))
    return code or None


def _facts(source: Source) -> tuple[str, str | None, bool]:
    return source.name, source.country, source.enabled


def _tell(unit: Change, message: str, source: Source) -> None:
    unit.event(
        Subject(),
        EventKind.SOURCE_CHANGED,
        message,
        source=source.code,
        name=source.name,
        country=source.country,
        enabled=source.enabled,
        is_default=source.code == DEFAULT_SOURCE,
    )
