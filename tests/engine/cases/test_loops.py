"""engine.md, Loops: rounds, state, results, errors, paths, memory."""

import resource
from typing import Any

import pytest

from tests.engine.cases.running import ForgetfulJournal, case, ended, error, outputs, probe
from weft.engine.capabilities import Capabilities
from weft.engine.state import RunState, fold
from weft.platform.sandbox.javascript import JavaScriptPool


def loop(parent: str | None = None, **config: Any) -> dict[str, Any]:
    return {"type": "loop", "config": config, **({"parent": parent} if parent else {})}


def failing(**config: Any) -> dict[str, Any]:
    return {"type": "switch", "parent": "l", "config": {"value": "{{ item }}", "cases": [{"id": "bad", "equals": 2}]}}


async def test_over_an_array_and_over_an_object() -> None:
    child = probe(parent="l", give=["{{ item }}", "{{ index }}", "{{ l.item }}", "{{ key }}"])
    found = outputs(await ended({"l": loop(over=["a", "b"]), "c": child}, "s>l"))["l"]
    results = [["a", 0, "a", None], ["b", 1, "b", None]]
    assert found == {"results": results, "errors": [], "count": 2, "state": {}}
    found = outputs(await ended({"l": loop(over={"k": "a"}), "c": child}, "s>l"))["l"]
    assert found["results"] == [["a", 0, "a", "k"]]
    found = outputs(await ended({"l": loop(times=2), "c": child}, "s>l"))["l"]
    assert found["results"] == [[0, 0, 0, None], [1, 1, 1, None]]


async def test_update_sees_the_state_before_and_break_if_too() -> None:
    pool = JavaScriptPool(1)
    capabilities = Capabilities(javascript=pool)
    config = loop(times=10, state={"n": 1, "m": 1}, update={"n": "state.n + 1", "m": "state.n + 10"})
    config["config"]["break_if"] = "state.n === 3"
    one = await ended({"l": config, "c": probe(parent="l")}, "s>l", capabilities=capabilities)
    assert outputs(one)["l"] == {"results": [None] * 3, "errors": [], "count": 3, "state": {"n": 4, "m": 13}}
    again = loop(**{"while": "state.n < 3"}, state={"n": 0}, update={"n": "state.n + c"})
    one = await ended({"l": again, "c": probe(parent="l", give=1)}, "s>l", capabilities=capabilities)
    assert (outputs(one)["l"]["count"], outputs(one)["l"]["state"]) == (3, {"n": 3})
    for at in range(2, len(one.journal.events)):
        cut = one.cut(at)
        await cut.whole()
        assert outputs(cut) == outputs(one)
    await pool.close()


async def test_while_is_not_asked_before_the_first_round_and_has_a_most() -> None:
    one = await ended({"l": loop(**{"while": "false"}), "c": probe(parent="l", give=1)}, "s>l")
    assert outputs(one)["l"]["results"] == [1]
    one = await ended({"l": loop(**{"while": "true"}, max_iterations=3), "c": probe(parent="l")}, "s>l")
    assert error(one)["type"] == "limit_exceeded"
    assert len(one.events("iteration.completed")) == 3


@pytest.mark.parametrize(
    ("config", "type"),
    [({"over": [1, 2], "max_iterations": 1}, "limit_exceeded"), ({"times": 2, "max_iterations": 1}, "limit_exceeded"),
     ({"over": "text"}, "validation"), ({"over": None}, "validation"), ({"over": 5}, "validation")],
)  # fmt: skip
async def test_what_cannot_be_looped_over_fails_before_the_first_round(config: dict[str, Any], type: str) -> None:
    one = await ended({"l": loop(**config), "c": probe(parent="l")}, "s>l")
    assert error(one)["type"] == type
    assert one.told("l") == ["node.started", "node.failed"]
    assert one.told("l[0].c") == []


@pytest.mark.parametrize("parallelism", [1, 3])
async def test_errors_collected_skipped_or_failing(parallelism: int) -> None:
    nodes = {
        "l": loop(over=["a", {}, "c"], parallelism=parallelism, on_item_error="collect"),
        "c": {"type": "template", "parent": "l", "config": {"template": "{{ item.x.y }}"}},
    }
    found = outputs(await ended({**nodes, "l": loop(over=[{"x": {"y": 1}}, {}, {"x": {"y": 3}}],
                    parallelism=parallelism, on_item_error="collect")}, "s>l"))["l"]  # fmt: skip
    assert [r and r["text"] for r in found["results"]] == ["1", None, "3"]
    assert [(e["index"], e["error"]["type"], e["error"]["path"]) for e in found["errors"]] == [
        (1, "expression", "l[1].c")
    ]
    assert found["count"] == 3
    skipped = {**nodes, "l": loop(over=[{"x": {}}, {}, {"x": {}}], parallelism=parallelism, on_item_error="skip")}
    one = await ended(skipped, "s>l")
    assert [len(outputs(one)["l"][k]) for k in ("results", "errors")] == [2, 0]
    assert outputs(one)["l"]["count"] == 3
    assert len(one.events("iteration.completed")) == 3
    one = await ended({**nodes, "l": loop(over=[{}], parallelism=parallelism)}, "s>l")
    assert (error(one)["node"], error(one)["path"], error(one)["type"]) == ("c", "l[0].c", "expression")
    assert "error" in one.data("iteration.completed", "l[0]")


async def test_the_loop_s_own_expressions_fail_the_loop() -> None:
    one = await ended(
        {"l": loop(times=2, result="c.x.y", on_item_error="collect"), "c": probe(parent="l", give={})}, "s>l"
    )
    assert (error(one)["node"], error(one)["path"]) == ("l", "l")


async def test_results_default_null_and_several_leaves() -> None:
    two = {"a": probe(parent="l", give=1), "b": probe(parent="l", give=2)}
    assert outputs(await ended({"l": loop(times=1), **two}, "s>l"))["l"]["results"] == [{"a": 1, "b": 2}]
    assert outputs(await ended({"l": loop(times=2, result=None), **two}, "s>l"))["l"]["results"] == []
    assert outputs(await ended({"l": loop(times=2)}, "s>l"))["l"] == {
        "results": [None, None], "errors": [], "count": 2, "state": {}}  # fmt: skip
    assert outputs(await ended({"l": loop(over=[])}, "s>l"))["l"]["count"] == 0
    handled = {"a": probe(parent="l", fail="code"), "h": probe(parent="l", give="ok")}
    assert outputs(await ended({"l": loop(times=1), **handled}, "s>l a.error>h"))["l"]["results"] == [{"h": "ok"}]


async def test_paths_of_nested_loops_and_totals() -> None:
    nodes = {
        "l": loop(times=2),
        "m": loop("l", over=["x"]),
        "p": {"type": "parallel", "parent": "m"},
        "x": probe(parent="p"),
    }
    one = await ended(nodes, "s>l")
    assert {e.path for e in one.events("node.") if e.node == "x"} == {"l[0].m[0].p.x", "l[1].m[0].p.x"}
    assert [e.path for e in one.events("iteration.")] == ["l[0].m[0]", "l[0]", "l[1].m[0]", "l[1]"]
    state = fold(one.journal.events)
    assert (state.nodes["l"].total, state.nodes["l"].done) == (2, 2)
    inner = state.nodes["l[1].m[0].p"]
    assert (inner.total, inner.done) == (1, 1)
    small = RunState()
    for event in one.journal.events:
        small.apply(event, forget_rounds=True)
    assert set(small.nodes) == {"s", "l"}
    assert set(small.rounds) == {"l[0]", "l[1]"}


async def test_parallel_rounds_keep_the_order_of_the_items() -> None:
    child = probe("read", parent="l", give="{{ item }}", sleep_s=0.01)
    one = await ended({"l": loop(over=list(range(20)), parallelism=7), "c": child}, "s>l")
    assert outputs(one)["l"]["results"] == list(range(20))


async def test_the_state_of_rounds_at_once_is_that_of_the_last_to_end_over_every_cut() -> None:
    config = loop(over=[0.2, 0.05, 0.1], parallelism=3, update={"last": "index"})
    one = await ended({"l": config, "c": probe("read", parent="l", sleep_s="{{ item }}")}, "s>l")
    last = one.events("iteration.completed")[-1].data["index"]
    assert outputs(one)["l"]["state"] == {"last": last}
    for at in range(one.events("iteration.completed")[-1].sequence, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert outputs(again) == outputs(one)


async def test_10_000_rounds_in_bounded_memory() -> None:
    nodes = {
        "l": loop(times=10_000, max_iterations=10_000, result=None),
        "c": probe(parent="l", give=["x" * 1000, "{{ index }}"]),
    }
    one = case(nodes, "s>l", journal=ForgetfulJournal())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert (await one.once()).status == "completed"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024  # KiB
    assert one.current is not None
    assert not one.current.state.nodes


async def test_while_after_a_failed_round_sees_what_its_children_gave() -> None:
    """`while` sees the round's children, also where one of them failed."""
    nodes = {
        "l": loop(**{"while": "a.zero", "on_item_error": "collect"}),
        "a": {"type": "switch", "parent": "l", "config": {"value": "{{ index }}", "cases": [{"id": "x", "equals": 9}]}},
        "b": probe(parent="l", fail="code", give="{{ a.case }}"),
    }
    one = await ended(nodes, "s>l a.else>b")
    assert outputs(one)["l"]["count"] == 1
    assert outputs(one)["l"]["errors"][0]["error"]["path"] == "l[0].b"


@pytest.mark.parametrize("wait", [False, True])
async def test_max_concurrency_counts_containers_too(wait: bool) -> None:
    child = {"type": "delay", "config": {"seconds": 60}} if wait else probe("read", sleep_s=0.02)
    nodes: dict[str, Any] = {"p": {"type": "parallel", "config": {"max_concurrency": 2}}}
    for name in "abcde":
        nodes[name] = {"type": "parallel", "parent": "p", "config": {}}
        nodes[f"{name}{name}"] = {**child, "parent": name}
    nodes["z"] = probe(parent="p", give=1)
    one = await ended(nodes, "s>p")
    assert set(outputs(one)["p"]["results"]) == {*"abcdez"}
    open_, most = 0, 0
    for event in one.events("node."):
        if event.node in list("abcde"):
            open_ += (event.type == "node.started") - (event.type == "node.completed")
            most = max(most, open_)
    assert most == 2
