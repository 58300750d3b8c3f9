"""Keys in order, cheap to add, remove and walk from any place: how a million orders are served without a scan."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from typing import Final

CHUNK: Final = 1_000


class SortedKeys:
    """Pairs of a moment and an order id, kept sorted in short chunks."""

    def __init__(self) -> None:
        self._chunks: list[list[tuple[int, str]]] = []
        self._lasts: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return sum(map(len, self._chunks))

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def add(self, key: tuple[int, str]) -> None:
        """Put a key in its place."""
        if not self._chunks:
            self._chunks.append([key])
            self._lasts.append(key)
            return
        at = min(bisect_left(self._lasts, key), len(self._chunks) - 1)
        chunk = self._chunks[at]
        insort(chunk, key)
        self._lasts[at] = chunk[-1]
        if len(chunk) > 2 * CHUNK:
            self._split(at)

    def remove(self, key: tuple[int, str]) -> None:
        """Take a key out. Raises KeyError."""
        at = bisect_left(self._lasts, key)
        chunk = self._chunks[at] if at < len(self._chunks) else []
        place = bisect_left(chunk, key)
        if place == len(chunk) or chunk[place] != key:
            raise KeyError(key)
        del chunk[place]
        if chunk:
            self._lasts[at] = chunk[-1]
        else:
            del self._chunks[at], self._lasts[at]

    def after(self, key: tuple[int, str]) -> Iterator[tuple[int, str]]:
        """Walk the keys greater than this one, in order, without looking at those before."""
        first = bisect_right(self._lasts, key)
        for at in range(first, len(self._chunks)):
            chunk = self._chunks[at]
            start = bisect_right(chunk, key) if at == first else 0
            for place in range(start, len(chunk)):
                yield chunk[place]

    def last(self, limit: int) -> list[tuple[int, str]]:
        """Return the greatest keys, so many or all of them, in order."""
        found: list[tuple[int, str]] = []
        for chunk in reversed(self._chunks):
            if len(found) >= limit:
                break
            found = chunk[-(limit - len(found)) :] + found
        return found

    def _split(self, at: int) -> None:
        chunk = self._chunks[at]
        self._chunks[at : at + 1] = [chunk[:CHUNK], chunk[CHUNK:]]
        self._lasts[at : at + 1] = [chunk[CHUNK - 1], chunk[-1]]
