"""Asking for files: what is refused points to its place in the request."""

from typing import Any

import pytest

from tests.api.schema.asking import Client

EXPORT = "mutation ($i: ExportOrdersInput!) { exportOrders(input: $i) { path errors { code path } } }"
NAMELESS = {"buyerName": {"startsWith": "-"}}
TWICE = {"columns": ["TOTAL", "TOTAL"]}


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"amazonOrders": {"where": {"ids": ["x"]}}}, ["amazonOrders", "where", "ids"]),
        ({"amazonOrders": {"where": NAMELESS}}, ["amazonOrders", "where", "buyerName", "startsWith"]),
        ({"commerceOrders": {"where": {"search": "a\0"}}}, ["commerceOrders", "where", "search"]),
        ({"commerceOrders": {"view": "x"}}, ["commerceOrders", "view"]),
        ({"commerceOrders": TWICE}, ["commerceOrders", "columns"]),
    ],
)
async def test_a_file_is_refused_with_the_place_of_the_mistake(client: Client, wanted: Any, path: list[str]) -> None:
    payload = (await client.ask(EXPORT, i={"list": wanted}))["exportOrders"]
    assert payload == {"path": None, "errors": [{"code": "INVALID", "path": ["input", "list", *path]}]}
