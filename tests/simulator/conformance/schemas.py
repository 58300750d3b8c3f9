"""JSON Schema validators over Amazon's definitions, open as published or closed to unknown fields."""

from collections.abc import Mapping
from typing import Any, Final

from jsonschema import Draft4Validator, FormatChecker
from jsonschema.protocols import Validator

from tests.simulator.conformance.amazon_models import Model

OPEN: Final = "open"
CLOSED: Final = "closed"
MODES: Final = (OPEN, CLOSED)

# Fields that Amazon's own SDK 1.13.0 reads and the published model of 2026-08-05 does not list yet.
AHEAD_OF_THE_MODEL: Final[Mapping[str, frozenset[str]]] = {
    "OrderFulfillment": frozenset({"promiseCalculationInputs"}),
    "AssociatedOrderItem": frozenset({"asin", "purchasePrice"}),
}

# Combined with allOf, where each part would refuse the fields of the others once it is closed.
COMBINED: Final = frozenset(
    {"EventFilter", "AggregationFilter", "MarketplaceFilter", "OrderChangeTypeFilter", "TrackingFilter"}
)

Schema = dict[str, Any]


def closed(schema: Schema) -> Schema:
    """Return a schema that refuses, at every level, the fields it does not name."""
    result = dict(schema)
    if "properties" in schema:
        result["properties"] = {name: closed(inner) for name, inner in schema["properties"].items()}
        result.setdefault("additionalProperties", False)
    if isinstance(schema.get("items"), dict):
        result["items"] = closed(schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = closed(schema["additionalProperties"])
    return result


def closed_definitions(definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """Close every definition, leaving room for the fields known to run ahead of the model."""
    result: dict[str, Schema] = {}
    for name, schema in definitions.items():
        tight = schema if name in COMBINED else closed(schema)
        ahead: Schema = {field: {} for field in AHEAD_OF_THE_MODEL.get(name, ())}
        result[name] = {**tight, "properties": {**tight["properties"], **ahead}} if ahead else tight
    return result


def schema_validator(schema: Schema) -> Validator:
    """Return a Draft 4 validator that also checks formats."""
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=FormatChecker())


class ModelSchemas:
    """The validators of one model's responses and request bodies, each built once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        definitions = model.swagger["definitions"]
        self._definitions = {OPEN: definitions, CLOSED: closed_definitions(definitions)}
        self._validators: dict[tuple[str, str, str], Validator] = {}

    def response(self, operation: str, status: str, *, mode: str) -> Validator:
        """Return the validator of a declared response. A response without a schema has an empty body."""
        key = (operation, status, mode)
        if key not in self._validators:
            declared = self.model.operations[operation].response(status)
            # Amazon writes the answer of a bodyless response as {} in its sandbox cases.
            schema = declared.get("schema", {"enum": [{}, None]})
            self._validators[key] = self._build(schema, mode=mode)
        return self._validators[key]

    def request_body(self, operation: str, *, mode: str = OPEN) -> Validator:
        """Return the validator of an operation's request body."""
        parameters = self.model.operations[operation].swagger["parameters"]
        [body] = [parameter for parameter in parameters if parameter.get("in") == "body"]
        return self._build(body["schema"], mode=mode)

    def faults(self, operation: str, status: str, body: Any, *, mode: str) -> list[str]:
        """Return what is wrong with a body, one line for each fault, most telling first."""
        validator = self.response(operation, status, mode=mode)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]

    def _build(self, schema: Schema, *, mode: str) -> Validator:
        top = closed(schema) if mode == CLOSED else schema
        return schema_validator({**top, "definitions": self._definitions[mode]})
