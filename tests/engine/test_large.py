"""Passes over large values leave the event loop its turns."""

import asyncio
import gc
import hashlib
import time
from collections import UserDict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cost import in_time
from tests.engine.cases.running import RAW, ended, probe
from weft.engine import large, values
from weft.engine.large import is_plain
from weft.engine.values import encode, json_value, plain_walk

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip
FOREIGN = [(1, 2), {1: 2}, {None: 1}, float("nan"), float("inf"), UserDict(), b"x", {1, 2}, type("S", (str,), {})("x")]


def walked(value: Any) -> bool:
    walk = plain_walk(value)
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            return bool(stop.value)


@pytest.mark.parametrize("at_once", [1, 2, 3, 10_000])
def test_what_json_gives_is_plain_and_what_is_foreign_is_found(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_AT_ONCE", at_once)

    @settings(max_examples=100, deadline=None)
    @given(PLAIN, st.sampled_from(FOREIGN), st.data())
    def law(value: Any, foreign: Any, data: st.DataObject) -> None:
        assert walked(value)
        assert json_value(value) is value
        holder = data.draw(st.sampled_from([[value, foreign], {"a": value, "b": [foreign]}, [[], {}, {"x": foreign}]]))
        assert not walked(holder)

    law()


async def test_a_walk_through_a_large_value_has_many_turns() -> None:
    rows = [{"id": n, "name": "x", "tags": ["a"]} for n in range(60_000)]
    turns, done = 0, False

    async def others() -> None:
        nonlocal turns
        while not done:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    for value in (rows, list(range(300_000)), {str(n): n for n in range(150_000)}):
        turns = 0
        assert await is_plain(value)
        assert turns >= 20
    done = True
    await task


@pytest.mark.parametrize("size", [10, large.LARGE_BYTES * 5])
async def test_a_hash_is_the_hash(size: int) -> None:
    assert await large.sha256(b"x" * size) == hashlib.sha256(b"x" * size).hexdigest()


async def test_a_large_output_that_is_no_plain_json_becomes_it() -> None:
    RAW["pairs"] = [(n, "x" * 20) for n in range(20_000)]
    RAW["nan"] = [float("nan"), *["x" * 20] * 20_000]
    one = await ended({"a": probe(give={"raw": "pairs"}), "e": {"type": "end"}}, "s>a a>e")
    assert one.data("node.completed", "a")["output"]["size"] > large.LARGE_BYTES
    one = await ended({"a": probe(give={"raw": "nan"}), "e": {"type": "end"}}, "s>a a>e")
    assert one.data("execution.failed")["error"]["type"] == "validation"


async def test_rows_that_are_handed_on_do_not_hold_the_loop() -> None:
    """By the CPU that the loop's own thread takes between two turns, over what it takes to write the rows once: the
    machine may be busy with others, and slow."""
    RAW["rows"] = [{"id": str(n), "name": f"name {n}", "city": f"city {n % 97}"} for n in range(60_000)]
    nodes = {
        "a": probe(give={"raw": "rows"}),
        "b": {"type": "set", "config": {"values": {"rows": "{{ a }}"}}},
        "e": {"type": "end", "config": {"outputs": {"n": "{{ b.rows.length }}"}}},
    }
    longest, last, done = 0.0, 0.0, False

    async def watch() -> None:
        nonlocal longest, last
        while not done:
            await asyncio.sleep(0.001)
            longest, last = max(longest, time.thread_time() - last), time.thread_time()

    def written_s() -> float:
        began = time.thread_time()
        encode(RAW["rows"])
        return time.thread_time() - began

    gc.collect()
    gc.freeze()  # a collection of what other tests left would count too
    once = min(written_s() for _ in range(5))
    last = time.thread_time()
    task = asyncio.create_task(watch())
    try:
        one = await ended(nodes, "s>a a>b b>e")
    finally:
        done = True
        await task
        gc.unfreeze()
    assert one.data("execution.completed")["outputs"] == {"n": 60_000}
    in_time(longest, 4 * once, "the longest turn")
