"""The cases of the static sandbox as requests."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import httpx2
import orjson

from tests.real_data.shared import shared

MODELS: Final = (
    "orders_2026-01-01",
    "ordersV0",
    "feeds_2021-06-30",
    "reports_2021-06-30",
    "listingsItems_2021-08-01",
    "notifications",
    "tokens_2021-03-01",
    "sellers",
)

# Two cases that say the same of the request: no sandbox can tell them apart. The status is the other one's.
UNREACHABLE: Final = {"sellers getAccount 400 [0]": 200}


@dataclass(frozen=True)
class RequestCase:
    """A case as Amazon wrote it, with where it is sent."""

    name: str
    model: str
    operation: str
    method: str
    path: str
    parameters: dict[str, Any]
    status: int
    body: Any


def all_cases() -> Iterator[RequestCase]:
    """Yield every case of every model."""
    for model in MODELS:
        for path, item in _paths(model).items():
            for method, described in item.items():
                if isinstance(described, dict) and "operationId" in described:
                    yield from _cases(model, method, path, described)


@cache
def _paths(model: str) -> dict[str, Any]:
    paths: dict[str, Any] = orjson.loads(shared("spapi-models", f"{model}.json").read_bytes())["paths"]
    return paths


def _cases(model: str, method: str, path: str, described: dict[str, Any]) -> Iterator[RequestCase]:
    name = described["operationId"]
    for status, declared in described["responses"].items():
        for index, case in enumerate(declared.get("x-amzn-api-sandbox", {}).get("static", [])):
            values = case["request"].get("parameters", {})
            parameters = {key: one["value"] for key, one in values.items() if "value" in one}
            body = None if status == "204" else case.get("response")
            yield RequestCase(
                f"{model} {name} {status} [{index}]", model, name, method, path, parameters, int(status), body
            )


async def replay(client: httpx2.AsyncClient, case: RequestCase) -> httpx2.Response:
    """Send the request of a case; what it does not say about the path is anything."""
    rest = dict(case.parameters)
    body = rest.pop("body", None)
    path = "/".join(_filled(part, rest) for part in case.path.split("/"))
    query = {name: _spelt(value) for name, value in rest.items() if f"{{{name}}}" not in case.path}
    return await client.request(case.method.upper(), path, params=query, **({} if body is None else {"json": body}))


def _filled(part: str, values: dict[str, Any]) -> str:
    return quote(str(values.get(part[1:-1], "ANY")), safe="") if part.startswith("{") else part


def _spelt(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()
