"""Where real data lies: outside the project, named by one environment variable."""

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

NEEDS_SHARED = pytest.mark.skipif(
    "ORDERLANE_SHARED" not in os.environ,
    reason="real data is not part of the project; ORDERLANE_SHARED names the folder that holds it",
)


def shared(*parts: str) -> Path:
    """Return a file of the real data; fail if the folder is named but the file is missing."""
    path = Path(os.environ["ORDERLANE_SHARED"], *parts)
    if not path.is_file():
        raise FileNotFoundError(f"ORDERLANE_SHARED is set, but {'/'.join(parts)} is not in it.")
    return path


def amazon_model(name: str) -> Any:
    """Return one of Amazon's OpenAPI models."""
    return orjson.loads(shared("spapi-models", name).read_bytes())


def amazon_orders() -> list[dict[str, Any]]:
    """Return every order object of the request and answer cases in Amazon's model of 2026-01-01."""
    found: dict[str, dict[str, Any]] = {}
    for path in amazon_model("orders_2026-01-01.json")["paths"].values():
        for answer in path["get"]["responses"].values():
            for case in answer.get("x-amzn-api-sandbox", {}).get("static", []):
                body = case["response"]
                for order in [*body.get("orders", []), *([body["order"]] if "order" in body else [])]:
                    found[order["orderId"]] = order
    return list(found.values())
