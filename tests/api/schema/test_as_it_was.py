"""`amazonOrderAsOf`: the past of an order as clients read it."""

from datetime import datetime, timedelta
from typing import Any

from api.schema.ids import id_of
from domain.channel.hold import hold_order
from domain.commerce.workflow_records import HoldReason
from domain.instant import to_text
from domain.timeline import Event
from tests.api.schema.asking import Client
from tests.domain.channel.stage import CLERK, Stage, item, mugs
from tests.domain.histories import check_histories

MONEY = "{ amount currencyCode }"
PAST = f"""query ($by: AmazonOrderBy!, $asOf: DateTime!) {{ amazonOrderAsOf(by: $by, asOf: $asOf) {{
  asOf sequence status rawStatus displayStatus importOutcome fulfillmentChannel lastUpdatedAt latestShipAt
  buyerCancellationAt completedAt total {MONEY} order {{ id displayStatus }}
  items {{ sellerSku quantityOrdered quantityShipped lineTotal {MONEY} item {{ id quantityShipped }} }}
  latestEvent {{ sequence kind }}
  events(first: 100) {{ nodes {{ sequence kind }} pageInfo {{ hasNextPage }} }}
  commerceOrder {{ number state status {{ code label }} subtotal {MONEY} shipping {MONEY} giftWrap {MONEY}
    tax {MONEY} discount {MONEY} other {MONEY} total {MONEY} totalPaid {MONEY} totalRefunded {MONEY}
    hold {{ reason placedAt until }}
    lines {{ sku quantityOrdered quantityInvoiced quantityShipped quantityRefunded quantityCanceled total {MONEY}
      item {{ id }} }} }} }} }}"""


async def ask(client: Client, order: Any, at: datetime) -> dict[str, Any]:
    found: dict[str, Any] = (await client.ask(PAST, by={"id": id_of(order)}, asOf=to_text(at)))["amazonOrderAsOf"]
    return found


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currencyCode": "EUR"}


async def test_an_order_is_told_as_it_was(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "5"}, {"sku": "CUP", "quantity": "5"})
    order = await stage.arrive(*mugs(0))
    imported = stage.now
    until = stage.later(hours=1) + timedelta(days=1)
    asked: dict[str, Any] = {"order_id": order.id, "note": None, "expected_version": None, "actor": CLERK}
    await hold_order(reason=HoldReason.FRAUD, until=until, now=stage.now, **asked)
    held = stage.now
    order = await stage.change(order, status="SHIPPED", items=mugs(3, cups=1))
    shipped = stage.now
    stage.later(hours=1)

    first = await ask(client, order, imported)
    assert (first["asOf"], first["status"], first["rawStatus"]) == (to_text(imported), "UNSHIPPED", "UNSHIPPED")
    assert (first["displayStatus"], first["importOutcome"], first["completedAt"]) == ("UNSHIPPED", "IMPORTED", None)
    assert (first["fulfillmentChannel"], first["buyerCancellationAt"]) == ("MERCHANT", None)
    assert (first["lastUpdatedAt"], first["latestShipAt"]) == (to_text(imported), to_text(imported + timedelta(days=2)))
    assert first["total"] == euros("24.90")
    assert [(one["sellerSku"], one["quantityOrdered"], one["quantityShipped"]) for one in first["items"]] == [
        ("MUG", 3, 0),
        ("CUP", 1, 0),
    ]
    assert [one["item"]["quantityShipped"] for one in first["items"]] == [3, 1]
    assert first["items"][1]["lineTotal"] == euros("5.00")
    assert first["order"] == {"id": id_of(order), "displayStatus": "COMPLETED"}
    kinds = [node["kind"] for node in first["events"]["nodes"]]
    assert (kinds[0], kinds[-1], first["events"]["pageInfo"]) == ("SEEN", "INVOICED", {"hasNextPage": False})
    assert first["latestEvent"] == {"sequence": first["sequence"], "kind": "INVOICED"}
    assert first["sequence"] == len(kinds)
    made = first["commerceOrder"]
    assert (made["number"], made["state"], made["status"]["code"], made["hold"]) == (
        *("000000001", "PROCESSING", "processing"),
        None,
    )
    assert [(made[name]["amount"]) for name in ("subtotal", "total", "totalPaid", "totalRefunded", "other")] == [
        *("24.90", "24.90", "24.90", "0.00", "0.00"),
    ]
    assert [(line["sku"], line["quantityInvoiced"], line["quantityShipped"]) for line in made["lines"]] == [
        ("MUG", 3, 0),
        ("CUP", 1, 0),
    ]
    assert [line["item"]["id"] for line in made["lines"]] == [one["item"]["id"] for one in first["items"]]

    second = (await ask(client, order, held))["commerceOrder"]
    assert second["hold"] == {"reason": "FRAUD", "placedAt": to_text(held), "until": to_text(until)}
    assert (second["state"], second["status"]["label"]) == ("ON_HOLD", "On Hold")

    third = await ask(client, order, shipped)
    assert (third["displayStatus"], third["completedAt"]) == ("COMPLETED", to_text(shipped))
    assert [line["quantityShipped"] for line in third["commerceOrder"]["lines"]] == [3, 1]
    assert third == {**await ask(client, order, stage.now), "asOf": to_text(shipped)}
    await check_histories()


async def test_before_it_was_seen_it_is_null(client: Client, stage: Stage) -> None:
    order = await stage.arrive()
    assert await ask(client, order, stage.now - timedelta(seconds=1)) is None
    by = {"amazonOrderId": "902-0000000-9999999"}
    assert await client.ask(PAST, by=by, asOf=to_text(stage.now)) == {"amazonOrderAsOf": None}


async def test_an_instant_that_cannot_be_told_is_an_error_that_names_the_argument(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG"))
    by, seen = {"id": id_of(order)}, stage.now
    answer = await client.post(PAST, by=by, asOf=to_text(stage.now + timedelta(seconds=1)))
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": ["asOf"]}
    assert "in the future: it is 2026-03-02T09:00:00.000Z now" in error["message"]
    assert answer["data"] == {"amazonOrderAsOf": None}

    (error,) = (await client.post(PAST, by=by, asOf="2026-03-02T09:00:00"))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "asOf" in error["message"]
    assert "with its zone" in error["message"]

    await Event.filter(order_id=order.id).update(difference=None)  # as an older version wrote them
    order = await stage.change(order, status="PENDING")
    (error,) = (await client.post(PAST, by=by, asOf=to_text(seen)))["errors"]
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": ["asOf"]}
    assert "is known from 2026-03-02T09:01:00.000Z on" in error["message"]
    assert (await ask(client, order, stage.now))["status"] == "PENDING"
