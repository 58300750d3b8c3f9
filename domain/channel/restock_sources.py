"""To which sources goods come back with a credit memo, where a person says so."""

from collections.abc import Collection

from domain.catalog.sources import find_source
from domain.channel.refund_input import RefundRequest
from domain.errors import InvalidInput

_NAME = "restockSource"


async def restock_sources(request: RefundRequest, item_ids: Collection[int]) -> dict[int, str]:
    """Return the source by item's row for those of these items that come back to a named one.

    Raises NotFound for an unknown source, InvalidInput for a disabled one and where nothing is to come back.
    """
    lines = request.lines or ()
    returns = request.restock or any(line.restock for line in lines)
    whole = await _checked(request.restock_source, bool(returns), ("input", _NAME))
    own = {
        line.item_id: await _checked(
            line.restock_source, bool(request.restocks(line.item_id)), ("input", "lines", str(at), _NAME)
        )
        for at, line in enumerate(lines)
    }
    named = {item_id: own.get(item_id) or whole for item_id in item_ids}
    return {item_id: code for item_id, code in named.items() if code}


async def _checked(code: str | None, comes_back: bool, path: tuple[str, ...]) -> str | None:
    if code is None:
        return None
    if not comes_back:
        message = "A source is where goods come back to: ask for that with `restock`, or leave it out."
        raise InvalidInput(message, path=path)
    source = await find_source(code, path=path)
    if not source.enabled:
        raise InvalidInput("This source is disabled; name another, or leave it out.", path=path)
    return source.code
