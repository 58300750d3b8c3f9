"""One question for many parents: rows by id, rows by parent, and what domain functions know of many at once."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader
from tortoise.models import Model

from api.schema.reading import reading
from domain.accounts.order_settings import OrderSettings
from domain.accounts.settings import settings_of_stores
from domain.buyers import Owner, read_many
from domain.catalog.matches import Found, Wanted, find_products
from domain.sealing import Sealer

Record = TypeVar("Record", bound=Model)
Key = TypeVar("Key")
Answer = TypeVar("Answer")

LARGEST_BATCH = 500


@dataclass(frozen=True)
class Listing:
    """Which rows of a table belong to a parent, and in which order."""

    model: type[Model]
    parent: str  # the column with the parent's id
    order: tuple[str, ...]
    only: tuple[tuple[str, Any], ...] = ()


class _Shared(DataLoader[Any, Any]):
    """A loader whose answers outlive those who wait: a field that is cancelled takes no other's answer along."""

    def load(self, key: Any) -> Awaitable[Any]:
        """Return the answer for a key; cancelling it leaves the question to the others that asked it.

        A request that failed elsewhere may be answered before: nobody misses the answer then, nor its error. The
        question is heard out as well as who asks, since a shield that is cancelled leaves its question alone.
        """
        question = asyncio.ensure_future(super().load(key))
        question.add_done_callback(_miss_nothing)
        answer = asyncio.shield(question)
        answer.add_done_callback(_miss_nothing)
        return answer


def _miss_nothing(answer: asyncio.Future[Any]) -> None:
    if not answer.cancelled():
        answer.exception()


def loader(answer: Callable[[list[Any]], Awaitable[Sequence[Any]]]) -> DataLoader[Any, Any]:
    """Return a loader that asks beside the writer, for at most 500 at a time."""

    async def load(keys: list[Any]) -> Sequence[Any]:
        with reading():
            return await answer(keys)

    return _Shared(load_fn=load, max_batch_size=LARGEST_BATCH)


@dataclass
class Loaders:
    """The questions of one request; what was answered once is not asked again until something is written."""

    sealer: Sealer
    _rows: dict[type[Model], DataLoader[int, Any]] = field(default_factory=dict)
    _lists: dict[Listing, DataLoader[int, Any]] = field(default_factory=dict)
    _others: dict[Any, DataLoader[Any, Any]] = field(default_factory=dict)

    def row(self, model: type[Record]) -> DataLoader[int, Record | None]:
        """Return the loader of a table's rows by id."""
        if model not in self._rows:
            self._rows[model] = loader(lambda ids: _rows_of(model, ids))
        return self._rows[model]

    def rows(self, listing: Listing) -> DataLoader[int, list[Any]]:
        """Return the loader of rows by their parent's id."""
        if listing not in self._lists:
            self._lists[listing] = loader(lambda ids: _listed(listing, ids))
        return self._lists[listing]

    def other(self, answer: Callable[[list[Key]], Awaitable[Sequence[Answer]]]) -> DataLoader[Key, Answer]:
        """Return the loader of a question of its own: a module's function from keys to answers."""
        if answer not in self._others:
            self._others[answer] = loader(answer)
        return self._others[answer]

    @property
    def settings(self) -> DataLoader[int, tuple[int, OrderSettings]]:
        """The loader of stores' order settings with their versions."""
        return self.other(_settings)

    @property
    def products_meant(self) -> DataLoader[Wanted, Found | None]:
        """The loader of the products that items mean."""
        return self.other(_products_meant)

    def buyers(self, owner: Owner) -> DataLoader[int, Any]:
        """Return the loader that opens buyer data, only for whom it is selected."""

        async def opened(ids: list[int]) -> list[Any]:
            found = await read_many(owner, ids, self.sealer)
            return [found.get(owner_id) for owner_id in ids]

        if owner not in self._others:
            self._others[owner] = loader(opened)
        return self._others[owner]


async def _rows_of(model: type[Record], ids: list[int]) -> list[Record | None]:
    found = {row.pk: row for row in await model.filter(id__in=ids)}
    return [found.get(row_id) for row_id in ids]


async def _listed(listing: Listing, ids: list[int]) -> list[list[Model]]:
    found: defaultdict[int, list[Model]] = defaultdict(list)
    conditions: dict[str, Any] = {f"{listing.parent}__in": ids, **dict(listing.only)}
    for row in await listing.model.filter(**conditions).order_by(*listing.order):
        found[getattr(row, listing.parent)].append(row)
    return [found[parent_id] for parent_id in ids]


async def _settings(store_ids: list[int]) -> list[tuple[int, OrderSettings]]:
    found = await settings_of_stores(store_ids)
    return [found[store_id] for store_id in store_ids]


async def _products_meant(wanted: list[Wanted]) -> list[Found | None]:
    found = await find_products(wanted)
    return [found.get(one) for one in wanted]
