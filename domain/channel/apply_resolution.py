"""One way out of what a person looks at, applied: whatever it changes, in one transaction, once."""

from datetime import datetime
from typing import Final

import orjson

from domain.change import change
from domain.channel.affected import Affected
from domain.channel.carry_out import Inputs, Work, carry_out
from domain.channel.entries import check_open, entry_of
from domain.channel.records import Attention
from domain.channel.resolution import Resolution, ResolutionKind
from domain.channel.resolutions import resolutions_of, resolutions_together
from domain.errors import ActionNotAllowed, InvalidInput
from domain.idempotency import remember, remembered
from domain.sealing import Sealer
from domain.timeline import Actor

__all__ = ["Inputs", "apply_resolution"]

_ENTRY: Final = ("input", "blockerId")
_RESOLUTION: Final = ("input", "resolutionId")


async def apply_resolution(
    *,
    attention_id: int,
    resolution_id: str,
    inputs: Inputs,
    idempotency_key: str,
    now: datetime,
    actor: Actor,
    sealer: Sealer,
) -> Affected:
    """Apply a way out of an entry; repeated with the same key, nothing happens and the first count comes again.

    Raises NotFound, ActionNotAllowed for an entry that is dealt with or a way out that it does not have, RequiredInput
    or InvalidInput for what is given, IdempotencyKeyReused, and whatever the operation behind the way out refuses.
    """
    async with change(now=now, actor=actor) as unit:
        unit.quiet()
        entry = await entry_of(attention_id, path=_ENTRY)
        request = {
            "scope": f"account:{entry.account_id}",
            "mutation": "applyResolution",
            "key": idempotency_key,
            "input_digest": _digest(attention_id, resolution_id, inputs, sealer=sealer),
        }
        if (known := await remembered(**request, now=now)) is not None:
            return Affected(known)
        kind = _kind_of(resolution_id)
        check_open(entry, action=kind.value, path=_ENTRY)
        resolution = await _offered(entry, resolution_id, kind)
        affected = await carry_out(Work(unit, entry, resolution, inputs, sealer))
        await remember(**request, result_id=affected.count, now=now)
        return affected


def _kind_of(resolution_id: str) -> ResolutionKind:
    word = resolution_id.partition(":")[0]
    if word not in ResolutionKind.__members__:
        raise InvalidInput("There is no such resolution; pass an `id` of the entry's `resolutions`.", path=_RESOLUTION)
    return ResolutionKind(word)


async def _offered(entry: Attention, resolution_id: str, kind: ResolutionKind) -> Resolution:
    offered = resolutions_together if resolution_id != kind.value else resolutions_of
    for offer in (await offered([entry]))[entry.id]:
        if offer.id == resolution_id:
            return offer
    raise ActionNotAllowed(
        "This is no way out of it as things stand; choose one of its `resolutions`.",
        action=kind.value,
        current_status=entry.state.value,
        path=_RESOLUTION,
    )


def _digest(attention_id: int, resolution_id: str, inputs: Inputs, *, sealer: Sealer) -> str:
    return sealer.digest("idempotency", orjson.dumps([attention_id, resolution_id, inputs], default=str).decode())
