import json
from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli.endings import CommandFailed
from api.cli.rate_file import read_rates
from tests.api.cli.conftest import Ended

Orderlane = Callable[..., Ended]
HEAD = "currency,base_currency,rate,valid_from\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "rates.csv").write_bytes(text.encode(encoding))
    return folder / "rates.csv"


def known(orderlane: Orderlane, *words: str) -> list[tuple[str, str, str, str]]:
    rates = json.loads(orderlane("rates", "list", "--json", *words).out)
    return [(one["currency"], one["baseCurrency"], one["rate"], one["validFrom"]) for one in rates]


def test_a_rate_is_set_shown_and_removed(orderlane: Orderlane):
    done = orderlane("rates", "set", "usd", "eur", "0.9200", "--valid-from", "2026-03-02", "--note", "ECB")
    assert done.code == 0
    assert done.out.splitlines()[1].split()[:6] == ["USD", "EUR", "0.92", "2026-03-02", "PERSON", "ECB"]
    for words, said in ((("usd", "usd", "1"), "worth 1 of itself"), (("usd", "eur", "1e5"), "exact decimal")):
        refused = orderlane("rates", "set", *words)
        assert (refused.code, said in refused.err) == (1, True)
    assert known(orderlane, "--currency", "gbp") == []
    rate = json.loads(orderlane("rates", "list", "--base", "EUR", "--json").out)[0]["id"]
    assert orderlane("rates", "remove", rate).code == 0
    gone = orderlane("rates", "remove", rate)
    assert (gone.code, "no such rate" in gone.err) == (1, True)


def test_a_file_is_set_whole_or_not_at_all(orderlane: Orderlane, folder: Path):
    file = write(folder, HEAD + "USD,EUR,0.92,2026-03-02\n\n GBP , EUR ,1.15,2026-03-01\n")
    for _ in range(2):  # the same again changes nothing
        done = json.loads(orderlane("rates", "import", str(file), "--json").out)
        assert (done["set"], done["affected"], {one["source"] for one in done["rates"]}) == (2, 0, {"FILE"})
    both = [("USD", "EUR", "0.92", "2026-03-02"), ("GBP", "EUR", "1.15", "2026-03-01")]
    assert known(orderlane) == both

    lines = "KWD,EUR,3,2026-03-02\n\nUSD,EUR,0.93,2026-03-02\nUSD,USD,1,2026-03-02\nGBP,EUR,0,2026-03-02\n"
    refused = json.loads(orderlane("rates", "import", str(write(folder, HEAD + lines)), "--json").out)
    assert (refused["set"], [entry["line"] for entry in refused["refused"]]) == (0, [4, 5, 6])
    many = "".join(f"USD,EUR,1,{1000 + at}-01-01\n" for at in range(1001))
    told = orderlane("rates", "import", str(write(folder, HEAD + many)))
    assert (told.code, "At most 1,000" in told.err) == (1, True)
    wrong = orderlane("rates", "import", str(write(folder, HEAD + "usd,EUR,0.92,2026-03-03\n")))
    assert (wrong.code, wrong.err.startswith("line 2: currency")) == (1, True)
    assert known(orderlane) == both


def test_every_line_that_is_written_wrongly_is_told(tmp_path: Path):
    file = write(
        tmp_path,
        HEAD + 'USD,EUR,0.92,2026-03-02\nusd,EUR,0.92,2026-03-03\nUSD,EUR,"0,92",2026-03-04\n'
        "USD,EUR,0.92,2026-02-30\nUSD,EUR,0.92\nUSD,EUR,0.92,2026-03-05,x\nUSD,EUR,0.12345678901,2026-03-06\n"
        "USD,EUR,1,3/7/2026\nUSD,EURO,1,2026-03-07\n",
    )
    lines, wrong = read_rates(file, encoding=None)
    assert [line.number for line in lines] == [2]
    assert [number for number, _ in wrong] == [3, 4, 5, 6, 7, 8, 9, 10]


def test_columns_may_stand_in_any_order_and_a_note_beside_them(tmp_path: Path):
    file = write(tmp_path, "Note,rate,base_currency,currency,valid_from\nÖNB,3,EUR,KWD,2026-03-02\n", "latin-1")
    (line,), _ = read_rates(file, encoding="latin-1")
    assert line.rate == {
        "currency": "KWD",
        "baseCurrency": "EUR",
        "rate": "3",
        "validFrom": "2026-03-02",
        "note": "ÖNB",
    }


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
def test_a_file_of_another_form_is_wrong_usage(tmp_path: Path, text: str, encoding: str, said: str):
    with pytest.raises(CommandFailed, match=said):
        read_rates(write(tmp_path, text, encoding), encoding=None)
    with pytest.raises(CommandFailed, match="is no file"):
        read_rates(tmp_path / "nowhere.csv", encoding=None)


def test_the_base_currency_is_shown_set_and_switched_off(orderlane: Orderlane):
    for words, shown in (((), "off"), (("eur",), "EUR"), (("off",), "off")):
        assert orderlane("config", "base-currency", *words).out.splitlines()[-1] == shown
    assert json.loads(orderlane("config", "base-currency", "JPY", "--json").out) == {"baseCurrency": "JPY"}
    refused = orderlane("config", "base-currency", "xxq")
    assert (refused.code, "ISO 4217" in refused.err) == (1, True)
