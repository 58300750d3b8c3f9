"""Writing to the buyer of an order from the command line, by the same mutation that everybody uses."""

from typing import Any, Final

from api.cli.asking import asking, asking_here
from api.cli.choices import chosen_word
from api.cli.endings import CommandFailed, Exit
from api.cli.one_order import find_order, input_for
from api.cli.output import give, give_json
from domain.commerce.mail_rules import MailKind

_FIND: Final = """query Find($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id commerceOrder { invoices { id number } shipments { id number } creditMemos { id number } } } }"""
_SEND: Final = """mutation Send($input: SendEmailInput!) { sendEmail(input: $input) {
  email { id kind state messageId queuedAt } errors { code message path } } }"""
_PAPERS: Final = {"INVOICE": "invoices", "SHIPMENT": "shipments", "CREDIT_MEMO": "creditMemos"}


async def email_orders(
    number: str,
    /,
    *,
    kind: str,
    paper: str | None = None,
    comment: str | None = None,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Write to the buyer of an imported order, at Amazon's relay address; the running service sends it.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    kind
        What the e-mail tells of: ORDER, ORDER_COMMENT, INVOICE, INVOICE_COMMENT, SHIPMENT, SHIPMENT_COMMENT,
        CREDIT_MEMO or CREDIT_MEMO_COMMENT.
    paper
        The number of the invoice, shipment or credit memo; not needed where the order has just one.
    comment
        What you want to say; kinds that carry a comment need it.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    wanted_kind = MailKind(chosen_word("--kind", kind, MailKind))
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number, _FIND)
        wanted = {
            "kind": wanted_kind.value,
            "documentId": _paper(order, wanted_kind, paper),
            "comment": comment,
        }
        payload = await asker.payload("sendEmail", _SEND, {"input": input_for(order, key, wanted)})
    if json:
        give_json({"email": payload["email"]})
        return
    give(f"The e-mail about {number} is queued ({payload['email']['messageId']}); the running service sends it.")


def _paper(order: dict[str, Any], kind: MailKind, number: str | None) -> str | None:
    """Return the id of the paper that is meant; None for the mutation to refuse what is missing."""
    if kind.subject not in _PAPERS:
        if number is not None:
            raise CommandFailed(
                f"--paper: an e-mail of the kind {kind.value} is about no paper.", code=Exit.WRONG_USAGE
            )
        return None
    papers = (order["commerceOrder"] or {}).get(_PAPERS[kind.subject], [])
    meant = [paper["id"] for paper in papers if number in (None, paper["number"])]
    if len(meant) > 1:
        numbers = ", ".join(paper["number"] for paper in papers)
        raise CommandFailed(f"--paper: say which one: {numbers}.", code=Exit.WRONG_USAGE)
    if number is not None and not meant:
        raise CommandFailed(f"--paper: the order has none of the number {number}.")
    return meant[0] if meant else None
