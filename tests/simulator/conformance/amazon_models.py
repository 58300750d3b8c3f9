"""Amazon's published Swagger 2.0 models: their operations, embedded cases and response schemas."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JSON_MEDIA_TYPE = "application/json"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class SandboxCase:
    """One request and answer that Amazon embeds in a model for its static sandbox."""

    operation: str
    status: str
    index: int
    parameters: dict[str, Any]
    response: Any

    @property
    def name(self) -> str:
        return f"{self.operation} {self.status} [{self.index}]"


@dataclass(frozen=True)
class Operation:
    """One operation of a model, with the swagger object that describes it."""

    name: str
    method: str
    path: str
    swagger: dict[str, Any]

    def response(self, status: str) -> dict[str, Any]:
        """Return what the model declares for a status. Raises KeyError if it declares nothing."""
        declared: dict[str, Any] = self.swagger["responses"][status]
        return declared

    def cases(self) -> Iterator[SandboxCase]:
        """Yield every embedded sandbox case, in the model's order."""
        for status, declared in self.swagger["responses"].items():
            static = declared.get("x-amzn-api-sandbox", {}).get("static", [])
            for index, case in enumerate(static):
                values = case["request"].get("parameters", {})
                parameters = {name: holder.get("value") for name, holder in values.items()}
                yield SandboxCase(self.name, status, index, parameters, case.get("response"))

    def examples(self) -> Iterator[tuple[str, str, Any]]:
        """Yield (status, media type, body) of every example the documentation prints."""
        for status, declared in self.swagger["responses"].items():
            for media_type, body in declared.get("examples", {}).items():
                yield status, media_type, body


@dataclass(frozen=True)
class Model:
    """One of Amazon's models, with its operations by operationId."""

    name: str
    swagger: dict[str, Any]
    operations: dict[str, Operation]


def read_model(path: Path) -> Model:
    """Read a Swagger 2.0 model from a file."""
    swagger = json.loads(path.read_bytes())
    operations = {
        described["operationId"]: Operation(described["operationId"], method, route, described)
        for route, item in swagger["paths"].items()
        for method, described in item.items()
        if method in METHODS
    }
    return Model(path.stem, swagger, operations)
