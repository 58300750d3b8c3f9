"""Tracking from the command line: other numbers for what left, further parcels, and the carriers to choose from."""

from typing import Annotated, Any, Final

from cyclopts import Parameter

from api.cli.asking import asking, asking_here
from api.cli.endings import CommandFailed
from api.cli.one_order import find_order, input_for, quantities_of
from api.cli.output import give, give_json, give_table

_FIND: Final = """query Find($number: String!) { amazonOrder(by: {amazonOrderId: $number}) {
  id amazonOrderId items { id amazonOrderItemId sellerSku }
  commerceOrder { shipments { packages { id reference } } } } }"""
_DONE: Final = """order { amazonOrderId displayStatus }
  package { reference carrierCode carrierName trackingNumber trackingUrl } errors { code message path }"""
_CORRECT: Final = f"mutation Correct($input: CorrectTrackInput!) {{ correctTrack(input: $input) {{ {_DONE} }} }}"
_ADD: Final = f"mutation Add($input: AddTrackInput!) {{ addTrack(input: $input) {{ {_DONE} }} }}"
_CARRIERS: Final = "query Carriers { carriers { code title amazonCode needsName isTrackingRequired trackingPage } }"
_HEADS: Final = ("code", "carrier", "at Amazon", "followed at")


async def track_orders(
    number: str,
    /,
    *,
    carrier: str,
    tracking: str,
    carrier_name: str | None = None,
    package: str | None = None,
    line: Annotated[list[str], Parameter(negative=())] | None = None,
    key: str | None = None,
    url: str | None = None,
    json: bool = False,
) -> None:
    """Correct the tracking of a parcel that left from here, or say that some of it travels in a further one.

    Amazon is told by the running service.

    Parameters
    ----------
    number
        Amazon's order number, e.g. 902-3159896-1390916.
    carrier
        The carrier's code, e.g. UPS; `orderlane orders carriers` lists them.
    tracking
        The tracking number.
    carrier_name
        The carrier's name, where the code does not say it.
    package
        The reference of the parcel; not needed where Amazon was told of just one.
    line
        What travels in a further parcel under this number: a SKU or Amazon's order item id with a quantity, e.g.
        MUG=2; may be given several times. Without it, the number of the parcel itself is corrected.
    key
        A text of your own: the same key again repeats nothing.
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        order = await find_order(asker, number, _FIND)
        wanted = {
            "packageId": _parcel(order, package),
            "lines": quantities_of(order, line),
            "carrierCode": carrier,
            "carrierName": carrier_name,
            "trackingNumber": tracking,
        }
        name, document = ("addTrack", _ADD) if line else ("correctTrack", _CORRECT)
        payload = await asker.payload(name, document, {"input": input_for(order, key, wanted)})
    if json:
        give_json({"order": payload["order"], "package": payload["package"]})
        return
    parcel = payload["package"]
    words = f"{parcel['carrierName'] or parcel['carrierCode']} {parcel['trackingNumber']}"
    give(f"Package {parcel['reference']} of {number} travels with {words}; Amazon will be told.")


async def carriers_orders(*, url: str | None = None, json: bool = False) -> None:
    """List the carriers that have a code of their own; any other is given by name.

    Parameters
    ----------
    url
        Ask the service that runs there, instead of the configured database.
    json
        Print JSON.
    """
    async with asking(url) if url else asking_here() as asker:
        carriers = (await asker.data(_CARRIERS, {}))["carriers"]
    if json:
        give_json({"carriers": carriers})
        return
    rows = [(one["code"], one["title"], one["amazonCode"], one["trackingPage"] or "") for one in carriers]
    give_table(_HEADS, rows)


def _parcel(order: dict[str, Any], reference: str | None) -> str | None:
    """Return the id of the parcel that is meant; None for the mutation to say which one is missing."""
    if reference is None:
        return None
    shipments = (order["commerceOrder"] or {}).get("shipments", [])
    known = {parcel["reference"]: parcel["id"] for one in shipments for parcel in one["packages"]}
    if reference not in known:
        raise CommandFailed(f"--package: the order has no parcel {reference}; it has {', '.join(known) or 'none'}.")
    parcel_id: str = known[reference]
    return parcel_id
