import dataclasses
import re
from pathlib import Path
from typing import Any, Final

import pytest

from simulator.app import OPERATIONS
from tests.real_data.shared import NEEDS_SHARED
from tests.simulator.conformance import report
from tests.simulator.conformance.counts import NEVER, NEVER_AT_ALL, TOKEN, Counts, problems
from tests.simulator.conformance.described import NOT_DESCRIBED, described
from tests.simulator.conformance.live import served_cases
from tests.simulator.conformance.page import page
from tests.simulator.conformance.replaying import UNREACHABLE, all_cases
from tests.simulator.conformance.tally import LIVE, STATIC

ROW: Final = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


def whole(models: Any) -> Counts:
    """The counts of a run in which nothing is missing."""
    answers = {f"{TOKEN} 200": 1}
    for one in described():
        name = one.operation.name
        for status in models[one.model].model.operations[one.name].swagger["responses"]:
            if status not in NEVER_AT_ALL and name not in NEVER.get(status, {}):
                answers[f"{name} {status}"] = 1
    requests: dict[str, int] = {}
    for key in answers:
        name = key.split(" ", maxsplit=1)[0]
        requests[name] = requests.get(name, 0) + 1
    replays = [[STATIC, case.name, ""] for case in all_cases() if case.name not in UNREACHABLE]
    replays += [[LIVE, case.name, ""] for case in served_cases()]
    return Counts(tests=1, requests=requests, answers=answers, replays=replays)


def test_the_page_tells_of_every_operation_that_the_simulator_serves():
    written = ROW.findall(report.PAGE.read_text())

    assert written == [*(operation.name for operation in OPERATIONS), TOKEN]


def test_every_operation_is_described_or_said_not_to_be():
    assert {one.operation.name for one in described()} | NOT_DESCRIBED.keys() == {one.name for one in OPERATIONS}


def test_without_the_models_it_says_what_it_needs(monkeypatch, capsys, tmp_path):
    monkeypatch.delenv("ORDERLANE_SHARED", raising=False)
    assert report.main([]) == 2
    monkeypatch.setenv("ORDERLANE_SHARED", str(tmp_path))
    assert report.main(["--write"]) == 2
    assert capsys.readouterr().err == (report.NEEDED + "\n") * 2


@NEEDS_SHARED
class TestVerdict:
    def test_a_run_in_which_nothing_is_missing_has_no_problem(self, models):
        assert list(problems(whole(models), models)) == []

    @pytest.mark.parametrize(
        ("changed", "problem"),
        [
            ({"answers": {"getFeed 404": None}}, "getFeed: no 404 was held, and the model declares it."),
            ({"answers": {"getFeed 200": None}}, "getFeed: no answer of success was held."),
            ({"answers": {"getFeed 401": 1}}, "getFeed: 401 is listed as never answered, and was."),
            ({"answers": {"getFeeds 404": 1}}, "getFeeds: 404 is listed as never answered, and was."),
            ({"requests": {"getFeed": 99}}, "getFeed: 92 answers were held against nothing."),
        ],
    )
    def test_what_is_below_all_of_it_and_not_listed_is_told(self, models, changed, problem):
        counts = whole(models)
        answers = {**counts.answers, **changed.get("answers", {})}
        answers = {key: number for key, number in answers.items() if number is not None}
        requests = {**counts.requests, **changed.get("requests", {})}
        counts = dataclasses.replace(counts, answers=answers, requests=requests)

        assert problem in list(problems(counts, models))

    @pytest.mark.parametrize("mode", [STATIC, LIVE])
    def test_a_case_that_was_not_replayed_is_told(self, models, mode):
        counts = whole(models)
        replays = [one for one in counts.replays if one[:2] != [mode, "ordersV0 getOrders 400 [0]"]]

        assert list(problems(dataclasses.replace(counts, replays=replays), models)) == [
            f"ordersV0 getOrders 400 [0]: not replayed in {mode} mode."
        ]

    def test_the_page_is_written_when_all_is_well_and_only_then(self, models, monkeypatch, capsys, tmp_path):
        written = Path(tmp_path, "conformance.md")
        monkeypatch.setattr(report, "PAGE", written)
        monkeypatch.setattr(report, "ROOT", tmp_path)
        counts = whole(models)
        monkeypatch.setattr(report, "count", lambda: dataclasses.replace(counts, replays=[]))
        assert report.main(["--write"]) == 1
        assert not written.exists()
        assert "not replayed in live mode" in capsys.readouterr().err
        monkeypatch.setattr(report, "count", lambda: counts)
        assert report.main([]) == 0
        assert not written.exists()
        assert report.main(["--write"]) == 0
        assert written.read_text() == page(counts, models)
        assert "Cases in live mode: 66 of 66" in capsys.readouterr().out
