"""The pytest plugin, in a project of its own that installed it."""

import pytest

TEST = """
import urllib.request

import pytest


def test_each_test_has_an_amazon_of_its_own(amazon_simulator):
    assert amazon_simulator.control.state().orders == []
    amazon_simulator.control.place()


def test_another_one(amazon_simulator):
    assert amazon_simulator.control.state().orders == []
    assert urllib.request.urlopen(amazon_simulator.url + "/_sim/clock").status == 200


@pytest.mark.amazon_simulator(seed="9", orders=2)
def test_with_a_past(amazon_simulator):
    assert (amazon_simulator.control.state().seed, len(amazon_simulator.control.state().orders)) == ("9", 2)
"""


def test_the_fixture_serves_a_new_world_for_each_test(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)  # what this run is told is not for theirs
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function")
    pytester.makepyfile(TEST)
    outcome = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--strict-markers")
    outcome.assert_outcomes(passed=3)
