from typing import Any

import pytest

from api.schema.ids import id_of
from domain.amazon.records import AmazonOrder
from domain.channel.comment import Remark, add_comment
from domain.channel.hold import hold_order
from domain.commerce.mail_rules import Mailing
from domain.commerce.records import Document, Invoice
from domain.commerce.workflow_records import HoldReason, OrderComment, OrderHold
from tests.api.schema.asking import Client
from tests.api.schema.test_lists import counting
from tests.domain.channel.stage import CLERK, Stage, item

LOOK = """query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename
  ... on OrderHold { reason placedBy { kind name } endedBy { kind } ending until }
  ... on OrderComment { text at isVisible isNotified actor { kind } status { code label state isCustom }
    paper { ... on Invoice { number comments { text } } } } } }"""
TIMELINE = """query ($id: ID!) { node(id: $id) { ... on AmazonOrder { events(first: 50) { nodes { __typename kind
  ... on CommentEvent { message comment { text } } } } } } }"""
LISTED = """{ amazonOrders(first: 50) { nodes { holds(includeEnded: true) { reason } commerceOrder {
  status { label } comments { text status { label } paper { __typename } } totalPaid { amount }
  lines { quantityToInvoice } invoices { shipping { amount } tax { amount } comments { text } } } } } }"""
DEFINE = """mutation ($i: CreateOrderStatusInput!) { createOrderStatus(input: $i) {
  status { code label state isVisible isDefault isCustom } errors { code path } } }"""
UPDATE = """mutation ($i: UpdateOrderStatusInput!) { updateOrderStatus(input: $i) {
  status { label isVisible } errors { code path } } }"""
ASSIGN = """mutation ($code: String!, $state: CommerceOrderState!) { assignOrderStatus(code: $code, state: $state) {
  status { state } errors { code path } } }"""
COMMENT = """mutation ($i: AddOrderCommentInput!) { addOrderComment(input: $i) { comment { id }
  event { id } order { id } errors { __typename code path message } } }"""


@pytest.fixture
async def order(stage: Stage) -> AmazonOrder:
    await stage.products({"sku": "MUG", "quantity": "50"})
    return await stage.arrive(item("MUG"))


async def say(stage: Stage, order: AmazonOrder, key: str, **remark: Any) -> OrderComment:
    return await add_comment(
        order_id=order.id, remark=Remark(**({"text": f"Said {key}."} | remark)), expected_version=None,
        idempotency_key=key, now=stage.now, actor=CLERK, mailing=Mailing(), sealer=stage.sealer,
    )  # fmt: skip


async def hold(stage: Stage, order: AmazonOrder) -> OrderHold:
    return await hold_order(
        order_id=order.id, reason=HoldReason.ADDRESS, note=None, until=None, expected_version=None,
        now=stage.now, actor=CLERK,
    )  # fmt: skip


async def test_holds_and_comments_are_found_by_their_ids(client: Client, stage: Stage, order: AmazonOrder) -> None:
    invoice = await Invoice.get()
    comment = await say(stage, order, "k1", paper=(Document.INVOICE, invoice.id), is_visible=True)
    placed = await hold(stage, order)

    hold_shown, comment_shown = (await client.ask(LOOK, ids=[id_of(placed), id_of(comment)]))["nodes"]

    assert hold_shown | {"id": ""} == {
        "id": "", "__typename": "OrderHold", "reason": "ADDRESS", "placedBy": {"kind": "USER", "name": "clerk"},
        "endedBy": None, "ending": None, "until": None,
    }  # fmt: skip
    assert comment_shown["text"] == "Said k1."
    assert comment_shown["status"] == {
        "code": "processing", "label": "Processing", "state": "PROCESSING", "isCustom": False,
    }  # fmt: skip
    assert comment_shown["paper"] == {"number": invoice.number, "comments": [{"text": "Said k1."}]}
    assert (comment_shown["isVisible"], comment_shown["isNotified"]) == (True, False)


async def test_a_comment_has_its_own_kind_of_event(client: Client, stage: Stage, order: AmazonOrder) -> None:
    await say(stage, order, "k1")
    nodes = (await client.ask(TIMELINE, id=id_of(order)))["node"]["events"]["nodes"]
    assert nodes[-1] == {
        "__typename": "CommentEvent", "kind": "COMMENTED", "message": "Comment on the order.",
        "comment": {"text": "Said k1."},
    }  # fmt: skip
    assert {node["__typename"] for node in nodes[:-1]} == {"GenericOrderEvent"}


async def test_a_status_of_ones_own_is_made_changed_and_moved(client: Client) -> None:
    made = (await client.ask(DEFINE, i={"code": "Bench", "label": "At the bench"}))["createOrderStatus"]
    assert made["status"] == {
        "code": "Bench", "label": "At the bench", "state": None, "isVisible": True, "isDefault": False,
        "isCustom": True,
    }  # fmt: skip
    for wrong, code, field in (({"code": "bench"}, "DUPLICATE", "code"), ({"label": ""}, "REQUIRED", "label")):
        (error,) = (await client.ask(DEFINE, i={"code": "Table", "label": "x"} | wrong))["createOrderStatus"]["errors"]
        assert (error["code"], error["path"]) == (code, ["input", field])
    changed = (await client.ask(UPDATE, i={"code": "Bench", "isVisible": False}))["updateOrderStatus"]
    assert changed == {"status": {"label": "At the bench", "isVisible": False}, "errors": []}
    moved = (await client.ask(ASSIGN, code="Bench", state="PROCESSING"))["assignOrderStatus"]
    assert moved == {"status": {"state": "PROCESSING"}, "errors": []}
    refused = (await client.ask(ASSIGN, code="complete", state="PROCESSING"))["assignOrderStatus"]
    assert refused == {"status": None, "errors": [{"code": "ACTION_NOT_ALLOWED", "path": ["code"]}]}
    for ask, given, path in (
        (ASSIGN, {"code": "x" * 65, "state": "PROCESSING"}, ["code"]),
        (UPDATE, {"i": {"code": "x" * 65, "label": "x"}}, ["input", "code"]),
    ):
        (payload,) = (await client.ask(ask, **given)).values()
        assert payload == {"status": None, "errors": [{"code": "NOT_FOUND", "path": path}]}


async def test_what_a_comment_says_is_never_repeated_in_a_refusal(
    client: Client, order: AmazonOrder, caplog: pytest.LogCaptureFixture
) -> None:
    given = {"orderId": id_of(order), "text": "Byron\x00", "idempotencyKey": "k1"}
    answer = await client.ask(COMMENT, i=given)
    (error,) = answer["addOrderComment"]["errors"]
    assert (error["path"], answer["addOrderComment"]["order"]) == (["input", "text"], {"id": id_of(order)})
    for wrong in ({"documentId": "Byron"}, {"documentId": id_of(order)}, {"orderId": "Byron"}):
        refused = await client.ask(COMMENT, i=given | {"text": "Byron"} | wrong)
        assert "Byron" not in str(refused)
    assert "Byron" not in str(error) + caplog.text


async def test_a_list_asks_as_often_whatever_its_length(client: Client, stage: Stage, order: AmazonOrder) -> None:
    counts = []
    for size in (2, 6):
        for at in range(size):
            more = await stage.arrive(item("MUG"))
            await say(
                stage, more, f"{size} {at}", paper=(Document.INVOICE, (await Invoice.all().order_by("-id"))[0].id)
            )
            await hold(stage, more)
        counts.append(await statements_of_a_list(client))
    assert counts[0] == counts[1]


async def statements_of_a_list(client: Client) -> int:
    told: list[str] = []
    async with counting(told):
        nodes = (await client.ask(LISTED))["amazonOrders"]["nodes"]
    assert [node["commerceOrder"]["comments"][0]["paper"] for node in nodes[:2]] == [{"__typename": "Invoice"}] * 2
    return len(told)
