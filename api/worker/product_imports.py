"""Going on with files of products whose command was killed once they were decided."""

from api.worker.worker import Worker
from domain.channel.file_imports import carry_on


async def product_imports_due(worker: Worker) -> int:
    """Take one part of a file that nobody goes on with; returns how many lines that were."""
    return await carry_on(now=worker.now(), abandoned=True) or 0
