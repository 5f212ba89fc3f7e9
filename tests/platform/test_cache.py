"""The cache: one load for many readers, nothing stale after an invalidation."""

import asyncio

import pytest

from weft.platform.cache import READS, Cache


async def test_many_readers_share_one_load() -> None:
    cache, loads, gate = Cache(), 0, asyncio.Event()

    async def load() -> int:
        nonlocal loads
        loads += 1
        await gate.wait()
        return 7

    readers = [asyncio.create_task(cache.get("a:1", load, ttl_s=60)) for _ in range(20)]
    await asyncio.sleep(0)
    readers[0].cancel()
    gate.set()
    values = await asyncio.gather(*readers, return_exceptions=True)
    assert values[1:] == [7] * 19
    assert loads == 1


async def test_what_is_invalidated_while_it_loads_is_not_kept() -> None:
    cache, gate = Cache(), asyncio.Event()

    async def stale() -> str:
        await gate.wait()
        return "stale"

    async def fresh() -> str:
        return "fresh"

    reading = asyncio.create_task(cache.get("a:1", stale, ttl_s=60))
    await asyncio.sleep(0)
    cache.invalidate("a:")
    gate.set()
    assert await reading == "stale"
    assert await cache.get("a:1", fresh, ttl_s=60) == "fresh"


async def test_entries_expire_and_errors_are_not_kept() -> None:
    now = 0.0
    cache = Cache(timer=lambda: now)
    values = iter([1, 2])

    async def load() -> int:
        return next(values)

    async def fail() -> int:
        raise LookupError("no")

    assert [await cache.get("b:1", load, ttl_s=5) for _ in range(2)] == [1, 1]
    now = 5.1
    assert await cache.get("b:1", load, ttl_s=5) == 2
    with pytest.raises(LookupError):
        await cache.get("b:2", fail, ttl_s=5)
    values = iter([3])
    assert await cache.get("b:2", load, ttl_s=5) == 3


async def test_hits_and_misses_are_counted_by_region() -> None:
    async def load() -> int:
        return 1

    def count(result: str) -> float:
        return READS.labels("region-of-this-test", result)._value.get()

    cache = Cache()
    for _ in range(3):
        await cache.get("region-of-this-test:x", load, ttl_s=60)
    assert (count("miss"), count("hit")) == (1, 2)
