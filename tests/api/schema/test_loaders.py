import asyncio
import gc
from typing import Any

import pytest

from api.schema.loaders import loader


async def fails(keys: list[int]) -> list[int]:
    raise LookupError(str(keys))


@pytest.mark.usefixtures("database")
async def test_what_nobody_waits_for_fails_in_silence():
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    loader(fails).load(1)
    for _ in range(10):
        await asyncio.sleep(0)
    gc.collect()
    assert told == []


@pytest.mark.usefixtures("database")
async def test_who_waits_is_told():
    with pytest.raises(LookupError):
        await loader(fails).load(1)
