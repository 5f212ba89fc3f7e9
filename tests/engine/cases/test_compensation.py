"""engine.md, Compensation: what is undone, in which order, seeing what, and through every crash."""

import asyncio
from typing import Any

import pytest

from tests.engine.cases.running import SEEN, case, check, ended, error, probe

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
    async with asyncio.timeout(5):
        while not one.events("compensation.started"):
            await asyncio.sleep(0.001)
    assert one.current is not None
    one.current.cancel("ann")
    assert (await task).status == "failed"
    check(one.journal.events)
    again = one.cut(one.events("execution.cancel_requested")[0].sequence)
    assert (await again.whole()).status == "failed"


async def test_a_stop_during_the_undoing_stops_it() -> None:
    SEEN.notes.clear()
    nodes = {"a": probe("write"), "ua": probe("write", note="ua"), "b": probe("write"), "ub": probe("write", sleep_s=9)}
    one = case({**nodes, "z": FAIL}, "s>a a>b b>z a.compensate>ua b.compensate>ub")
    task = asyncio.create_task(one.once())
    async with asyncio.timeout(5):
        while not one.events("compensation.started"):
            await asyncio.sleep(0.001)
    assert one.current is not None
    one.current.stop()
    assert (await task).status == "stopped"
    assert "ua" not in SEEN.notes
    assert one.journal.events[-1].type == "compensation.started"


async def test_a_disabled_node_undoes_nothing() -> None:
    undo = {**probe(), "disabled": True}
    one = await ended({"a": probe(), "u": undo, "z": probe(fail="code")}, "s>a a>z a.compensate>u")
    assert one.events("compensation.") == []
    assert one.data("execution.failed")["compensation"] is None
