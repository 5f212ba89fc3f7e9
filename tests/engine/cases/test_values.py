"""engine.md, Values and expressions, as far as the runtime decides: time, chance, scope."""

from typing import Any

from tests.engine.cases.running import SystemClock, case, ended, outputs, probe
from weft.engine.capabilities import Capabilities
from weft.platform.sandbox.javascript import JavaScriptPool


def chance(parent: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"type": "transform", "config": {"expression": "Math.random()"}}
    return body | ({"parent": parent} if parent else {})


async def test_chance_differs_between_nodes_and_rounds_and_is_the_same_again() -> None:
    pool = JavaScriptPool(1)
    nodes = {"a": chance(), "b": chance(), "l": {"type": "loop", "config": {"times": 3}}, "c": chance("l")}
    found = [outputs(await ended(nodes, "s>a s>b s>l", capabilities=Capabilities(javascript=pool))) for _ in range(2)]
    other = await ended(nodes, "s>a s>b s>l", capabilities=Capabilities(javascript=pool), created={"seed": 8})
    await pool.close()
    assert found[0] == found[1]
    drawn = [found[0]["a"], found[0]["b"], *found[0]["l"]["results"]]
    assert len(set(drawn)) == 5
    assert outputs(other)["a"] != found[0]["a"]


async def test_execution_started_at_is_one_time_for_the_whole_run() -> None:
    at = probe(give="{{ execution.started_at }}")
    one = await ended({"a": at, "d": {"type": "delay", "config": {"seconds": 60}}, "b": at}, "s>a a>d d>b")
    told = one.events("execution.started")[0].at
    assert [one.data("node.completed", name)["output"] for name in "ab"] == [told, told]


async def test_a_skipped_node_is_null_and_a_path_through_it_fails() -> None:
    nodes = {"c": {"type": "condition", "config": {"expression": "false"}}, "a": probe(give=1), "j": {"type": "join"},
             "x": probe(give="{{ a }}"), "y": probe(give="{{ a.b }}", policy={"on_error": "continue"})}  # fmt: skip
    found = outputs(await ended(nodes, "s>c c.true>a c.false>j a>j j>x j>y"))
    assert found["x"] is None
    assert found["y"]["error"]["type"] == "expression"


async def test_the_innermost_round_gives_item() -> None:
    nodes = {
        "l": {"type": "loop", "config": {"over": {"k": [1, 2]}}},
        "m": {"type": "loop", "parent": "l", "config": {"over": "{{ item }}"}},
        "p": {"type": "parallel", "parent": "m"},
        "x": probe(parent="p", give=["{{ item }}", "{{ key }}", "{{ l.key }}", "{{ m.index }}"]),
    }
    one = case(nodes, "s>l", clock=SystemClock())
    await one.whole()
    assert one.data("node.completed", "l[0].m[1].p.x")["output"] == [2, None, "k", 1]
