import asyncio
from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from domain.commerce.records import CommerceOrder, CreditMemo
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, items_of, package, shelf

MONEY = "{ amount currencyCode }"
ERRORS = f"""errors {{ __typename code message path retryable
  ... on AmountTooLargeError {{ requested {MONEY} available {MONEY} }}
  ... on ActionNotAllowedError {{ action currentStatus }}
  ... on StaleVersionError {{ expectedVersion actualVersion }} }}"""
PARTS = f"lines {{ item {{ sellerSku }} quantity amount {MONEY} shipping {MONEY} }}"
REFUND = f"""mutation ($i: RefundOrderInput!) {{ refundOrder(input: $i) {{
  order {{ version commerceOrder {{ totalRefunded {MONEY} state }} }}
  creditMemo {{ id number reason restocked note createdAt {PARTS} command {{ kind state }}
    shipping {MONEY} adjustmentRefund {MONEY} adjustmentFee {MONEY} total {MONEY} }}
  amounts {{ {PARTS} shipping {MONEY} adjustmentRefund {MONEY} adjustmentFee {MONEY} total {MONEY} left {MONEY} }}
  {ERRORS} }} }}"""
LOOK = f"""query ($by: AmazonOrderBy!) {{ amazonOrder(by: $by) {{
  actions {{ kind allowed {ERRORS.replace("errors", "reasons", 1)} }}
  commerceOrder {{ refundable {{ {PARTS} shipping {MONEY} total {MONEY} }} creditMemos {{ number {PARTS} }} }} }} }}"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    """Let an order of 3 mugs for 37.00 arrive, 6.00 of it for shipping."""
    await stage.products({"sku": "MUG", "quantity": "5"})
    return await stage.arrive(item("MUG", 3, parts={"ITEM": 3000, "SHIPPING": 600, "TAX": 100}))


async def mug_of(order: AmazonOrder) -> str:
    return id_of((await items_of(order))[0])


def wanted(order: AmazonOrder, **given: Any) -> dict[str, Any]:
    return {"orderId": id_of(order), "reason": "BUYER_RETURN", "idempotencyKey": "r1"} | given


async def refunded(client: Client, **given: Any) -> Any:
    return (await client.ask(REFUND, i=given))["refundOrder"]


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


async def test_a_credit_memo_is_made_and_shown(client: Client, stage: Stage, order: AmazonOrder) -> None:
    one = {"itemId": await mug_of(order), "quantity": 1, "restock": True}
    payload = await refunded(
        client,
        **wanted(order, lines=[one], shipping="2", adjustmentRefund="1.50", adjustmentFee="0.25", note="came back",
                 reason="DAMAGED", expectedVersion=order.version),
    )  # fmt: skip

    assert payload["errors"] == []
    memo = payload["creditMemo"]
    assert (memo["number"], memo["reason"], memo["note"]) == ("000000001", "DAMAGED", "came back")
    assert (memo["restocked"], memo["command"]) == (True, None)
    covered = {"item": {"sellerSku": "MUG"}, "quantity": 1, "amount": euros("10.33"), "shipping": euros("2.00")}
    assert memo["lines"] == [covered]
    assert (memo["shipping"], memo["adjustmentRefund"]) == (euros("2.00"), euros("1.50"))
    assert (memo["adjustmentFee"], memo["total"]) == (euros("0.25"), euros("13.58"))
    assert payload["order"]["commerceOrder"] == {"totalRefunded": euros("13.58"), "state": "PROCESSING"}
    assert payload["order"]["version"] > order.version
    assert payload["amounts"] is None
    assert len(client.woken) == 1
    found = await client.ask("query ($id: ID!) { node(id: $id) { __typename id } }", id=memo["id"])
    assert found["node"] == {"__typename": "CreditMemo", "id": memo["id"]}
    assert await shelf() == (5, 2)


async def test_what_is_left_is_what_a_form_starts_with(client: Client, order: AmazonOrder) -> None:
    await refunded(client, **wanted(order, lines=[{"itemId": await mug_of(order), "quantity": 1}], shipping="1"))
    look = (await client.ask(LOOK, by={"id": id_of(order)}))["amazonOrder"]
    assert look["commerceOrder"]["refundable"] == {
        "lines": [{"item": {"sellerSku": "MUG"}, "quantity": 2, "amount": euros("20.67"), "shipping": euros("5.00")}],
        "shipping": euros("5.00"),
        "total": euros("25.67"),
    }
    assert len(look["commerceOrder"]["creditMemos"]) == 1


async def test_a_dry_run_says_what_it_would_come_to_and_stores_nothing(client: Client, order: AmazonOrder) -> None:
    given = wanted(order, lines=[{"itemId": await mug_of(order), "quantity": 2}], adjustmentFee="1", dryRun=True)
    tried = await refunded(client, **given)
    assert (tried["errors"], tried["creditMemo"], tried["order"]["version"]) == ([], None, order.version)
    assert tried["amounts"] == {
        "lines": [{"item": {"sellerSku": "MUG"}, "quantity": 2, "amount": euros("20.67"), "shipping": euros("6.00")}],
        "shipping": euros("6.00"),
        "adjustmentRefund": euros("0.00"),
        "adjustmentFee": euros("1.00"),
        "total": euros("25.67"),
        "left": euros("11.33"),
    }
    assert client.woken == []
    done = await refunded(client, **(given | {"dryRun": False}))
    assert done["creditMemo"]["total"] == tried["amounts"]["total"]
    (error,) = (await refunded(client, **(given | {"lines": None, "amount": "11.34"})))["errors"]
    assert (error["code"], error["path"]) == ("INVALID", ["input", "amount"])  # the fee is still there
    assert await CreditMemo.all().count() == 1


async def test_one_cent_too_much_is_refused_with_what_is_left(client: Client, order: AmazonOrder) -> None:
    (error,) = (await refunded(client, **wanted(order, amount="37.01")))["errors"]
    assert (error["__typename"], error["code"], error["path"]) == (
        "AmountTooLargeError", "AMOUNT_TOO_LARGE", ["input", "amount"],
    )  # fmt: skip
    assert (error["requested"], error["available"]) == (euros("37.01"), euros("37.00"))
    assert error["message"] == "37.01 EUR asked for, 37.00 EUR left."
    payload = await refunded(client, **wanted(order, amount="37.00"))
    assert (payload["errors"], payload["order"]["commerceOrder"]["totalRefunded"]) == ([], euros("37.00"))


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"orderId": "nonsense"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "U3RvcmU6MS4x"}, "INVALID", ["input", "orderId"]),
        ({"orderId": "QW1hem9uT3JkZXI6MS45OTk="}, "NOT_FOUND", ["input", "orderId"]),
        ({"lines": [{"itemId": "nonsense", "quantity": 1}]}, "INVALID", ["input", "lines", "0", "itemId"]),
        (
            {"lines": [{"itemId": "T3JkZXJJdGVtOjEuOTk5", "quantity": 1}]},
            "NOT_FOUND",
            ["input", "lines", "0", "itemId"],
        ),
        ({"lines": []}, None, None),  # all of the shipping
        ({"amount": "1.005"}, "INVALID", ["input", "amount"]),
        ({"amount": "-1"}, "INVALID", ["input", "amount"]),
        ({"shipping": "6.01"}, "AMOUNT_TOO_LARGE", ["input", "shipping"]),
        ({"adjustmentRefund": "0.01"}, "AMOUNT_TOO_LARGE", ["input", "adjustmentRefund"]),
        ({"adjustmentFee": "37"}, "AMOUNT_TOO_LARGE", ["input", "adjustmentFee"]),
        ({"reason": "CANCELED_ON_AMAZON"}, "INVALID", ["input", "reason"]),
        ({"note": "x" * 501}, "INVALID", ["input", "note"]),
        ({"expectedVersion": 99}, "STALE_VERSION", ["input", "expectedVersion"]),
        ({"idempotencyKey": " "}, "REQUIRED", ["input", "idempotencyKey"]),
        ({"tellAmazon": True}, "ACTION_NOT_ALLOWED", ["input", "tellAmazon"]),
        ({"notify": True}, "ACTION_NOT_ALLOWED", ["input", "notify"]),
    ],
)
async def test_bad_input_is_refused_in_a_dry_run_as_in_earnest(
    client: Client, order: AmazonOrder, given: dict[str, Any], code: str | None, path: list[str] | None
) -> None:
    for dry_run in (True, False):
        if dry_run and path == ["input", "idempotencyKey"]:
            continue
        errors = (await refunded(client, **(wanted(order, dryRun=dry_run) | given)))["errors"]
        assert [(error["code"], error["path"]) for error in errors] == ([(code, path)] if code else [])
    assert await CreditMemo.all().count() == (0 if code else 1)


@pytest.mark.parametrize("wrong", ['"1e3"', '"NaN"', "1.5", '"1234567890123456"', '"1,5"'])
async def test_what_is_no_exact_decimal_never_gets_in(client: Client, order: AmazonOrder, wrong: str) -> None:
    given = f'{{orderId: "{id_of(order)}", reason: OTHER, amount: {wrong}, idempotencyKey: "k"}}'
    answer = await client.post(f"mutation {{ refundOrder(input: {given}) {{ errors {{ code }} }} }}")
    assert answer["errors"]
    assert await CreditMemo.all().count() == 0


async def test_the_action_gives_the_reasons_of_the_mutation(client: Client, order: AmazonOrder) -> None:
    look = (await client.ask(LOOK, by={"id": id_of(order)}))["amazonOrder"]
    (action,) = [one for one in look["actions"] if one["kind"] == "REFUND"]
    assert (action["allowed"], action["reasons"]) == (True, [])
    assert (await refunded(client, **wanted(order)))["errors"] == []
    errors = (await refunded(client, **wanted(order, idempotencyKey="r2")))["errors"]
    look = (await client.ask(LOOK, by={"id": id_of(order)}))["amazonOrder"]
    (action,) = [one for one in look["actions"] if one["kind"] == "REFUND"]
    assert (action["allowed"], action["reasons"]) == (False, errors)
    assert (errors[0]["action"], errors[0]["currentStatus"]) == ("REFUND", "UNSHIPPED")


async def test_the_same_key_answers_with_the_same_memo(client: Client, order: AmazonOrder) -> None:
    first = await refunded(client, **wanted(order, amount="1.50"))
    again = await refunded(client, **wanted(order, amount="1.5"))
    assert first["creditMemo"] == again["creditMemo"]
    (error,) = (await refunded(client, **wanted(order, amount="1.51")))["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert await CreditMemo.all().count() == 1


async def test_of_two_operators_at_once_one_gives_back_the_last_cent(client: Client, order: AmazonOrder) -> None:
    await refunded(client, **wanted(order, amount="36.99"))
    both = await asyncio.gather(
        *(refunded(client, **wanted(order, amount="0.01", idempotencyKey=key)) for key in ("a", "b"))
    )
    assert sorted(len(payload["errors"]) for payload in both) == [0, 1]
    assert (await CommerceOrder.get()).refunded_minor == 3700


async def test_a_memo_that_amazon_is_told_of_shows_its_command(
    client: Client, stage: Stage, order: AmazonOrder
) -> None:
    await stage.ship(order, package())
    order = await stage.change(order, status="SHIPPED")
    payload = await refunded(client, **wanted(order, tellAmazon=True))
    assert payload["errors"] == []
    assert payload["creditMemo"]["command"] == {"kind": "REFUND", "state": "QUEUED"}
