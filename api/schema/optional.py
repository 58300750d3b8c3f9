"""What a client may leave out: unset on the wire, None in Python."""

import dataclasses
from typing import Any

import strawberry


class Optionals:
    """The common part of inputs whose fields may all be left out; for them null and nothing are the same."""

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):  # type: ignore[arg-type]
            if getattr(self, field.name) is strawberry.UNSET:
                setattr(self, field.name, None)


def optional(description: str, *, name: str | None = None) -> Any:
    """Return an input field that may be left out."""
    return strawberry.field(name=name, description=description, default=strawberry.UNSET)


def given(value: Any) -> Any:
    """Return the value of an argument, None where it was left out."""
    return None if value is strawberry.UNSET else value
