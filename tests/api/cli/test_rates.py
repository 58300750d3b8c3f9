import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]
HEAD = "currency,base_currency,rate,valid_from\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> str:
    (folder / "rates.csv").write_bytes(text.encode(encoding))
    return "rates.csv"


def known(orderlane: Orderlane, *words: str) -> list[tuple[str, str, str, str]]:
    rates = json.loads(orderlane("rates", "list", "--json", *words).out)
    return [(one["currency"], one["baseCurrency"], one["rate"], one["validFrom"]) for one in rates]


def test_a_rate_is_set_shown_and_removed(orderlane: Orderlane):
    done = orderlane("rates", "set", "usd", "eur", "0.9200", "--valid-from", "2026-03-02", "--note", "ECB")
    assert done.code == 0
    assert done.out.splitlines()[1].split()[:6] == ["USD", "EUR", "0.92", "2026-03-02", "PERSON", "ECB"]
    assert known(orderlane) == [("USD", "EUR", "0.92", "2026-03-02")]
    assert known(orderlane, "--currency", "gbp") == []
    rate = json.loads(orderlane("rates", "list", "--base", "EUR", "--json").out)[0]["id"]
    assert orderlane("rates", "remove", rate).code == 0
    assert known(orderlane) == []
    gone = orderlane("rates", "remove", rate)
    assert (gone.code, "no such rate" in gone.err) == (1, True)


def test_a_wrong_rate_is_refused_in_words(orderlane: Orderlane):
    for words, said in (
        (("usd", "usd", "1"), "worth 1 of itself"),
        (("usd", "eur", "0"), "above 0"),
        (("usd", "eur", "1e5"), "exact decimal"),
        (("xxq", "eur", "1"), "ISO 4217"),
    ):
        refused = orderlane("rates", "set", *words)
        assert refused.code == 1
        assert said in refused.err
    assert known(orderlane) == []


def test_a_file_is_set_whole_and_again_changes_nothing(orderlane: Orderlane, folder: Path):
    file = write(folder, HEAD + "USD,EUR,0.92,2026-03-02\n\n GBP , EUR ,1.15,2026-03-01\n")
    for _ in range(2):
        done = json.loads(orderlane("rates", "import", file, "--json").out)
        assert (done["set"], done["affected"], {one["source"] for one in done["rates"]}) == (2, 0, {"FILE"})
    assert known(orderlane) == [("USD", "EUR", "0.92", "2026-03-02"), ("GBP", "EUR", "1.15", "2026-03-01")]
    noted = write(
        folder, "note;rate".replace(";", ",") + ",base_currency,currency,valid_from\nÖNB,3,EUR,KWD,2026-03-02\n"
    )
    assert orderlane("rates", "import", noted).code == 0
    assert len(known(orderlane)) == 3


def test_every_wrong_line_is_told_and_none_is_set(orderlane: Orderlane, folder: Path):
    file = write(
        folder,
        HEAD + 'USD,EUR,0.92,2026-03-02\nusd,EUR,0.92,2026-03-03\nUSD,EUR,"0,92",2026-03-04\nUSD,EUR,0.92,2026-02-30\n'
        "USD,EUR,0.92\nUSD,EUR,0.92,2026-03-05,x\nUSD,EUR,0.12345678901,2026-03-06\nUSD,EUR,1,3/7/2026\n",
    )
    refused = orderlane("rates", "import", file)
    assert refused.code == 1
    assert [line.split(":")[0] for line in refused.err.splitlines()] == [f"line {at}" for at in range(3, 10)]
    assert known(orderlane) == []


def test_what_the_service_refuses_is_told_by_its_line(orderlane: Orderlane, folder: Path):
    file = write(
        folder,
        HEAD + "USD,EUR,0.92,2026-03-02\n\nUSD,EUR,0.93,2026-03-02\nUSD,USD,1,2026-03-02\nGBP,EUR,0,2026-03-02\n",
    )
    refused = json.loads(orderlane("rates", "import", file, "--json").out)
    assert (refused["set"], [entry["line"] for entry in refused["refused"]]) == (0, [4, 5, 6])
    assert known(orderlane) == []
    many = "".join(f"USD,EUR,1,{1000 + at}-01-01\n" for at in range(1001))
    told = orderlane("rates", "import", write(folder, HEAD + many))
    assert (told.code, "At most 1,000" in told.err) == (1, True)


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        ("", "utf-8", "first line has to be"),
        ("currency,rate\nUSD,1\n", "utf-8", "first line has to be"),
        ("currency,currency,base_currency,rate,valid_from\n", "utf-8", "first line has to be"),
        (HEAD, "utf-8", "has no rates"),
        (HEAD + 'USD,EUR,1,"2026-03-02\n', "utf-8", "line"),
        (HEAD + "USD,EUR,1,2026-03-02\n", "utf-16", "UTF-16"),
        (HEAD.strip() + ",note\nUSD,EUR,1,2026-03-02,ÖNB\n", "latin-1", "UTF-8"),
    ],
)
def test_a_file_of_another_form_is_wrong_usage(orderlane: Orderlane, folder: Path, text, encoding, said):
    ended = orderlane("rates", "import", write(folder, text, encoding))
    assert ended.code != 0
    assert said in ended.err
    assert known(orderlane) == []


def test_a_file_that_is_not_there(orderlane: Orderlane):
    assert "is no file" in orderlane("rates", "import", "nowhere.csv").err


def test_the_base_currency_is_shown_set_and_switched_off(orderlane: Orderlane):
    for words, shown in (((), "off"), (("eur",), "EUR"), ((), "EUR"), (("off",), "off")):
        assert orderlane("config", "base-currency", *words).out.splitlines()[-1] == shown
    assert json.loads(orderlane("config", "base-currency", "JPY", "--json").out) == {"baseCurrency": "JPY"}
    refused = orderlane("config", "base-currency", "xxq")
    assert (refused.code, "ISO 4217" in refused.err) == (1, True)
