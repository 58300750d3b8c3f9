"""What can be fetched again by its id, and how a type becomes a window on stored records."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from api.schema.ids import id_of

Window = TypeVar("Window", bound=type)


def window_on(*records: type, only: Callable[[Any], bool] | None = None) -> Callable[[Window], Window]:
    """Make a type the window on records of these classes; `only` tells the kinds of one record apart."""

    def decorate(window: Window) -> Window:
        def is_type_of(value: object, info: object) -> bool:
            return isinstance(value, (window, *records)) and (only is None or isinstance(value, window) or only(value))

        window.is_type_of = staticmethod(is_type_of)  # type: ignore[attr-defined]
        return window

    return decorate


@strawberry.interface(description="Something with an id that stays and that finds it again.")
class Node:
    """The common part of everything with an id."""

    @strawberry.field(description="Opaque, globally unique, never reused. Pass it back as it is.")
    @staticmethod
    def id(root: strawberry.Parent[object]) -> strawberry.ID:
        """Return the public id."""
        return strawberry.ID(id_of(root))
