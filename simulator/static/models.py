"""Amazon's models, read from the folder that a user brings: their operations with the cases of the static sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

METHODS: Final = frozenset({"get", "put", "post", "delete", "patch"})
CASES: Final = "x-amzn-api-sandbox"


class NoModels(ValueError):
    """The folder holds nothing to be served; the message says what was looked for."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request that the static sandbox knows, and its answer; ``body`` is None for an answer without one."""

    parameters: dict[str, Any]  # by name; a parameter that is only mentioned is not here
    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class SandboxOperation:
    """An operation of a model, with all of its cases in the model's order."""

    name: str
    method: str
    path: str
    cases: tuple[Case, ...]


def read_models(folder: Path) -> list[SandboxOperation]:
    """Return the operations of all Swagger 2.0 models in the folder. Raises NoModels."""
    found = [one for file in sorted(folder.glob("*.json")) for one in _operations(file)]
    if not found:
        raise NoModels(f"no model with cases of the sandbox ({CASES}) is in {folder}; it takes Amazon's *.json models")
    names = [name for name, *_ in found]
    return [
        SandboxOperation(name if names.count(name) == 1 else _told_apart(name, path), method, path, cases)
        for name, method, path, cases in found
    ]


def _operations(file: Path) -> Iterator[tuple[str, str, str, tuple[Case, ...]]]:
    try:
        model = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError as error:
        raise NoModels(f"{file.name} is not JSON") from error
    if not isinstance(model, dict) or not isinstance(model.get("paths"), dict):
        return  # the schema of a notification, for example
    for path, item in model["paths"].items():
        for method, operation in item.items():
            if method in METHODS and (cases := tuple(_cases(operation))):
                yield operation["operationId"], method.upper(), path, cases


def _cases(operation: dict[str, Any]) -> Iterator[Case]:
    for status, answer in operation.get("responses", {}).items():
        for case in answer.get(CASES, {}).get("static", ()):
            known = case.get("request", {}).get("parameters", {})
            parameters = {name: one["value"] for name, one in known.items() if "value" in one}
            # An answer that is not given, or is empty where the status allows no body, has none.
            yield Case(parameters, int(status), None if status == "204" else case.get("response"))


def _told_apart(name: str, path: str) -> str:
    return f"{name}V0" if "/v0/" in path else name
