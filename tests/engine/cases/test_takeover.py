"""engine.md, The journal: whoever takes over goes on as the lost owner would have, also in the middle of an end."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.engine.cases.running import RAW, Case, SystemClock, Vault, case, ended, error, outputs, probe
from tests.engine.clocks import VirtualClock
from weft.engine.capabilities import Capabilities
from weft.engine.events import Event

LONG = probe("read", sleep_s=9)


def loop(parent: str | None = None, policy: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "loop", "config": config, "policy": policy or {}}
    return node | ({"parent": parent} if parent else {})


def parallel(parent: str | None = None, **config: Any) -> dict[str, Any]:
    return {"type": "parallel", "config": config} | ({"parent": parent} if parent else {})


def inside(node: dict[str, Any], parent: str) -> dict[str, Any]:
    return {**node, "parent": parent}


async def at_every_cut(one: Case) -> None:
    """Whoever takes over after any event comes to the same end, and starts nothing that was not to be started."""
    told = {event.path for event in one.journal.events if event.path is not None}
    cancelled = next(event.sequence for event in one.events("node.cancelled"))
    for at in range(cancelled, len(one.journal.events)):
        again = one.cut(at)
        again.clock = SystemClock()
        await again.whole()
        assert again.journal.events[-1].type == one.journal.events[-1].type
        assert again.journal.events[-1].data == one.journal.events[-1].data
        later: list[Event] = again.journal.events[at:]
        assert {event.path for event in later if event.path is not None} <= told
        assert [event.path for event in later if event.type in ("node.started", "node.skipped")] == []


@pytest.mark.parametrize("on_error", ["fail", "continue"])
async def test_a_container_whose_time_is_over_stays_so(on_error: str) -> None:
    policy = {"timeout_s": 0.05, "on_error": on_error}
    nodes = {
        "o": loop(policy=policy, times=2), "p": parallel("o"), "a": inside(LONG, "p"), "b": inside(LONG, "p"),
        "c": probe("write", parent="p"),
    }  # fmt: skip
    one = await ended(nodes, "s>o a>c", clock=SystemClock())
    assert len(one.events("node.cancelled")) == 3
    await at_every_cut(one)


async def test_the_rounds_beside_a_failed_one_stay_cancelled() -> None:
    nodes = {"l": loop(over=[9, 0, 9, 9], parallelism=3), "a": probe("read", parent="l", sleep_s="{{ item }}"),
             "c": {"type": "transform", "parent": "l", "config": {"expression": "item.x.y"}},
             "b": probe("write", parent="l")}  # fmt: skip
    one = await ended(nodes, "s>l a>c c>b", clock=SystemClock())
    assert error(one)["path"] == "l[1].c"
    assert len(one.events("node.cancelled")) == 2
    await at_every_cut(one)


async def test_the_rounds_beside_one_whose_result_failed_stay_cancelled() -> None:
    config: dict[str, Any] = {"over": [9, 0], "parallelism": 2, "result": "item.x.y"}
    nodes = {"l": loop(**config), "a": probe("read", parent="l", sleep_s="{{ item }}"), "b": probe("write", parent="l")}
    one = await ended(nodes, "s>l a>b", clock=SystemClock())
    assert error(one)["path"] == "l"
    await at_every_cut(one)


async def test_what_a_parallel_did_not_wait_for_stays_cancelled() -> None:
    nodes = {"p": parallel(wait="any"), "a": probe("read", parent="p", give=1), "b": inside(LONG, "p"),
             "c": probe("write", parent="p")}  # fmt: skip
    one = await ended(nodes, "s>p b>c", clock=SystemClock())
    assert outputs(one) == {"p": {"results": {"a": 1}}}
    await at_every_cut(one)


@pytest.mark.parametrize("wait", ["all", "any"])
async def test_what_waited_ends_its_level_while_one_other_branch_runs(wait: str) -> None:
    """The branch that goes on after the takeover is cancelled, as it would be where nothing was taken over."""
    policy = {"on_error": "fail" if wait == "all" else "continue"}
    nodes = {"p": parallel(wait=wait), "a": probe("read", parent="p", policy=policy, wait_s=60, fail="code"),
             "b": probe("read", parent="p", sleep_s=90)}  # fmt: skip
    one = case(nodes, "s>p", clock=SystemClock())
    task = asyncio.create_task(one.once())
    (await one.reached("node.waiting")).stop()
    await task
    again = Case(one.graph, journal=one.journal, clock=Later(60), epoch=one.epoch)
    assert (await again.once()).status == ("failed" if wait == "all" else "completed")
    assert again.told("p.b") == ["node.started", "node.started", "node.cancelled"]


async def test_a_failed_round_is_the_loop_s_failure_before_anything_starts_again() -> None:
    nodes = {"l": loop(over=[9, 0], parallelism=2), "a": probe("read", parent="l", sleep_s="{{ item }}"),
             "c": {"type": "transform", "parent": "l", "config": {"expression": "item.x.y"}}}  # fmt: skip
    one = await ended(nodes, "s>l a>c", clock=SystemClock())
    again = one.cut(one.events("iteration.completed")[0].sequence)
    await again.whole()
    assert again.told("l[0].a") == ["node.started", "node.cancelled"]


async def test_a_container_s_time_goes_on_over_a_takeover_and_stands_still_while_the_run_waits() -> None:
    delay: dict[str, Any] = {"type": "delay", "parent": "l", "config": {"seconds": 6}}
    nodes = {"l": loop(policy={"timeout_s": 0.6}, times=2), "a": probe("read", parent="l", sleep_s=0.35), "d": delay}
    one = case(nodes, "s>l a>d", clock=SystemClock())
    assert (await one.once()).status == "waiting"
    resumed = Case(one.graph, journal=one.journal, clock=Later(60), epoch=one.epoch)
    assert (await resumed.once()).status == "failed"
    assert error(resumed)["type"] == "timeout"
    assert resumed.told("l[0].d")[-1] == "node.completed"
    assert resumed.told("l[1].a")[-1] == "node.cancelled"


@pytest.mark.parametrize("delay_s", [3, 20])
async def test_what_is_left_of_a_retry_s_delay_is_waited_for(delay_s: int) -> None:
    policy = {"retry": {"max_attempts": 2, "delay_s": delay_s, "jitter": 0}}
    one = await ended({"a": probe("read", policy=policy, fail="network", fails=1)}, "s>a")
    again = one.cut(one.events("node.retrying")[0].sequence)
    again.clock = VirtualClock()
    again.clock._seconds = 1.0
    await again.whole()
    assert again.clock.monotonic() == pytest.approx(delay_s)
    assert again.told("a") == one.told("a")


async def test_the_run_s_time_counts_what_a_lost_owner_took() -> None:
    one = case({"a": LONG}, "s>a", clock=SystemClock(), created={"limits": {"max_duration_s": 600}})
    began, last = "2026-01-01T00:00:01.000Z", "2026-01-01T00:10:00.900Z"
    one.journal.append(Event(2, "execution.started", began, 1, {"owner": "lost"}))
    one.journal.append(Event(3, "node.started", last, 1, {"attempt": 1, "config": {}, "rerun": False}, "a", "a"))
    outcome = await one.once()
    assert outcome.error is not None
    assert outcome.error["details"] == {"limit": "max_duration_s"}


class Later(SystemClock):
    """The system's clock, so many seconds on."""

    def __init__(self, seconds: float) -> None:
        self._more = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return super().now() + self._more


@pytest.mark.parametrize("inner", [False, True])
async def test_what_a_lost_owner_opened_is_masked_still(inner: bool) -> None:
    RAW["told"] = "the token is s3cret-token"
    never = {"value": 1, "cases": [{"id": "y", "equals": 2}]}
    nodes = {
        "a": probe("read", credential="c"), "d": {"type": "delay", "config": {"seconds": 60}},
        "x": {"type": "switch", "config": never}, "n": probe("read", credential="d"),
        "b": probe("read", give={"raw": "told"}, note="not-opened"),
    }  # fmt: skip
    if inner:
        nodes = {"l": loop(times=1), **nodes, "a": inside(nodes["a"], "l")}
    edges = "s>l l>d" if inner else "s>a a>d"
    vault = Capabilities(credentials=Vault(c="s3cret-token", d="not-opened"))
    one = await ended(nodes, f"{edges} s>x x.y>n d>b", capabilities=vault)
    for at in range(one.events("node.completed", "l" if inner else "a")[0].sequence, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert outputs(again)["b"] == "the token is •••"
        assert again.events("node.started", "b")[-1].data["config"]["note"] == "not-opened"
