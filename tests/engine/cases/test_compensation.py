"""engine.md, Compensation: what is undone, in which order, seeing what, and through every crash."""

import asyncio
from typing import Any

import pytest

from tests.engine.cases.running import RAW, SEEN, Case, SystemClock, Vault, case, check, ended, error, probe
from tests.engine.clocks import VirtualClock
from weft.engine.capabilities import Capabilities

FAIL = probe("read", fail="code")


def undone(one: Any) -> list[str]:
    return [event.data["of"] for event in one.events("compensation.completed")]


async def test_completed_nodes_are_undone_in_reverse_over_all_containers() -> None:
    nodes = {
        "a": probe("write", give="A"),
        "ua": probe("write", give="{{ a }} {{ s.n }} {{ error.type }}"),
        "l": {"type": "loop", "config": {"over": ["x", "y"]}},
        "b": probe("write", parent="l", give="{{ item }}"),
        "ub": probe("write", parent="l", give="{{ b }}{{ index }}"),
        "c": probe("write"),
        "z": FAIL,
    }
    one = await ended(nodes, "s>a a.compensate>ua a>l b.compensate>ub l>c c>z", {"n": 5})
    whole = [("l[1].b", "y1"), ("l[0].b", "x0"), ("a", "A 5 code")]
    assert [(e.data["of"], e.data["output"]) for e in one.events("compensation.completed")] == whole
    assert one.data("execution.failed")["compensation"] == "done"
    assert not [event for event in one.events("node.") if event.node in ("ua", "ub")]
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        found = {event.data["of"]: event.data["output"] for event in again.events("compensation.completed")}
        assert found == dict(whole), at
        assert error(again)["type"] == "code"
        assert again.data("execution.failed")["compensation"] == "done"
        ends = [e.path for e in again.events("compensation.completed")]
        assert len(ends) == len(set(ends))


async def test_an_undoing_node_in_a_loop_sees_the_state_that_its_node_saw() -> None:
    loop = {"type": "loop", "config": {"times": 3, "state": {"n": 9}, "update": {"n": "index"}}}
    nodes = {
        "l": loop, "a": probe("write", parent="l", give="{{ state.n }}"),
        "u": probe("write", parent="l", give=["{{ a }}", "{{ state.n }}", "{{ l.state.n }}"]), "z": FAIL,
    }  # fmt: skip
    one = await ended(nodes, "s>l l>z a.compensate>u")
    whole = {"l[0].a": [9, 9, 9], "l[1].a": [0, 0, 0], "l[2].a": [1, 1, 1]}
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert {event.data["of"]: event.data["output"] for event in again.events("compensation.completed")} == whole


async def test_a_compensation_that_fails_is_recorded_and_the_next_runs() -> None:
    nodes = {
        "a": probe("write"), "ua": probe("write"),
        "b": probe("write"), "ub": probe("write", fail="code"),
        "c": probe("write"), "uc": probe("write", give="{{ b.no.way }}"),
        "z": FAIL,
    }  # fmt: skip
    one = await ended(nodes, "s>a a>b b>c c>z a.compensate>ua b.compensate>ub c.compensate>uc")
    told = [(event.type, event.path) for event in one.events("compensation.")]
    assert told == [
        ("compensation.started", "uc"), ("compensation.failed", "uc"),
        ("compensation.started", "ub"), ("compensation.failed", "ub"),
        ("compensation.started", "ua"), ("compensation.completed", "ua"),
    ]  # fmt: skip
    assert one.data("execution.failed")["compensation"] == "partial"
    for at in range(one.events("compensation.started")[0].sequence, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert again.data("execution.failed")["compensation"] == "partial"
        assert undone(again) == ["a"]


async def test_each_undoing_node_has_its_own_policy_and_its_usage_counts() -> None:
    policy = {"retry": {"max_attempts": 2, "delay_s": 0.1}}
    nodes = {"a": probe("write", tokens=1), "ua": probe("write", policy=policy, fail="network", fails=1, tokens=5)}
    one = await ended({**nodes, "z": FAIL}, "s>a a>z a.compensate>ua", created={"limits": {"max_tokens": 3}})
    assert [event.data["attempt"] for event in one.events("compensation.started")] == [1, 2]
    assert one.data("compensation.completed")["usage"]["prompt_tokens"] == 10
    assert one.data("execution.failed")["usage"]["prompt_tokens"] == 11
    assert error(one)["type"] == "code"  # the limits do not count here


async def test_what_was_not_run_or_failed_is_not_undone() -> None:
    nodes = {
        "p": {**probe("write"), "pinned_output": 1}, "d": {**probe("write"), "disabled": True},
        "c": probe("write", fail="network", policy={"on_error": "continue"}),
        "u1": probe(), "u2": probe(), "u3": probe(), "z": FAIL,
    }  # fmt: skip
    one = await ended(nodes, "s>p p>d d>c c>z p.compensate>u1 d.compensate>u2 c.compensate>u3")
    assert one.events("compensation.") == []
    assert one.data("execution.failed")["compensation"] is None


@pytest.mark.parametrize(("how", "undo"), [("started", ["w"]), ("completed", [])])
async def test_a_write_that_may_have_happened(how: str, undo: list[str]) -> None:
    node = probe("write", policy={"compensate": how, "timeout_s": 0.02}, sleep_s=9)
    one = await ended({"w": node, "u": probe()}, "s>w w.compensate>u")
    assert undone(one) == undo
    node = probe("write", policy={"compensate": how}, sleep_s=9)
    one = await ended(
        {"w": node, "u": probe(), "z": probe("read", sleep_s=0.02, fail="code")}, "s>w s>z w.compensate>u"
    )
    assert one.told("w") == ["node.started", "node.cancelled"]
    assert undone(one) == undo
    for at in range(one.events("node.cancelled", "w")[0].sequence, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert undone(again) == undo


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("waits", [False, True])
async def test_a_write_that_a_lost_owner_began_may_have_happened(waits: bool, early: bool) -> None:
    policy = {"compensate": "started", "retry": {"max_attempts": 2, "delay_s": 60}}
    nodes = {"w": probe("write", policy=policy, sleep_s=0 if waits else 9, fail="network"), "u": probe()}
    one = case({**nodes, "z": probe("read", sleep_s=9)}, "s>w s>z w.compensate>u", clock=SystemClock())
    task = asyncio.create_task(one.once())
    (await one.reached("node.waiting" if waits else "node.started", "w")).cancel("ann")
    await task
    assert undone(one) == ["w"]
    for at in range(one.events("node.", "w")[-2].sequence, one.events("execution.cancel_requested")[0].sequence):
        again = one.cut(at)
        again.clock = SystemClock()
        run = again.begin()
        if early:
            run.cancel("ann")
        task = asyncio.create_task(run.go())
        (await again.reached("execution.resumed")).cancel("ann")
        assert (await task).status == "cancelled"
        check(again.journal.events)
        assert undone(again) == ["w"], at


async def test_collected_rounds_are_not_undone() -> None:
    nodes = {
        "l": {"type": "loop", "config": {"times": 2, "on_item_error": "collect"}},
        "a": probe("write", parent="l"), "u": probe(parent="l"), "z": {**FAIL, "parent": "l"},
    }  # fmt: skip
    one = await ended(nodes, "s>l a>z a.compensate>u")
    assert one.events("compensation.") == []
    assert one.journal.events[-1].type == "execution.completed"


async def test_a_cancel_during_the_undoing_of_a_failure_changes_nothing() -> None:
    nodes = {"a": probe("write"), "u": probe("write", sleep_s=0.1), "z": FAIL}
    one = case(nodes, "s>a a>z a.compensate>u")
    task = asyncio.create_task(one.once())
    (await one.reached("compensation.started")).cancel("ann")
    assert (await task).status == "failed"
    check(one.journal.events)
    again = one.cut(one.events("execution.cancel_requested")[0].sequence)
    assert (await again.whole()).status == "failed"


async def test_a_stop_during_the_undoing_stops_it() -> None:
    SEEN.notes.clear()
    nodes = {"a": probe("write"), "ua": probe("write", note="ua"), "b": probe("write"), "ub": probe("write", sleep_s=9)}
    one = case({**nodes, "z": FAIL}, "s>a a>b b>z a.compensate>ua b.compensate>ub")
    task = asyncio.create_task(one.once())
    (await one.reached("compensation.started")).stop()
    assert (await task).status == "stopped"
    assert "ua" not in SEEN.notes
    assert one.journal.events[-1].type == "compensation.started"


LONG = {"type": "delay", "config": {"seconds": 3600}}


@pytest.mark.parametrize("status", ["failed", "cancelled"])
async def test_a_compensation_may_wait_as_long_as_it_takes(status: str) -> None:
    loop = {"type": "loop", "config": {"times": 2}}
    nodes = {"l": loop, "a": probe("write", parent="l"), "u": {**LONG, "parent": "l"}}
    if status == "failed":
        one = await ended({**nodes, "z": FAIL}, "s>l l>z a.compensate>u")
    else:
        one = case({**nodes, "z": probe("read", sleep_s=9)}, "s>l l>z a.compensate>u")
        task = asyncio.create_task(one.once())
        (await one.reached("node.started", "z")).cancel("ann")
        await task
        check(one.journal.events)
    assert undone(one) == ["l[1].a", "l[0].a"]
    times = [event.data["output"]["resumed_at"] for event in one.events("compensation.completed")]
    assert times == ["2026-01-01T01:00:00.000Z", "2026-01-01T02:00:00.000Z"]
    assert one.data(f"execution.{status}")["compensation"] == "done"
    assert not one.events("execution.waiting")
    for at in range(one.events("compensation.started")[0].sequence, len(one.journal.events)):
        again = one.cut(at)
        assert (await again.whole()).status == status
        assert undone(again) == ["l[1].a", "l[0].a"]
        begun = [event for event in again.events("compensation.started") if event.data["of"] == "l[1].a"]
        assert [event.data["rerun"] for event in begun] == [False, True][: len(begun)]
        # what had begun before the takeover is due when it was, which is long ago
        resumed = again.events("compensation.completed")[0].data["output"]["resumed_at"]
        assert resumed in (times[0], "2026-01-02T03:46:40.000Z")


class Handed(VirtualClock):
    """A clock that stands still until the test lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []
        self.goes = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.asked.append(seconds)
        await self.goes.wait()
        await super().sleep(seconds)


async def until_asleep(one: Case, times: int = 1) -> None:
    assert isinstance(one.clock, Handed)
    async with asyncio.timeout(60):
        while len(one.clock.asked) < times:
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("how", ["wait", "retry"])
async def test_a_drain_hands_over_a_compensation_that_waits(how: str) -> None:
    policy = {"retry": {"max_attempts": 2, "delay_s": 20, "jitter": 0}}
    undo = LONG if how == "wait" else probe("write", policy=policy, fail="network", fails=1)
    one = case({"a": probe("write"), "u": undo, "z": FAIL}, "s>a a>z a.compensate>u", clock=Handed())
    task = asyncio.create_task(one.once())
    await until_asleep(one)
    assert one.clock.asked == [3600 if how == "wait" else 20]
    assert one.current is not None
    one.current.drain()
    async with asyncio.timeout(60):
        assert (await task).status == "stopped"
    assert one.journal.events[-1].type == "compensation.started"
    again = one.cut(len(one.journal.events))
    assert (await again.whole()).status == "failed"
    assert [e.data["attempt"] for e in again.events("compensation.started")] == ([1, 1] if how == "wait" else [1, 1, 2])
    assert undone(again) == ["a"]


async def test_neither_a_cancel_nor_a_limit_ends_a_compensation_that_waits() -> None:
    limits = {"limits": {"max_duration_s": 0.1}}
    one = case({"a": probe("write"), "u": LONG, "z": FAIL}, "s>a a>z a.compensate>u", clock=Handed(), created=limits)
    task = asyncio.create_task(one.once())
    await until_asleep(one)
    assert one.current is not None
    one.current.cancel("ann")
    one.current.cancel("bob")
    await asyncio.sleep(0.15)
    assert not task.done()
    one.clock.goes.set()
    assert (await task).status == "failed"
    check(one.journal.events)
    assert undone(one) == ["a"]
    assert error(one)["type"] == "code"


async def test_a_compensation_that_cannot_be_repeated_is_not() -> None:
    nodes = {"a": probe("write"), "u": probe("write", policy={"on_crash": "fail"}), "z": FAIL}
    one = await ended(nodes, "s>a a>z a.compensate>u")
    assert undone(one) == ["a"]
    again = one.cut(one.events("compensation.started")[0].sequence)
    await again.whole()
    assert again.data("compensation.failed")["error"]["type"] == "interrupted"
    assert again.data("execution.failed")["compensation"] == "partial"


async def test_a_disabled_node_undoes_nothing() -> None:
    undo = {**probe(), "disabled": True}
    one = await ended({"a": probe(), "u": undo, "z": probe(fail="code")}, "s>a a>z a.compensate>u")
    assert one.events("compensation.") == []
    assert one.data("execution.failed")["compensation"] is None


async def test_an_undoing_node_s_output_has_the_bound_of_any_other() -> None:
    nodes = {"a": probe("write"), "u": probe("write", give={"raw": "big"}), "b": probe("write"), "v": probe("write")}
    RAW["big"] = "x" * (100 * 1024 * 1024)
    one = await ended({**nodes, "z": FAIL}, "s>a a>b b>z a.compensate>u b.compensate>v")
    RAW.clear()
    assert undone(one) == ["b"]
    assert one.data("compensation.failed")["error"]["type"] == "output_too_large"
    assert one.data("execution.failed")["compensation"] == "partial"


@pytest.mark.parametrize(("timeout_s", "ends"), [(5, "completed"), (0.5, "failed")])
async def test_an_undoing_node_s_time_stands_still_while_it_waits_and_then_goes_on(timeout_s: float, ends: str) -> None:
    SEEN.notes.clear()
    undo = probe("write", policy={"timeout_s": timeout_s}, sleep_s=0.3, wait_s=3600, note="u")
    one = await ended({"a": probe("write"), "u": undo, "z": FAIL}, "s>a a>z a.compensate>u")
    assert SEEN.notes.count("u") == 2
    data = one.data(f"compensation.{ends}")
    assert one.clock.monotonic() == 3600
    if ends == "failed":
        assert (data["error"]["type"], data["error"]["message"]) == ("timeout", "The node took longer than 0.5 s.")


async def test_the_steps_of_an_undoing_node_that_waited_are_not_done_again() -> None:
    SEEN.steps.clear()
    undo = probe("write", steps=2, wait_s=3600)
    one = await ended({"a": probe("write"), "u": undo, "z": FAIL}, "s>a a>z a.compensate>u")
    assert [event.path for event in one.events("step.completed")] == ["u.step[0]", "u.step[1]"]
    assert set(SEEN.steps.values()) == {1}
    assert undone(one) == ["a"]


async def test_whatever_an_undoing_node_raises_is_its_failure() -> None:
    undo = probe("write", credential="missing")
    vault = Capabilities(credentials=Vault())
    one = await ended({"a": probe("write"), "u": undo, "z": FAIL}, "s>a a>z a.compensate>u", capabilities=vault)
    assert one.data("compensation.failed")["error"]["type"] == "internal"
    assert one.data("execution.failed")["compensation"] == "partial"


async def test_what_many_rounds_have_in_common_is_read_once_for_their_undoing() -> None:
    rows = [f"{number:0100}" for number in range(800)]
    loop = {"type": "loop", "config": {"over": "{{ s.rows }}"}}
    nodes = {"l": loop, "a": probe(parent="l", give="{{ index }}"), "u": probe(parent="l", give="{{ item }}")}
    one = await ended({**nodes, "z": FAIL}, "s>l l>z a.compensate>u", {"rows": rows})
    again = one.cut(one.events("compensation.started")[0].sequence - 1)
    loads: list[str] = []
    load = again.journal.load

    async def counted(sha256: str) -> bytes:
        loads.append(sha256)
        return await load(sha256)

    again.journal.load = counted  # type: ignore[method-assign]
    await again.whole()
    assert [event.data["output"] for event in again.events("compensation.completed")] == rows[::-1]
    assert len(loads) < 10
