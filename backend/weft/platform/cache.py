"""The first-level cache: what is read often, in this process, each entry for its own time.

Keys are `region:rest`. Concurrent readers of a missing key share one load, and an entry that is invalidated
while it loads is not kept.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar, cast

from cachetools import TLRUCache
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncConnection

from weft.kernel.messages import RecordedEvent
from weft.platform.outbox import Outbox, Subscriber

T = TypeVar("T")
READS: Final = Counter("weft_cache_reads", "Reads of the cache, by region and result", ["region", "result"])


Entry = tuple[object, float, int]


def _expiry(_key: str, entry: Entry, now: float) -> float:
    return now + entry[1]


def _weight(entry: Entry) -> int:
    return entry[2]


class Cache:
    """Entries of at most `size` in all, the least recently used dropped first. A small entry weighs 1."""

    def __init__(self, size: int = 10_000, timer: Callable[[], float] = time.monotonic) -> None:
        self._entries: TLRUCache[str, Entry] = TLRUCache(size, _expiry, timer, _weight)
        self._loading: dict[str, asyncio.Task[object]] = {}

    async def get(
        self, key: str, load: Callable[[], Awaitable[T]], *, ttl_s: float, weigh: Callable[[T], int] = lambda _value: 1
    ) -> T:
        """The value under `key`, else what `load` gives, kept for `ttl_s` seconds. An error is not kept.

        `weigh` tells how much room a large value takes, in units of about 8 KiB.
        """
        entry = self._entries.get(key)
        region = key.partition(":")[0]
        if entry is not None:
            READS.labels(region, "hit").inc()
            return cast(T, entry[0])
        READS.labels(region, "miss").inc()
        task = self._loading.get(key)
        if task is None:
            task = asyncio.ensure_future(self._load(key, load, ttl_s, weigh))
            self._loading[key] = task
            task.add_done_callback(_look_at)
        return cast(T, await asyncio.shield(task))

    async def _load(self, key: str, load: Callable[[], Awaitable[T]], ttl_s: float, weigh: Callable[[T], int]) -> T:
        this = asyncio.current_task()
        try:
            value = await load()
            weight = weigh(value)
            if self._loading.get(key) is this and weight <= self._entries.maxsize:
                self._entries[key] = (value, ttl_s, weight)
            return value
        finally:
            if self._loading.get(key) is this:
                del self._loading[key]

    def invalidate(self, prefix: str) -> None:
        """Forget every entry whose key begins with `prefix`, those being loaded included."""
        for key in [key for key in self._entries if key.startswith(prefix)]:
            self._entries.pop(key, None)
        for key in [key for key in self._loading if key.startswith(prefix)]:
            del self._loading[key]


def _look_at(task: "asyncio.Task[Any]") -> None:
    """An error nobody waits for any longer is not reported as forgotten."""
    if not task.cancelled():
        task.exception()


def forget_at_events(cache: Cache, outbox: Outbox, prefixes: Mapping[str, tuple[str, ...]]) -> None:
    """At an event named in `prefixes` its key prefixes are forgotten: at once where it is committed, so that who
    was answered reads what they wrote, and by the subscriber `cache` for what another process committed."""

    def forget(name: str) -> None:
        for prefix in prefixes.get(name, ()):
            cache.invalidate(prefix)

    async def invalidate(event: RecordedEvent, _connection: AsyncConnection) -> None:
        forget(event.name)

    outbox.listen(forget)
    outbox.subscribe(Subscriber("cache", frozenset(prefixes), invalidate))
