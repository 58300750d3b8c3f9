"""`orderlane orders refund`: money back by a credit memo, shown before it is made."""

import re
import sys
from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word, plain_amount
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order, given, input_for, item_of
from api.cli.output import give, give_json, tell
from domain.commerce.refund_reasons import BY_PERSON, RefundReason

_MONEY: Final = "{ amount currencyCode }"
_REFUND: Final = f"""mutation Refund($input: RefundOrderInput!) {{ refundOrder(input: $input) {{
  order {{ amazonOrderId }}
  creditMemo {{ number reason restocked note shipping {_MONEY} adjustmentRefund {_MONEY} adjustmentFee {_MONEY}
    total {_MONEY} lines {{ item {{ sellerSku }} quantity amount {_MONEY} }} command {{ kind state }} }}
  amounts {{ lines {{ item {{ sellerSku }} quantity amount {_MONEY} }} shipping {_MONEY} adjustmentRefund {_MONEY}
    adjustmentFee {_MONEY} total {_MONEY} left {_MONEY} }}
  errors {{ code message path }} }} }}"""
_LINE: Final = re.compile(r"(?P<name>.+)=(?P<quantity>\d{1,9})(?::(?P<amount>\S+))?", re.ASCII)


async def refund_orders(
    number: str,
    /,
    *,
    reason: str,
    line: Annotated[list[str], Parameter(negative=())] | None = None,
    amount: str | None = None,
    shipping: str | None = None,
    adjustment_refund: str | None = None,
    adjustment_fee: str | None = None,
    restock: bool = False,
    not_there: bool = False,
    note: str | None = None,
    tell_amazon: bool = False,
    notify: bool = False,
    dry_run: bool = False,
    yes: bool = False,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Give back some or all that was paid of an order. Without --line and --amount it is all that is left.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    reason
        Why, e.g. BUYER_RETURN, DAMAGED or PRICE_ADJUSTMENT.
    line
        A SKU or Amazon's order item id with a quantity, e.g. MUG=2, and the amount if it is not their share of the
        line: MUG=2:5.00, or MUG=0:5.00 for money alone. May be given several times.
    amount
        This much alone, for no line and without shipping.
    shipping
        How much of the shipping; without it all that is left of it, and 0 for none.
    adjustment_refund
        How much on top.
    adjustment_fee
        How much is kept back.
    restock
        Goods that had left are back on the shelf.
    not_there
        Goods that never left are not on the shelf: strike them off.
    note
        A remark on the credit memo.
    tell_amazon
        Have Amazon pay the money back to the buyer; otherwise the credit memo stays here.
    notify
        Write to the buyer.
    dry_run
        Only show what it would come to.
    yes
        Do not ask before.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    if restock and not_there:
        raise CommandFailed("--restock or --not-there, not both.", code=Exit.WRONG_USAGE)
    wanted_reason = chosen_word("--reason", reason, RefundReason, but=set(RefundReason) - BY_PERSON)
    amounts = {
        "amount": plain_amount("--amount", amount),
        "shipping": plain_amount("--shipping", shipping),
        "adjustmentRefund": plain_amount("--adjustment-refund", adjustment_refund),
        "adjustmentFee": plain_amount("--adjustment-fee", adjustment_fee),
    }
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number)
        wanted = {
            "reason": wanted_reason,
            "lines": [_part(order, text) for text in line] if line else None,
            **amounts,
            "restock": True if restock else (False if not_there else None),
            "note": note,
            "tellAmazon": tell_amazon,
            "notify": notify,
        }
        asked = input_for(order, key, wanted)
        if dry_run or not yes:
            tried = await asker.payload("refundOrder", _REFUND, {"input": asked | {"dryRun": True}})
            if dry_run:
                _show(number, tried["amounts"], as_json=json)
                return
            _ask(number, tried["amounts"])
        payload = await asker.payload("refundOrder", _REFUND, {"input": asked})
    if json:
        give_json({"order": payload["order"], "creditMemo": payload["creditMemo"]})
        return
    memo = payload["creditMemo"]
    told = "Amazon will be asked to pay it" if memo["command"] else "Amazon is not told of it"
    give(f"Credit memo {memo['number']} of {number} gives back {_money(memo['total'])}; {told}.")


def _part(order: dict[str, Any], text: str) -> dict[str, Any]:
    found = _LINE.fullmatch(text)
    item_id = item_of(order, found["name"]) if found else None
    if found is None or item_id is None:
        raise CommandFailed(
            f"--line {text}: write SKU=QUANTITY or SKU=QUANTITY:AMOUNT of one of the order's items.",
            code=Exit.WRONG_USAGE,
        )
    return given(
        {
            "itemId": item_id,
            "quantity": int(found["quantity"]),
            "amount": plain_amount(f"--line {text}", found["amount"]),
        }
    )


def _show(number: str, amounts: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        give_json(amounts)
    else:
        give("\n".join([f"A refund of {number} would be:", *_described(amounts)]))


def _ask(number: str, amounts: dict[str, Any]) -> None:
    if not sys.stdin.isatty():
        raise CommandFailed("A credit memo cannot be undone: add --yes, or look with --dry-run.", code=Exit.WRONG_USAGE)
    tell("\n".join([f"A refund of {number}:", *_described(amounts), "Type yes:"]))
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CommandFailed("Nothing was done.")


def _described(amounts: dict[str, Any]) -> list[str]:
    lines = [f"  {one['quantity']} x {one['item']['sellerSku']}  {_money(one['amount'])}" for one in amounts["lines"]]
    named = (
        ("shipping", "shipping"),
        ("adjustmentRefund", "on top"),
        ("adjustmentFee", "kept back"),
        ("total", "in all"),
        ("left", "left of what was paid"),
    )
    return [*lines, *(f"  {words}  {_money(amounts[name])}" for name, words in named)]


def _money(money: dict[str, str]) -> str:
    return f"{money['amount']} {money['currencyCode']}"
