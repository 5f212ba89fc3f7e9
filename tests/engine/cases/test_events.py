"""engine.md, Events: what is told, in which order, with which keys."""

from typing import Any

import pytest

from tests.engine.cases.running import RAW, SystemClock, ended, probe
from weft.engine.journal import restore


async def test_a_quick_pure_node_writes_one_event() -> None:
    one = await ended({"a": probe(), "b": probe(sleep_s=0.001)}, "s>a a>b", clock=SystemClock())
    assert one.told("a") == one.told("b") == ["node.completed"]
    data = one.data("node.completed", "a")
    assert (data["attempt"], data["origin"], data["port"]) == (1, "run", "out")
    assert data["started_at"]
    assert data["duration_ms"] >= 0


async def test_a_slow_pure_node_and_a_failing_one_tell_their_start_first() -> None:
    nodes = {"a": probe(sleep_s=0.05), "b": probe(fail="code", policy={"on_error": "continue"}),
             "c": {"type": "template", "config": {"template": "{{ s.x.y }}"}, "policy": {"on_error": "continue"}},
             "d": probe(sleep_s=0.001, fail="code", policy={"on_error": "continue"})}  # fmt: skip
    one = await ended(nodes, "s>a s>b s>c s>d", clock=SystemClock())
    assert one.told("a") == ["node.started", "node.completed"]
    for path in "bcd":
        assert one.told(path) == ["node.started", "node.failed"]
    assert one.data("node.started", "a")["config"] == {"sleep_s": 0.05}


@pytest.mark.parametrize("effect", ["read", "write"])
async def test_what_is_not_pure_tells_its_start_at_once_with_its_rendered_config(effect: str) -> None:
    one = await ended({"a": probe(effect, give="{{ s.x }}")}, "s>a", {"x": 5})
    assert one.data("node.started", "a") == {"attempt": 1, "config": {"give": 5}, "rerun": False}


async def test_starts_stand_in_the_order_of_the_list() -> None:
    nodes = {name: probe("read") for name in "dcba"}
    one = await ended(nodes, "s>a s>b s>c s>d")
    assert [event.node for event in one.events("node.started")] == list("dcba")


async def test_path_and_node_stand_beside_data_and_every_event_has_an_epoch() -> None:
    nodes: dict[str, Any] = {"l": {"type": "loop", "config": {"times": 1}}, "a": probe("read", parent="l", steps=1)}
    one = await ended(nodes, "s>l")
    for event in one.events():
        assert event.epoch == 1
        assert (event.path is not None) == event.type.startswith(("node.", "step.", "iteration.", "compensation."))
        assert not {"path", "node"} & set(event.data)
    assert (one.events("iteration.")[0].node, one.events("step.")[0].path) == ("l", "l[0].a.step[0]")


async def test_what_a_skipped_container_holds_is_not_listed() -> None:
    nodes = {"c": {"type": "condition", "config": {"expression": "false"}}, "p": {"type": "parallel"},
             "a": probe(parent="p")}  # fmt: skip
    one = await ended(nodes, "s>c c.true>p")
    assert one.told("p") == ["node.skipped"]
    assert one.told("p.a") == []


LONG = "x" * 70_000


@pytest.mark.parametrize(
    ("config", "policy"),
    [
        ({"sleep_s": 0.05}, {}),
        ({"fail": "code"}, {}),
        ({"sleep_s": 9}, {"timeout_s": 0.01}),
        ({"sleep_s": 9}, {"timeout_s": 0.05}),
        ({"give": {"raw": "odd"}}, {}),
        ({"fail": "code", "fails": 1}, {"retry": {"max_attempts": 2, "on": ["code"]}}),
    ],
)
@pytest.mark.parametrize("note", ["short", LONG])
async def test_every_start_of_a_pure_node_tells_its_rendered_config(
    config: dict[str, Any], policy: dict[str, Any], note: str
) -> None:
    RAW["odd"] = {1, 2}
    node = probe(policy=policy, note="{{ input.note }}", **config)
    one = await ended({"a": node}, "s>a", {"note": note}, clock=SystemClock())
    starts = one.events("node.started", "a")
    assert starts
    for event in starts:
        told = await restore(one.journal, event.data, "config")
        assert told == {**config, "note": note}
        assert (event.data.get("blobs") == ["config"]) == (note == LONG)
    assert one.told("a")[0] == "node.started"


async def test_a_config_that_cannot_be_rendered_is_told_as_it_is_written() -> None:
    one = await ended({"a": probe(note="{{ input.x.y }}" + LONG)}, "s>a")
    told = await restore(one.journal, one.data("node.started", "a"), "config")
    assert told == {"note": "{{ input.x.y }}" + LONG}
