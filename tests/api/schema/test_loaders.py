import asyncio
import gc
from typing import Any

import pytest

from api.schema.loaders import loader


async def fails(keys: list[int]) -> list[int]:
    raise LookupError(str(keys))


async def complaints() -> list[dict[str, Any]]:
    """Let the loop end what it has begun, and return what it complained of."""
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    return told


@pytest.mark.usefixtures("database")
async def test_what_nobody_waits_for_fails_in_silence():
    loader(fails).load(1)
    assert await complaints() == []


@pytest.mark.usefixtures("database")
async def test_what_everybody_ceased_to_wait_for_fails_in_silence():
    answer = asyncio.ensure_future(loader(fails).load(1))
    answer.cancel()
    assert await complaints() == []


@pytest.mark.usefixtures("database")
async def test_who_waits_is_told():
    with pytest.raises(LookupError):
        await loader(fails).load(1)
