"""engine.md, Signals, waiting, pausing: what suspends, what a cancel does, and that nothing outlives its grace."""

import asyncio
from typing import Any

import pytest

from tests.engine.cases.running import Case, SystemClock, case, check, ended, outputs, probe
from weft.engine import activity

DELAY: dict[str, Any] = {"type": "delay", "config": {"seconds": 60}}


async def started(one: Case, path: str) -> None:
    async with asyncio.timeout(60):
        while "node.started" not in one.told(path):
            await asyncio.sleep(0.001)


@pytest.fixture
def short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activity, "GRACE_S", 0.1)


async def test_a_delay_over_5_s_suspends_the_run() -> None:
    one = case({"d": DELAY}, "s>d", clock=SystemClock())
    outcome = await one.once()
    assert outcome.status == "waiting"
    assert outcome.due_at is not None
    assert one.told("d") == ["node.started", "node.waiting"]
    assert one.journal.events[-1].type == "execution.waiting"
    assert one.events("node.waiting")[0].timer_at == outcome.due_at


async def test_a_woken_node_has_one_start_and_its_first_started_at() -> None:
    for in_memory in (True, False):
        busy = {"b": probe("read", sleep_s=0.05)} if in_memory else {}
        one = await ended({"d": DELAY, **busy}, "s>d s>b" if in_memory else "s>d")
        assert one.told("d") == ["node.started", "node.waiting", "node.completed"]
        assert one.data("node.completed", "d")["started_at"] == one.events("node.started", "d")[0].at


@pytest.mark.parametrize("container", ["loop", "parallel"])
async def test_a_delay_in_a_container_survives_every_cut(container: str) -> None:
    config = {"times": 4, "parallelism": 2} if container == "loop" else {}
    nodes = {"c": {"type": container, "config": config}, "d": {**DELAY, "parent": "c"}, "x": probe(parent="c", give=1)}
    one = await ended(nodes, "s>c d>x")
    whole = outputs(one)
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert outputs(again) == whole


async def test_a_waiting_round_keeps_its_place_in_parallelism() -> None:
    nodes = {"l": {"type": "loop", "config": {"times": 5, "parallelism": 2}}, "d": {**DELAY, "parent": "l"}}
    one = case(nodes, "s>l", clock=SystemClock())
    assert (await one.once()).status == "waiting"
    assert len(one.events("node.waiting")) == 2


async def test_waiting_nodes_hold_none_of_the_64_places() -> None:
    nodes = {f"d{i}": DELAY for i in range(70)}
    one = case({**nodes, "a": probe()}, " ".join(f"s>{name}" for name in [*nodes, "a"]), clock=SystemClock())
    assert (await one.once()).status == "waiting"
    assert len(one.events("node.waiting")) == 70
    assert one.told("a") == ["node.completed"]


async def test_cancel_while_waiting() -> None:
    nodes = {"l": {"type": "loop", "config": {"times": 2}}, "d": {**DELAY, "parent": "l"}}
    one = case(nodes, "s>l", clock=SystemClock())
    await one.once()
    again = one.begin()
    again.cancel("ann")
    outcome = await again.go("signal")
    assert outcome.status == "cancelled"
    check(one.journal.events)
    assert [event.path for event in one.events("node.cancelled")] == ["l[0].d", "l"]
    assert one.data("execution.cancelled")["by"] == "ann"


async def test_a_second_cancel_changes_nothing() -> None:
    one = case({"a": probe("read", sleep_s=9)}, "s>a")
    task = asyncio.create_task(one.once())
    await started(one, "a")
    assert one.current is not None
    one.current.cancel("ann")
    one.current.cancel("bob")
    assert (await task).status == "cancelled"
    assert one.data("execution.cancelled")["by"] == "ann"
    assert len(one.events("execution.cancel_requested")) == 2
    one.current.cancel("late")
    check(one.journal.events)


@pytest.mark.parametrize("shape", ["alone", "beside", "loop", "parallel", "rounds"])
async def test_what_outlives_its_grace_is_written_as_cancelled_and_heard_no_more(shape: str, short_grace: None) -> None:
    stubborn = probe("read", sleep_s=9, stubborn_s=0.5)
    nodes: dict[str, Any] = {"a": stubborn, "x": probe()}
    edges, path = "s>a a>x", "a"
    if shape == "beside":
        edges += " s>b"
        nodes["b"] = probe("read", sleep_s=9)
    elif shape != "alone":
        config = {"loop": {"times": 2}, "rounds": {"times": 2, "parallelism": 2}}.get(shape, {})
        nodes = {"c": {"type": "loop" if config else "parallel", "config": config}, "a": {**stubborn, "parent": "c"}}
        edges, path = "s>c", "c[0].a" if config else "c.a"
    one = case(nodes, edges)
    task = asyncio.create_task(one.once())
    await started(one, path)
    assert one.current is not None
    one.current.cancel("ann")
    assert (await task).status == "cancelled"
    count = len(one.journal.events)
    assert one.told(path) == ["node.started", "node.cancelled"]
    await asyncio.sleep(0.6)
    check(one.journal.events)
    assert len(one.journal.events) == count


async def test_what_ends_within_its_grace_has_completed_and_nothing_follows() -> None:
    one = case({"a": probe("read", sleep_s=9, stubborn_s=0.02), "x": probe()}, "s>a a>x")
    task = asyncio.create_task(one.once())
    await started(one, "a")
    assert one.current is not None
    one.current.cancel("ann")
    assert (await task).status == "cancelled"
    assert one.told("a") == ["node.started", "node.completed"]
    assert one.told("x") == []


async def test_a_parallel_that_has_enough_cancels_the_rest_before_its_end() -> None:
    nodes = {
        "p": {"type": "parallel", "config": {"wait": "any"}},
        "a": probe("read", parent="p", sleep_s=0.02, give=1),
        "b": probe("read", parent="p", sleep_s=9),
        "d": {**DELAY, "parent": "p"},
    }
    one = await ended(nodes, "s>p", clock=SystemClock())
    assert outputs(one) == {"p": {"results": {"a": 1}}}
    assert [event.path for event in one.events("node.cancelled")] == ["p.b", "p.d"]
    end = one.events("node.completed", "p.a")[0].sequence
    again = one.cut(end)
    await again.whole()
    assert outputs(again) == {"p": {"results": {"a": 1}}}
    assert again.told("p.b") == ["node.started", "node.cancelled"]
