"""What a scenario may not say: each with its place and a way out."""

import time

import pytest

from simulator.scenarios.language import MOST_STEPS
from simulator.scenarios.reading import LONGEST_MESSAGE, NotAScenario, moments, read_scenario
from simulator.scenarios.yaml_text import LARGEST

GOOD = b"""name: mug
title: A mug is bought
about: Somebody buys a mug.
now: 2026-11-02T09:00:00Z
shop:
  - {sku: MUG-STONEWARE-350, quantity: 10}
steps:
  - do: place
    with: {items: [{sku: MUG-STONEWARE-350, quantity: 2}]}
    as: order
    expect:
      orders:
        ${order}: {fulfillmentStatus: PENDING}
  - at: 1h
    do: pay
    to: ${order}
  - do: search
    expect:
      answer: {orderIds: {length: {at-least: 1}}}
"""


def refused(text: bytes) -> NotAScenario:
    with pytest.raises(NotAScenario) as caught:
        read_scenario(text, file="mug.yaml")
    assert str(caught.value).startswith("mug.yaml")
    assert len(str(caught.value)) < LONGEST_MESSAGE + 200
    return caught.value


def test_a_good_one_is_read_whole():
    scenario = read_scenario(GOOD, file="mug.yaml")
    assert [step.do for step in scenario.steps] == ["place", "pay", "search"]
    assert moments(scenario) == [0, 3_600_000, 3_600_000]
    assert scenario.now.isoformat() == "2026-11-02T09:00:00+00:00"
    assert scenario.shop is not None
    assert scenario.shop[0].quantity == 10


@pytest.mark.parametrize(
    ("before", "after", "place", "way_out"),
    [
        (b"do: pay", b"do: payy", "line 14, step 2, do", "did you mean pay?"),
        (b"do: pay", b"do: teleport-everything", "step 2, do", "place, load"),
        (b"do: pay", b"do: [pay]", "step 2, do", "Expected `str | null`"),
        (b"    to: ${order}\n", b"", "step 2, to", "say which order"),
        (b"at: 1h", b"at: PT1H", "line 14, step 2, at", "90s, 5m, 1h30m or 2d"),
        (b"at: 1h", b"at: ''", "step 2, at", "90s"),
        (b"at: 1h", b"at: -5m", "step 2, at", "90s"),
        (b"at: 1h", b"at: 60", "step 2, at", "Expected `str"),
        (b"  - do: search", b"  - at: 5m\n    do: search", "line 17, step 3, at", "in order of time"),
        (b"expect:", b"expct:", "step 1", "did you mean expect?"),
        (b"orders:", b"ordrs:", "step 1, expect", "did you mean orders?"),
        (b"{items:", b"{itms:", "step 1, with", "did you mean items?"),
        (b"quantity: 2", b"quantity: two", "step 1, with.items[0].quantity", "Expected `int`"),
        (b"quantity: 2", b"quantity: -2", "step 1, with.items[0].quantity", ">= 0"),
        (b"quantity: 10", b"qty: 10", "shop[0]", "sku, quantity, enabled"),
        (b"to: ${order}", b"to: ${ordr}", "line 14, step 2, to", "named are: order"),
        (b"to: ${order}", b"to: ${}", "step 2, to", "named are: order"),
        (b"as: order", b"as: now", "step 1, as", "choose another"),
        (b"as: order", b"as: 5 orders", "step 1, as", "pattern|regex"),
        (b"at-least", b"at-lest", "step 3, expect.answer", "at-least"),
        (b"{at-least: 1}", b"{at-least: one}", "step 3, expect.answer", "compares with a int"),
        (b"{at-least: 1}", b"{at-least: 1, most: 3}", "step 3, expect.answer", "no comparison"),
        (b"do: search\n", b"note: nothing\n", "step 3, expect.answer", "add do"),
        (b"name: mug", b"name: A Mug", "name", "pattern|regex"),
        (b"name: mug\n", b"", "mug.yaml", "missing required field `name`"),
        (b"about:", b"about: [1]\nabot:", "mug.yaml", "did you mean about?|Expected `str`"),
        (b"now: 2026-11-02T09:00:00Z", b"now: 2026-11-02", "now", "RFC3339"),
        (b"now: 2026-11-02T09:00:00Z", b"now: 2026-11-02T09:00:00", "now", "timezone"),
        (b"title:", b"name: again\ntitle:", "line 2", "twice"),
        (b"steps:", b"steps: []\nstps:", "mug.yaml", "did you mean steps?|length >= 1"),
        (b"do: pay", b"times: 0\n    do: pay", "step 2, times", ">= 1"),
        (b"do: pay", b"only: sometimes\n    do: pay", "step 2, only", "sometimes"),
        (b"do: search", b"do: search\n    to: ${order}", "step 3, to", "has no object"),
        (b"do: search", b"do: shop-sync\n    only: alone", "step 3, only", "leave it out"),
        (b"do: search", b"do: search\n    with: {query: 7}", "step 3, with.query", "Expected `object`"),
        (b"do: search", b"do: call\n    with: {method: GET, path: 'http://x/'}", "step 3, with.path", "pattern|regex"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_the_way_out(before: bytes, after: bytes, place: str, way_out: str):
    assert GOOD.count(before) >= 1
    said = str(refused(GOOD.replace(before, after, 1)))
    assert place in said
    assert any(word in said for word in way_out.split("|")), said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "Expected `object`, got `null`"),
        (b"- a\n- b\n", "Expected `object`, got `array`"),
        (b"just words", "got `str`"),
        (b"a: &x [1]\nb: *x\n", "line 1: anchors and aliases"),
        (b"a: *x\n", "line 1: anchors and aliases"),
        (b"a: !!python/object/apply:os.system [ls]\n", "line 1: tags"),
        (b"a: !!binary aGk=\n", "line 1: tags"),
        (b"a: {b: [}\n", "line 1"),
        (b"a: 'b\n", "line"),
        (b"\ta: 1\n", "line 1"),
        (b"a: 1\n---\nb: 2\n", "line 2|document"),
        (b"? [a, b]\n: 1\n", "line 1: a key is a word"),
        (b"a: [${order}]\n", "line 1"),
        (b"a: \xff\xfe\n", "UTF-8"),
        (b'a: "\\ud800"\n', "no text has"),
        (b'a: "\\0"\n', "no text has"),
        (b"a: \0\n", "no text has"),
        (b"a: " + b"[" * 40 + b"]" * 40, "nested deeper"),
        (b"a: " + b"[" * 5_000, "nested deeper"),
        (b"x" * (LARGEST + 1), "at most"),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text: bytes, words: str):
    said = str(refused(text))
    assert any(word in said for word in words.split("|")), said


def test_a_bomb_of_aliases_is_refused_at_its_first():
    lines = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)]
    began = time.perf_counter()
    assert "line 1: anchors" in str(refused(b"\n".join(lines)))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("word", ["yes", "on", "2026-03-02", "007", "1:30", "0x1F", "1e9", ".inf", "1_000"])
def test_a_word_that_other_readers_take_for_something_else_stays_a_word(word: str):
    text = GOOD.replace(b"fulfillmentStatus: PENDING", b"fulfillmentStatus: " + word.encode())
    scenario = read_scenario(text, file="mug.yaml")
    assert scenario.steps[0].expect.orders == {"${order}": {"fulfillmentStatus": word}}


def test_a_name_that_only_a_service_gives_is_not_for_others():
    text = GOOD.replace(b"do: pay\n    to: ${order}", b"do: shop-ship\n    to: ${order}\n    as: parcel")
    refused_text = text.replace(b"do: search", b"do: get-order\n    to: ${parcel}")
    assert "step 3, to: ${parcel} is known only beside a service" in str(refused(refused_text))
    read_scenario(refused_text.replace(b"do: get-order", b"only: service\n    do: get-order"), file="mug.yaml")


def test_too_many_steps_are_refused():
    steps = b"name: a\ntitle: b\nabout: c\nsteps:\n" + b"  - at: 0s\n" * (MOST_STEPS + 1)
    assert "<= 2000" in str(refused(steps))


def test_the_error_carries_its_parts():
    error = refused(GOOD.replace(b"do: pay", b"do: payy"))
    assert (error.step, error.field) == (2, "do")
    assert "payy" in error.message
