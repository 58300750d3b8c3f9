from typing import Any

from api.schema.ids import id_of
from tests.api.schema.asking import Client
from tests.domain.channel.stage import Stage, item, told

EVENTS = """query (
  $by: AmazonOrderBy!, $first: Int, $after: String, $last: Int, $before: String, $where: OrderEventWhere
) {
  amazonOrder(by: $by) { latestEvent { cursor sequence }
    events(first: $first, after: $after, last: $last, before: $before, where: $where) {
      nodes { __typename sequence kind cursor message at order { id }
        ... on StatusChangedEvent { from to } ... on BlockerEvent { blocker { kind } }
        ... on GenericOrderEvent { data } }
      edges { cursor node { sequence } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def test_the_timeline_counts_without_gaps_and_each_kind_has_its_facts(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1), status="PENDING")
    order = await stage.change(order, status="UNSHIPPED")

    shown = (await client.ask(EVENTS, by={"id": id_of(order)}))["amazonOrder"]

    nodes = shown["events"]["nodes"]
    assert [node["kind"] for node in nodes] == await told(order)
    assert [node["sequence"] for node in nodes] == list(range(1, len(nodes) + 1))
    changed = next(node for node in nodes if node["kind"] == "STATUS_CHANGED")
    assert (changed["__typename"], changed["from"], changed["to"]) == ("StatusChangedEvent", "PENDING", "UNSHIPPED")
    opened = next(node for node in nodes if node["kind"] == "BLOCKER_OPENED")
    assert opened["blocker"] == {"kind": "PRODUCT_NOT_MATCHED"}
    assert nodes[0]["data"]["status"] == "PENDING"
    assert all(node["order"] == {"id": id_of(order)} for node in nodes)
    assert shown["latestEvent"]["sequence"] == len(nodes)
    assert [edge["cursor"] for edge in shown["events"]["edges"]] == [node["cursor"] for node in nodes]


async def test_an_event_names_the_mutation_that_set_it_going_beside_its_facts(client: Client, stage: Stage) -> None:
    await stage.products({"sku": "MUG", "quantity": "9"})
    order = await stage.arrive(item("MUG", 1))
    tags = 'mutation ($id: ID!) { tagOrder(input: {orderId: $id, add: ["urgent"]}) { errors { message } } }'
    assert (await client.ask(tags, id=id_of(order)))["tagOrder"]["errors"] == []
    ask = """query ($by: AmazonOrderBy!) { amazonOrder(by: $by) { events(last: 2) {
      nodes { kind cause ... on GenericOrderEvent { data } } } } }"""
    before, tagged = (await client.ask(ask, by={"id": id_of(order)}))["amazonOrder"]["events"]["nodes"]
    assert tagged == {"kind": "TAGGED", "cause": "mutation tagOrder", "data": {"added": ["urgent"], "removed": []}}
    assert before["cause"] is None


async def test_pages_of_the_timeline_join_without_gap_in_both_directions(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    for status in ("PENDING", "UNSHIPPED", "PENDING"):
        order = await stage.change(order, status=status)
    every = [node["sequence"] for node in (await _events(client, order.number))["nodes"]]

    forward: list[int] = []
    after = None
    while True:
        page = await _events(client, order.number, first=2, after=after)
        forward += [node["sequence"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    backward: list[int] = []
    before = None
    while True:
        page = await _events(client, order.number, last=2, before=before)
        backward = [node["sequence"] for node in page["nodes"]] + backward
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        before = page["pageInfo"]["startCursor"]

    assert len(every) > 4
    assert forward == backward == every


async def test_the_timeline_is_filtered_by_kind_and_time(client: Client, stage: Stage) -> None:
    order = await stage.arrive(item("MUG", 1))
    order = await stage.change(order, status="PENDING")

    seen = await _events(client, order.number, where={"kind": ["SEEN", "STATUS_CHANGED"]})
    late = await _events(client, order.number, where={"at": {"gte": "2026-03-02T10:01:00+01:00"}})
    early = await _events(client, order.number, where={"at": {"lt": "2026-03-02T09:01:00Z"}})

    assert [node["kind"] for node in seen["nodes"]] == ["SEEN", "STATUS_CHANGED"]
    assert [node["sequence"] for node in early["nodes"] + late["nodes"]] == list(
        range(1, len(early["nodes"]) + len(late["nodes"]) + 1)
    )
    assert late["nodes"][0]["kind"] == "STATUS_CHANGED"


async def test_a_cursor_that_is_no_place_in_a_timeline_is_refused(client: Client, stage: Stage) -> None:
    order = await stage.arrive()
    for cursor in ("", "x", "ZXZlbnQ6", "ZXZlbnQ6LTE=", "ZXZlbnQ6OTk5OTk5OTk5OTk5OTk5OTk5OTk="):
        refused = await client.refused(EVENTS, by={"id": id_of(order)}, after=cursor)
        assert (refused["code"], refused["argument"]) == ("BAD_USER_INPUT", ["after"])


async def _events(client: Client, number: str, **arguments: object) -> Any:
    answer = await client.ask(EVENTS, by={"amazonOrderId": number}, **arguments)
    return answer["amazonOrder"]["events"]
