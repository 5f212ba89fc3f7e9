"""Parsing in children: values come back whole, the event loop goes on, limits hold."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.cost import in_time, longest_stop
from tests.sandbox.asking import alive, outcome, until

from weft.engine.errors import NodeError
from weft.platform.sandbox.parser import ParserPool


@pytest.fixture
async def parser() -> AsyncIterator[ParserPool]:
    pool = ParserPool(2)
    yield pool
    await pool.close()


async def read(pool: ParserPool, form: str, text: str, **options: Any) -> Any:
    return await pool.parse(form, text, options, workspace="one")


def sheet(rows: int) -> tuple[str, list[dict[str, str]]]:
    records = [{"id": str(n), "name": f"name {n}", "note": "x" * 40} for n in range(rows)]
    out = io.StringIO()
    writer = csv.DictWriter(out, ["id", "name", "note"])
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue(), records


LARGE = "y" * 300_000
VALUES: list[Any] = [
    None,
    5,
    "é😀",
    LARGE,
    [],
    {},
    [LARGE, 1, [LARGE, {"a": LARGE, "": [LARGE]}], LARGE],
    {"rows": [{"n": n, "deep": [list(range(30))]} for n in range(20_000)], "z": 1, "a": {"b": {"c": [0.5] * 90_000}}},
    [[n] * 3 for n in range(100_000)],
    {f"k{n}": n for n in range(50_000)},
]


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
async def test_a_value_comes_back_whole(parser: ParserPool, value: Any) -> None:
    text = orjson.dumps(value).decode()
    found = await read(parser, "json", text)
    assert orjson.dumps(found).decode() == text


async def test_the_loop_goes_on_while_texts_are_read(parser: ParserPool) -> None:
    text, records = sheet(50_000)
    assert len(text) > 2_500_000
    yaml = "".join(f"- {{id: {n}, name: item {n}, on: true}}\n" for n in range(4_000))
    await asyncio.gather(*(read(parser, "json", "[]") for _ in range(2)))
    for form, source, wanted in (
        ("csv", text, records),
        ("yaml", yaml, [{"id": n, "name": f"item {n}", "on": True} for n in range(4_000)]),
    ):
        work = asyncio.create_task(read(parser, form, source))
        in_time(await longest_stop(work), 0.1, form)
        assert await work == wanted


@pytest.mark.parametrize(
    ("form", "text", "kind"),
    [
        ("json", "{a: 1}", "validation"),
        ("json", "[" * 200 + "]" * 200, "validation"),
        ("csv", "a,a\n1,2\n", "validation"),
        ("xml", "<a>", "validation"),
        ("yaml", "a: [1", "validation"),
        ("yaml", "!!python/object/apply:os.system ['true']", "validation"),
        ("yaml", "a" * (2**20 + 1), "limit_exceeded"),
    ],
)
async def test_what_cannot_be_read_is_told(parser: ParserPool, form: str, text: str, kind: str) -> None:
    error = await outcome(read(parser, form, text))
    assert isinstance(error, NodeError)
    assert error.type == kind
    assert await read(parser, "json", "[1]") == [1]


async def test_the_time_limit_kills() -> None:
    quick = ParserPool(2, cpu_s=0.2)
    try:
        error = await outcome(read(quick, "yaml", "- [a, b, {c: d}]\n" * 40_000))
        assert isinstance(error, NodeError)
        assert error.type == "timeout"
        assert await read(quick, "csv", "a\n1\n") == [{"a": "1"}]
    finally:
        await quick.close()


@pytest.mark.parametrize(
    ("form", "text", "kind"),
    [("json", "[" + "{}," * 6_000_000 + "{}]", "limit_exceeded"), ("csv", "a\n" + "ab\n" * 1_000_000, "memory")],
)
async def test_the_memory_limit_holds(form: str, text: str, kind: str) -> None:
    small = ParserPool(2, memory_mib=8)
    try:
        error = await outcome(read(small, form, text))
        assert isinstance(error, NodeError)
        assert error.type == kind
        assert await read(small, "json", "[1]") == [1]
    finally:
        await small.close()


async def test_a_child_has_no_files_and_ends_with_the_pool() -> None:
    pool = ParserPool(2)
    assert await read(pool, "json", "1") == 1
    pids = pool.pids
    assert all(len(list(Path(f"/proc/{pid}/fd").iterdir())) == 3 for pid in pids)
    assert all(Path(f"/proc/{pid}/environ").read_bytes() == b"" for pid in pids)
    await pool.close()
    await until(lambda: not any(map(alive, pids)))
