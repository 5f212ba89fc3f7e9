"""engine.md, Readiness: who is decided when, what it sees, what the run gives."""

from typing import Any

import pytest

from tests.engine.cases.running import SystemClock, case, ended, outputs, probe

SET: dict[str, Any] = {"type": "set", "config": {"values": {"v": 1}}}
NO = {"type": "condition", "config": {"expression": "false"}}


async def test_a_join_after_a_condition_never_hangs() -> None:
    one = await ended({"c": NO, "a": SET, "b": SET, "j": {"type": "join"}}, "s>c c.true>a c.false>b a>j b>j")
    assert outputs(one) == {"j": {"taken": ["b"]}}
    assert one.told("a") == ["node.skipped"]


async def test_an_unreachable_node_is_skipped() -> None:
    one = await ended({"a": SET, "b": SET}, "s>a")
    assert one.data("node.skipped", "b") == {"reason": "unreachable"}


@pytest.mark.parametrize(
    ("config", "taken"),
    [({"mode": "any"}, ["a"]), ({"mode": "count", "count": 2}, ["a", "b"]), ({"mode": "all"}, ["a", "b", "c"])],
)
async def test_a_join_counts_edges(config: dict[str, Any], taken: list[str]) -> None:
    nodes = {"a": probe(), "b": probe(sleep_s=0.05), "c": probe(sleep_s=0.1), "j": {"type": "join", "config": config}}
    one = await ended(nodes, "s>a s>b s>c a>j b>j c>j")
    assert outputs(one) == {"j": {"taken": taken}}
    assert one.told("c")[-1] == "node.completed"  # a join cancels nothing


async def test_a_join_that_can_no_longer_count_enough_is_skipped() -> None:
    nodes = {"c": NO, "a": SET, "b": SET, "j": {"type": "join", "config": {"mode": "count", "count": 2}}}
    one = await ended(nodes, "s>c c.true>a s>b a>j b>j")
    assert one.told("j") == ["node.skipped"]


LATE = {
    "slow": probe(sleep_s=0.05, give="late"),
    "fast": probe(give="early"),
    "j": {"type": "join", "config": {"mode": "any"}},
}
LATE_EDGES = "s>slow s>fast slow>j fast>j j>after"


async def test_behind_an_early_join_a_retry_sees_no_more_than_the_first_attempt() -> None:
    policy = {"retry": {"max_attempts": 2, "delay_s": 0.2, "jitter": 0}}
    after = probe(policy=policy, fail="network", fails=1, give="{{ slow }}")
    one = await ended({**LATE, "after": after}, LATE_EDGES, clock=SystemClock())
    assert outputs(one) == {"after": None}
    starts = one.events("node.started", "after")
    assert [event.data["visible"] for event in starts] == [["fast", "j", "s"]] * 2


async def test_behind_an_early_join_a_recovery_sees_the_same() -> None:
    nodes = {**LATE, "after": probe("read", sleep_s=0.2, give="{{ slow }}")}
    one = await ended(nodes, LATE_EDGES, clock=SystemClock())
    started = one.events("node.started", "after")[0].sequence
    for at in range(started, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert again.data("node.completed", "after")["output"] is None


async def test_behind_an_early_join_a_recovery_decides_on_what_was_there() -> None:
    nodes = {name: probe("write", give=name) for name in "abc"}
    nodes |= {"j": {"type": "join", "config": {"mode": "any"}}, "x": probe("read", give=["{{ a }}", "{{ b }}"])}
    one = await ended(nodes, "s>a s>b s>c a>j b>j j>x c>x")
    first, whole = one.data("node.completed", "j")["output"], outputs(one)
    assert whole == {"x": ["a", "b"]}
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        if at >= one.events("node.completed", "a")[0].sequence:
            assert again.data("node.completed", "j")["output"] == first, at
        if at >= one.events("node.completed", "j")[0].sequence:
            assert outputs(again) == whole, at


async def test_several_ends_are_merged_in_the_order_of_the_list() -> None:
    nodes: dict[str, Any] = {
        "e1": {"type": "end", "config": {"outputs": {"x": 1, "y": 1}}},
        "e2": {"type": "end", "config": {"outputs": {"x": 2}}},
        "e3": {"type": "end", "config": {"outputs": {"x": 3}}, "disabled": True},
    }
    assert outputs(await ended(nodes, "s>e2 s>e1 s>e3")) == {"x": 2, "y": 1}


async def test_no_end_reached_gives_nothing() -> None:
    assert outputs(await ended({"c": NO, "e": {"type": "end"}, "a": SET}, "s>c c.true>e c.false>a")) == {}


async def test_leaves_give_the_outputs_and_a_handler_stands_under_its_own_id() -> None:
    nodes = {"a": probe(fail="code"), "h": SET, "c": probe(fail="code", policy={"on_error": "continue"})}
    found = outputs(await ended(nodes, "s>a a.error>h s>c"))
    assert set(found) == {"h", "c"}
    assert found["c"]["error"]["type"] == "code"


async def test_a_disabled_node_hands_on_what_it_was_given() -> None:
    nodes = {"a": probe(give=1), "b": probe(give=2), "d": {**SET, "disabled": True}, "x": probe(give="{{ d }}")}
    one = await ended(nodes, "s>a a>d d>x")
    assert outputs(one)["x"] == 1
    assert one.told("d") == ["node.completed"]
    assert one.data("node.completed", "d") == {"attempt": 0, "output": 1, "port": "out", "origin": "disabled"}
    one = await ended(nodes, "s>a s>b a>d b>d d>x")
    assert outputs(one) == {"x": {"a": 1, "b": 2}}
    one = await ended({**nodes, "c": NO}, "s>c c.true>d d>x")
    assert one.told("d") == ["node.skipped"]


async def test_a_disabled_condition_takes_its_first_port() -> None:
    nodes = {"c": {**NO, "disabled": True}, "t": SET, "f": SET}
    assert set(outputs(await ended(nodes, "s>c c.true>t c.false>f"))) == {"t"}


async def test_a_disabled_container_hides_its_children() -> None:
    nodes = {"p": {"type": "parallel", "disabled": True}, "a": probe(parent="p"), "x": probe(give="{{ p }}")}
    one = await ended(nodes, "s>p p>x", {"n": 1})
    assert outputs(one) == {"x": {"n": 1}}
    assert one.told("p.a") == []


@pytest.mark.parametrize(
    ("node", "pinned", "port"),
    [
        (NO, {"result": True}, "true"),
        ({"type": "condition", "config": {"cases": [{"id": "k", "expression": "true"}]}}, {"case": "k"}, "k"),
        (SET, None, "out"),
        ({**NO, "pinned_port": "false"}, "odd", "false"),
    ],
)
async def test_a_pinned_output_takes_the_port_of_its_type(node: dict[str, Any], pinned: Any, port: str) -> None:
    one = await ended({"n": {**node, "pinned_output": pinned}}, "s>n")
    assert one.data("node.completed", "n") == {"attempt": 0, "output": pinned, "port": port, "origin": "pinned"}
    assert one.told("n") == ["node.completed"]


async def test_a_published_run_ignores_pins() -> None:
    one = await ended({"n": {**SET, "pinned_output": 5}}, "s>n", created={"version": 3})
    assert outputs(one) == {"n": {"v": 1}}


async def test_at_most_64_nodes_run_at_once_and_none_is_lost() -> None:
    nodes = {f"n{i}": probe("read", sleep_s=0.02) for i in range(150)}
    one = await ended(nodes, " ".join(f"s>{name}" for name in nodes))
    running = most = 0
    for event in one.events("node."):
        running += (event.type == "node.started") - (event.type == "node.completed" and event.path != "s")
        most = max(most, running)
    assert most == 64
    assert [event.node for event in one.events("node.started")] == list(nodes)


async def test_a_run_behind_a_fan_out_still_waits() -> None:
    """A branch that was cancelled before its first step is not counted as one that works."""
    nodes = {
        "p": {"type": "parallel", "config": {"wait": "any"}},
        "a": probe(parent="p"),
        "b": probe(parent="p", sleep_s=5),
        "d": {"type": "delay", "config": {"seconds": 60}},
    }
    one = case(nodes, "s>p p>d", clock=SystemClock())
    assert (await one.once()).status == "waiting"


async def test_an_end_pinned_for_one_run_to_what_has_no_names_gives_nothing() -> None:
    nodes: dict[str, Any] = {"e": {"type": "end"}, "f": {"type": "end", "config": {"outputs": {"x": 1}}}}
    one = await ended(nodes, "s>e s>f", created={"pinned": {"e": [1]}})
    assert outputs(one) == {"x": 1}


@pytest.mark.parametrize("pinned", [1, None, [], {}])
async def test_error_behind_a_pinned_error_port_is_undefined_where_the_output_has_none(pinned: Any) -> None:
    nodes = {
        "n": {**SET, "pinned_output": pinned, "pinned_port": "error"},
        "h": {"type": "set", "config": {"values": {"e": "{{ error }}"}}},
    }
    assert outputs(await ended(nodes, "s>n n.error>h"))["h"] == {"e": None}
