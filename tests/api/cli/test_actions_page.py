from itertools import product

import pytest

from api.cli.actions_page import actions_page, imported, otherwise
from api.schema.order_words import OrderActionKind
from domain.channel.workflow import RULES, refusals
from domain.commerce.lifecycle import CommerceOrderState
from tests.domain.rules.test_workflow_table import DOCUMENTED, meets

# What an order of the channel may be asked for, by the line of the documented table that it stands for.
SAME = {kind: kind for kind in ("SHIP", "REFUND", "HOLD", "UNHOLD", "INVOICE", "COMMENT", "SEND_EMAIL")} | {
    "CORRECT_ADDRESS": "EDIT_ADDRESS"
}


def test_every_action_has_its_rule_in_the_order_in_which_it_is_shown():
    assert [kind.value for kind in OrderActionKind] == list(RULES)


@pytest.mark.parametrize("kind", SAME)
def test_an_order_that_amazon_calls_unshipped_allows_what_the_documented_table_allows(kind):
    forbidden, needs = DOCUMENTED[SAME[kind]]
    for state, invoiced, shipped, refunded in product(CommerceOrderState, range(3), range(3), range(3)):
        standing = imported(state=state, invoiced=invoiced, shipped=shipped, refunded=min(refunded, invoiced))
        line, money = (invoiced, shipped, min(refunded, invoiced), 0), (2, invoiced, min(refunded, invoiced))
        is_allowed = state not in forbidden.split() and meets(needs, line, money, False)
        assert (refusals(standing)[kind] is None) == is_allowed, (state, line)


def test_canceling_at_amazon_is_allowed_in_the_documented_states_whatever_is_invoiced():
    forbidden, _ = DOCUMENTED["CANCEL"]
    for state, invoiced in product(CommerceOrderState, range(3)):
        refusal = refusals(imported(state=state, invoiced=invoiced))["CANCEL"]
        assert (refusal is None) == (state not in forbidden.split()), state


def test_a_store_that_is_being_deleted_allows_nothing():
    assert None not in refusals(otherwise()["its store is being deleted"]).values()


def test_every_number_of_the_page_has_its_reason_and_every_reason_is_named():
    page = actions_page("A note.")
    table, reasons = page.split("## Reasons\n\n")
    cells = {cell.strip() for row in table.splitlines() if row.startswith("| ") for cell in row.split("|")[2:-1]}
    numbers = {line.partition(". ")[0] for line in reasons.splitlines()}
    assert {cell for cell in cells if cell.isdigit()} == numbers
    assert len(numbers) > 20
