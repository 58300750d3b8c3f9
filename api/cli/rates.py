"""`orderlane rates`: what currencies are worth in the base currency."""

from pathlib import Path
from typing import Any, Final

from api.cli.asking import asking, asking_here
from api.cli.endings import Exit
from api.cli.output import give, give_json, give_table, tell
from api.cli.rate_file import read_rates

_RATE: Final = "id currency baseCurrency rate validFrom source note enteredAt"
_SET: Final = f"""mutation Set($input: SetCurrencyRatesInput!) {{ setCurrencyRates(input: $input) {{
  rates {{ {_RATE} }} affected {{ value }} errors {{ code message path }} }} }}"""
_REMOVE: Final = """mutation Remove($id: ID!) { removeCurrencyRate(rateId: $id) { errors { code message path } } }"""
_LIST: Final = f"""query Rates($currency: CurrencyCode, $base: CurrencyCode, $after: String, $first: Int) {{
  currencyRates(first: $first, after: $after, currency: $currency, baseCurrency: $base) {{
    nodes {{ {_RATE} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
_HEADS: Final = ("currency", "base", "rate", "valid from", "source", "note", "id")
_FIELDS: Final = ("currency", "baseCurrency", "rate", "validFrom", "source", "note", "id")
_PAGE: Final = 100


async def set_rates(
    currency: str,
    base_currency: str,
    rate: str,
    /,
    *,
    valid_from: str | None = None,
    note: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Set what one unit of a currency is worth in a base currency, from a UTC day on.

    Orders that are imported from then on get it, until a later rate follows; orders that waited for it are imported.

    Parameters
    ----------
    currency
        The currency of orders, e.g. USD.
    base_currency
        The base currency, e.g. EUR.
    rate
        What one unit of the first is worth in the second, e.g. 0.92.
    valid_from
        The first day that it is for, e.g. 2026-03-02; today if it is left out.
    note
        A remark, such as where it is published.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    given = {"currency": currency.upper(), "baseCurrency": base_currency.upper(), "rate": rate}
    given |= {name: value for name, value in (("validFrom", valid_from), ("note", note)) if value is not None}
    async with asking(url) if url else asking_here() as asker:
        payload = await asker.payload("setCurrencyRates", _SET, {"input": {"rates": [given]}})
    _give(payload, json=json)


async def import_rates(
    file: Path, /, *, encoding: str | None = None, url: str | None = None, json: bool = False
) -> int:
    """Set the rates of a CSV file: all of them, or none if one cannot be set.

    The file has the columns currency, base_currency, rate and valid_from, and may have note; at most 1000 lines. The
    same file again changes nothing.

    Exit codes: 0 all are set, 1 none is set and the lines that are wrong are told.

    Parameters
    ----------
    file
        A CSV file.
    encoding
        The file's encoding, if it is not UTF-8.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    lines, found = read_rates(file, encoding=encoding)
    wrong: list[tuple[int | None, str]] = [*found]
    payload: dict[str, Any] = {"rates": [], "affected": {"value": 0}, "errors": []}
    if not wrong:
        given = {"rates": [line.rate for line in lines], "source": "FILE"}
        async with asking(url) if url else asking_here() as asker:
            payload = (await asker.data(_SET, {"input": given}))["setCurrencyRates"]
        wrong = [(_line_of(error, [line.number for line in lines]), error["message"]) for error in payload["errors"]]
    if wrong and json:
        give_json({"set": 0, "refused": [{"line": number, "message": why} for number, why in wrong]})
    elif wrong:
        give("No rate is set.")
        for number, why in wrong:
            tell(f"line {number}: {why}" if number else why)
    else:
        _give(payload, json=json)
    return Exit.FAILED if wrong else 0


async def list_rates(
    *, currency: str | None = None, base: str | None = None, url: str | None = None, json: bool = False
) -> None:
    """List the rates, the latest days first.

    Parameters
    ----------
    currency
        Only rates of this currency.
    base
        Only rates to this base currency.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    asked = {"currency": currency and currency.upper(), "base": base and base.upper(), "first": _PAGE}
    rates: list[dict[str, Any]] = []
    async with asking(url) if url else asking_here() as asker:
        after, has_more = None, True
        while has_more:
            page = (await asker.data(_LIST, asked | {"after": after}))["currencyRates"]
            rates += page["nodes"]
            after, has_more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    if json:
        give_json(rates)
    else:
        give_table(_HEADS, [[rate[field] for field in _FIELDS] for rate in rates])


async def remove_rates(rate: str, /, *, url: str | None = None) -> None:
    """Remove a rate; orders that have got it keep it.

    Parameters
    ----------
    rate
        The rate's id, as `orderlane rates list` shows it.
    url
        Ask the service that runs there, instead of the configured database.
    """
    async with asking(url) if url else asking_here() as asker:
        await asker.payload("removeCurrencyRate", _REMOVE, {"id": rate})
    tell("Removed.")


def _give(payload: dict[str, Any], *, json: bool) -> None:
    affected = payload["affected"]["value"]
    if json:
        give_json({"set": len(payload["rates"]), "rates": payload["rates"], "affected": affected})
        return
    give_table(_HEADS, [[rate[field] for field in _FIELDS] for rate in payload["rates"]])
    if affected:
        tell(f"{affected} orders waited for a rate and are evaluated again.")


def _line_of(error: dict[str, Any], numbers: list[int]) -> int | None:
    path = error["path"] or []
    return numbers[int(path[2])] if len(path) > 2 and path[2].isdecimal() else None
