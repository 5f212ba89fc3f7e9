"""engine.md, The journal and Values: what waits for a commit, what runs again, what is kept as a blob."""

import asyncio
import dataclasses
import math
from typing import Any

import pytest

from tests.engine.cases.running import RAW, SEEN, Case, case, ended, error, outputs, probe


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


async def quiet() -> None:
    """Let the loop turn until nothing moves any more."""
    for _ in range(50):
        await asyncio.sleep(0)


async def held(nodes: dict[str, Any], edges: str, durability: str = "async") -> tuple[Case, asyncio.Task[Any]]:
    one = case(nodes, edges, durability=durability)
    one.journal.held = asyncio.Semaphore(0)
    task = asyncio.create_task(one.once())
    await until(lambda: one.journal.waiting)
    await quiet()
    return one, task


def open_gate(one: Case, commits: int = 100) -> None:
    """Let so many commits through."""
    assert one.journal.held is not None
    for _ in range(commits):
        one.journal.held.release()


async def test_async_only_a_write_waits_for_its_start_and_its_end() -> None:
    SEEN.notes.clear()
    nodes = {"a": probe(), "r": probe("read"), "w": probe("write", note="w"), "x": probe(note="x")}
    one, task = await held(nodes, "s>a a>r r>w w>x")
    assert one.told("r")[-1] == "node.completed"
    assert one.told("w") == ["node.started"]
    assert "w" not in SEEN.notes
    open_gate(one, 1)
    await until(lambda: "node.completed" in one.told("w"))
    await quiet()
    assert one.journal.waiting
    assert "x" not in SEEN.notes
    open_gate(one)
    assert (await task).status == "completed"


async def test_sync_every_completion_waits() -> None:
    one, task = await held({"d": {"type": "set", "disabled": True}, "a": probe()}, "s>d d>a", "sync")
    assert [event.path for event in one.events("node.")] == ["s"]
    open_gate(one)
    assert (await task).status == "completed"


async def test_a_policy_s_effect_makes_a_write_of_a_pure_node() -> None:
    one = await ended({"a": probe("pure", policy={"effect": "write"}), "b": probe("write", policy={"effect": "pure"})},
                      "s>a a>b")  # fmt: skip
    assert one.told("a") == ["node.started", "node.completed"]
    assert one.told("b") == ["node.completed"]


async def test_what_had_only_started_runs_again_with_the_same_attempt() -> None:
    one = await ended({"w": probe("write", give=1)}, "s>w")
    again = one.cut(one.events("node.started", "w")[0].sequence)
    await again.whole()
    first, second = again.events("node.started", "w")
    assert (first.data["rerun"], second.data["rerun"]) == (False, True)
    assert (second.data["attempt"], second.epoch) == (1, again.epoch)


async def test_a_write_that_cannot_be_repeated_ends_interrupted() -> None:
    SEEN.notes.clear()
    one = await ended({"w": probe("write", note="w", policy={"on_crash": "fail"})}, "s>w")
    again = one.cut(one.events("node.started", "w")[0].sequence)
    await again.whole()
    assert error(again)["type"] == "interrupted"
    assert again.told("w") == ["node.started", "node.failed"]
    assert SEEN.notes == ["w"]


async def test_a_node_whose_end_is_committed_never_runs_again() -> None:
    one = await ended({"a": probe("write"), "b": probe("read")}, "s>a a>b")
    end = one.events("node.completed", "a")[0].sequence
    for at in range(end, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert again.told("a") == ["node.started", "node.completed"]


async def test_a_step_is_run_once_over_a_cut() -> None:
    SEEN.steps.clear()
    one = await ended({"a": probe("read", steps=3)}, "s>a")
    second = one.events("step.completed", "a.step[1]")[0]
    assert second.node == "a"
    again = one.cut(second.sequence)
    await again.whole()
    assert SEEN.steps == {"a:0": 1, "a:1": 1, "a:2": 2}
    assert len(again.events("step.completed")) == 3


@pytest.mark.parametrize("disabled", [False, True])
async def test_a_long_output_is_a_blob_and_reads_as_itself(disabled: bool) -> None:
    long = "x" * 70_000
    nodes: dict[str, Any] = {
        "a": probe(give=long),
        "d": {"type": "set", "disabled": disabled},
        "b": probe(give="{{ a.length }}"),
    }
    one = await ended(nodes, "s>a a>d d>b")
    data = one.data("node.completed", "a")
    assert data["blobs"] == ["output"]
    assert data["output"]["size"] == 70_002
    assert outputs(one) == {"b": 70_000}
    if disabled:
        assert one.data("node.completed", "d")["blobs"] == ["output"]
    again = one.cut(one.events("node.completed", "a")[0].sequence)
    await again.whole()
    assert outputs(again) == {"b": 70_000}


async def test_data_that_looks_like_a_blob_is_plain_data() -> None:
    fake = {"$blob": "0" * 64, "size": 1, "preview": ""}
    one = await ended({"a": probe(give="{{ input.f }}"), "b": probe(give="{{ a }}")}, "s>a a>b", {"f": fake})
    again = one.cut(one.events("node.completed", "a")[0].sequence)
    await again.whole()
    assert outputs(again) == {"b": fake}


@dataclasses.dataclass
class Point:
    x: int


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": {1, 2}}, object(), 2**80, "\ud800", {"n": -math.inf}])
async def test_what_is_not_json_is_an_error_of_the_node(value: Any) -> None:
    RAW["odd"] = value
    one = await ended({"a": probe(give={"raw": "odd"})}, "s>a")
    assert error(one)["type"] == "validation"


@pytest.mark.parametrize(
    ("value", "plain"), [({1: "a"}, {"1": "a"}), ((1, 2), [1, 2]), (Point(3), {"x": 3}), (1.0, 1.0), ([True], [True])]
)
async def test_what_writes_itself_as_json_is_that_json_at_once(value: Any, plain: Any) -> None:
    RAW["odd"] = value
    one = await ended({"a": probe(give={"raw": "odd"}), "b": probe(give="{{ a }}")}, "s>a a>b")
    assert outputs(one) == {"b": plain}


async def test_an_output_over_100_mib_is_too_large() -> None:
    RAW["big"] = "x" * (100 * 1024 * 1024)
    one = await ended({"a": probe(give={"raw": "big"})}, "s>a")
    RAW.clear()
    assert error(one)["type"] == "output_too_large"


async def test_draining_lets_running_nodes_end_and_starts_nothing_more() -> None:
    nodes = {f"n{i}": probe("read", sleep_s=0.05) for i in range(70)}
    one = case({**nodes, "x": probe()}, " ".join(f"s>{n} {n}>x" for n in nodes))
    task = asyncio.create_task(one.once())
    await until(lambda: len(one.events("node.started")) == 64)
    assert one.current is not None
    one.current.drain()
    assert (await task).status == "stopped"
    assert len(one.events("node.started")) == 64
    assert len(one.events("node.completed")) == 65
    assert (await one.cut(len(one.journal.events)).whole()).status == "completed"
