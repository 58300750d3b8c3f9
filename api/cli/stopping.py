"""Ending on a signal: Ctrl-C or a request to terminate."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from api.cli.endings import Exit


@dataclass
class Stop:
    """Whether the process was asked to end, and with which exit code."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    code: Exit = Exit.OK

    async def wait(self) -> Exit:
        """Wait until the process is asked to end, and return its exit code."""
        await self.asked.wait()
        return self.code


@asynccontextmanager
async def stopping() -> AsyncIterator[Stop]:
    """Turn the first SIGINT or SIGTERM into an orderly end; the second one ends the process at once."""
    stop = Stop()
    loop = asyncio.get_running_loop()
    codes = {signal.SIGINT: Exit.INTERRUPTED, signal.SIGTERM: Exit.TERMINATED}

    def ask(code: Exit) -> None:
        stop.code = code
        stop.asked.set()
        for number in codes:
            loop.remove_signal_handler(number)

    for number, code in codes.items():
        loop.add_signal_handler(number, ask, code)
    try:
        yield stop
    finally:
        for number in codes:
            loop.remove_signal_handler(number)
