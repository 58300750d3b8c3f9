from dataclasses import replace
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from domain.channel.retention import redact_expired
from tests.api.schema.asking import Client
from tests.domain.channel.stage import ADDRESS, Stage, item

CORRECT = """mutation ($id: ID!, $a: AddressPatch!, $v: Int) {
  correctAddress(orderId: $id, address: $a, expectedVersion: $v) {
  order { version displayStatus commerceOrder { number } blockers { kind }
    shippingAddress { line1 line2 city postalCode countryCode }
    addressCorrections { field correctedAt correctedBy { kind name } isStale }
    actions { kind allowed reasons { __typename code message path
      ... on ActionNotAllowedError { action currentStatus } } } }
  errors { __typename code message path ... on ActionNotAllowedError { action currentStatus } } } }"""

SHOW = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { shippingAddress { city line1 }
  addressCorrections { field isStale } } }"""


async def correct(client: Client, order: AmazonOrder, version: int | None = None, **address: Any) -> Any:
    return (await client.ask(CORRECT, id=id_of(order), a=address, v=version))["correctAddress"]


@pytest.fixture
async def blocked(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG"), address=replace(ADDRESS, city=None, line1="Hauptstr"))


async def test_an_order_without_a_city_is_imported_once_it_is_corrected(client: Client, blocked: AmazonOrder) -> None:
    done = await correct(client, blocked, city="Berlin", line1="Hauptstr. 1", line2="")
    assert done["errors"] == []
    order = done["order"]
    assert (order["commerceOrder"], order["blockers"]) == ({"number": "000000001"}, [])
    assert order["shippingAddress"] == {
        "line1": "Hauptstr. 1",
        "line2": None,
        "city": "Berlin",
        "postalCode": "10115",
        "countryCode": "DE",
    }
    by, at = {"kind": "USER", "name": None}, "2026-03-02T09:00:00.000Z"
    assert order["addressCorrections"] == [
        {"field": name, "correctedAt": at, "correctedBy": by, "isStale": False} for name in ("line1", "city")
    ]

    again = await correct(client, blocked, 1, city="Berlin")
    assert (again["errors"], again["order"]["version"]) == ([], order["version"])


async def test_a_correction_survives_and_is_stale_once_amazon_says_something_new(
    client: Client, stage: Stage, blocked: AmazonOrder
) -> None:
    await correct(client, blocked, city="Berlin")
    await stage.change(blocked, address=replace(ADDRESS, city="Bonn", line1="Am Ende 3"))
    shown = (await client.ask(SHOW, by={"id": id_of(blocked)}))["amazonOrder"]
    assert shown["shippingAddress"] == {"city": "Berlin", "line1": "Am Ende 3"}
    assert shown["addressCorrections"] == [{"field": "city", "isStale": True}]


async def test_corrections_go_with_the_buyer_data(client: Client, stage: Stage, blocked: AmazonOrder) -> None:
    await correct(client, blocked, city="Berlin")
    await redact_expired(now=stage.later(days=40))
    shown = (await client.ask(SHOW, by={"id": id_of(blocked)}))["amazonOrder"]
    assert shown == {"shippingAddress": None, "addressCorrections": []}


async def test_an_order_whose_address_amazon_never_gave_gets_one(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"})
    order = await stage.arrive(item("MUG"), buyer=None, address=None)
    done = await correct(client, order, line1="A 1", city="Bonn", postalCode="53111", countryCode="de")
    assert done["order"]["commerceOrder"] is not None
    assert done["order"]["shippingAddress"]["countryCode"] == "DE"


@pytest.mark.parametrize(
    ("address", "code", "field"),
    [
        ({"city": " "}, "REQUIRED", "city"),
        ({"countryCode": "QQ"}, "INVALID", "countryCode"),
        ({"countryCode": "DEU"}, "INVALID", "countryCode"),
        ({"countryCode": "US"}, "REQUIRED", "region"),
        ({"line2": "a\nb"}, "INVALID", "line2"),
        ({"postalCode": "7" * 21}, "INVALID", "postalCode"),
    ],
)
async def test_what_is_no_address_is_refused_by_its_field_without_saying_it_again(
    client: Client, blocked: AmazonOrder, address: dict[str, Any], code: str, field: str
) -> None:
    refused = await correct(client, blocked, **address)
    (error,) = refused["errors"]
    assert (error["code"], error["path"]) == (code, ["address", field])
    assert not any(text.strip() and text in error["message"].split() for text in address.values())
    assert (refused["order"]["version"], refused["order"]["addressCorrections"]) == (blocked.version, [])


async def test_why_it_is_not_allowed_is_the_same_in_actions_and_in_the_answer(
    client: Client, stage: Stage, blocked: AmazonOrder
) -> None:
    order = await stage.change(blocked, status="CANCELED")
    refused = await correct(client, order, city="Berlin")
    (error,) = refused["errors"]
    assert (error["action"], error["currentStatus"]) == ("CORRECT_ADDRESS", "CANCELED")
    (shown,) = [one for one in refused["order"]["actions"] if one["kind"] == "CORRECT_ADDRESS"]
    assert shown == {"kind": "CORRECT_ADDRESS", "allowed": False, "reasons": [error]}


async def test_an_order_of_another_account_or_version_is_refused(client: Client, blocked: AmazonOrder) -> None:
    (error,) = (await correct(client, blocked, 99, city="Berlin"))["errors"]
    assert (error["code"], error["path"]) == ("STALE_VERSION", ["expectedVersion"])
    blocked.id += 1
    unknown = await correct(client, blocked, city="Berlin")
    assert (unknown["order"], unknown["errors"][0]["code"]) == (None, "NOT_FOUND")
