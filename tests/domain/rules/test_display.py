from itertools import product

import pytest

from domain.amazon.display import DisplayStatus, ImportState, display_status
from domain.amazon.facts import AmazonOrderStatus


def shown(status, *, import_state=ImportState.NEW, completed=False, cancel_open=False, command_refused=False):
    return display_status(
        AmazonOrderStatus(status),
        import_state=import_state,
        completed=completed,
        cancel_open=cancel_open,
        command_refused=command_refused,
    )


@pytest.mark.parametrize("status", AmazonOrderStatus)
@pytest.mark.parametrize("state", [state for state in ImportState if state is not ImportState.BLOCKED])
def test_the_fact_is_shown_while_we_know_nothing_beyond_it(status, state):
    assert shown(status, import_state=state) == status.value


def test_a_blocked_order_shows_an_error():
    assert shown("UNSHIPPED", import_state=ImportState.BLOCKED) is DisplayStatus.ERROR
    assert shown("SHIPPED", import_state=ImportState.BLOCKED) is DisplayStatus.ERROR


def test_a_refused_shipment_shows_an_error_until_amazon_says_shipped_and_the_order_is_complete():
    assert shown("UNSHIPPED", import_state=ImportState.IMPORTED, command_refused=True) is DisplayStatus.ERROR
    assert shown("SHIPPED", import_state=ImportState.IMPORTED, command_refused=True) is DisplayStatus.ERROR
    assert shown("SHIPPED", command_refused=True, completed=True) is DisplayStatus.COMPLETED


def test_an_order_we_asked_to_cancel_shows_that_until_amazon_says_it_is():
    assert shown("UNSHIPPED", cancel_open=True) is DisplayStatus.CANCEL_REQUESTED
    assert shown("CANCELED", cancel_open=True) is DisplayStatus.CANCELED


@pytest.mark.parametrize("status", ["SHIPPED", "INVOICE_UNCONFIRMED"])
def test_a_shipped_order_whose_commerce_order_is_complete_shows_completed(status):
    assert shown(status, import_state=ImportState.IMPORTED, completed=True) is DisplayStatus.COMPLETED


@pytest.mark.parametrize("status", ["UNSHIPPED", "PARTIALLY_SHIPPED", "PENDING"])
def test_no_order_shows_completed_before_amazon_says_shipped(status):
    assert shown(status, completed=True) == status


def test_canceled_on_amazon_is_shown_whatever_else_is_going_on():
    for state, completed, cancel_open, refused in product(ImportState, *[[False, True]] * 3):
        status = shown(
            "CANCELED", import_state=state, completed=completed, cancel_open=cancel_open, command_refused=refused
        )
        assert status is DisplayStatus.CANCELED
