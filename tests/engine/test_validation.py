"""Validation beyond single faults: nothing is run, large graphs are fast, things outside the graph."""

import random
import time
from itertools import pairwise
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from tests.cost import counted, in_time
from tests.engine.drawing import PURE, draw
from weft.engine.catalog import Catalog
from weft.engine.graph import MAX_DEPTH, MAX_EDGES, MAX_NODES, Graph
from weft.engine.javascript import body_fault, expression_fault
from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.validation import parse_graph, things_named, validate_graph
from weft.kernel.errors import Invalid


def large(nodes: int, edges: int) -> dict[str, Any]:
    """A chain with as many edges more, at random, and templates in every node."""
    dice = random.Random(7)
    names = [f"n{index}" for index in range(nodes)]
    drawn: dict[str, Any] = {"n0": {"type": "start"}}
    for before, name in pairwise(names):
        value = f"{{{{ {before}.v + 1 }}}}" if before != "n0" else "{{ input.x }}"
        drawn[name] = {"type": "set", "config": {"values": {"v": value, "text": "from {{ n0.x }}"}}}
    pairs = dict.fromkeys(pairwise(names))
    while len(pairs) < edges:
        first, second = sorted(dice.sample(range(nodes), 2))
        pairs[names[first], names[second]] = None
    return draw(drawn, " ".join(f"{source}>{target}" for source, target in pairs))


def test_the_largest_graph_costs_no_more_for_each_node_than_a_smaller_one() -> None:
    def cost_s(part: int) -> float:
        graph = large(MAX_NODES // part, MAX_EDGES // part)
        before = time.process_time()
        report = validate_graph(graph, PURE)
        assert report.errors == report.warnings == []
        return time.process_time() - before

    cost_s(100)
    small = cost_s(4)
    in_time(cost_s(1), 10 * small)  # 4 would be exact; what grows with the square takes 16


@pytest.mark.parametrize(("nodes", "edges", "path"), [(10_001, 0, "/graph/nodes"), (2, 50_001, "/graph/edges")])
def test_what_is_too_large_is_refused(nodes: int, edges: int, path: str) -> None:
    graph = {"nodes": [{"id": f"n{n}", "type": "set"} for n in range(nodes)], "edges": [{}] * edges}
    with pytest.raises(Invalid) as refused:
        parse_graph(graph)
    assert [(error.path, error.code) for error in refused.value.errors] == [(path, "limit_exceeded")]


def nested(depth: int) -> dict[str, Any]:
    nodes: dict[str, Any] = {"s": {"type": "start"}}
    for level in range(depth):
        parent = {"parent": f"l{level - 1}"} if level else {}
        nodes[f"l{level}"] = {"type": "loop", "config": {"times": 1}, **parent}
    nodes["leaf"] = {"type": "set", "parent": f"l{depth - 1}"}
    return draw(nodes, "s>l0")


def test_containers_stand_twenty_deep_and_no_deeper() -> None:
    assert validate_graph(nested(MAX_DEPTH), PURE).errors == []
    with pytest.raises(Invalid) as refused:
        parse_graph(nested(MAX_DEPTH + 1))
    assert refused.value.errors[0].code == "limit_exceeded"
    childless = nested(MAX_DEPTH + 1)
    del childless["nodes"][-1]
    assert [error.code for error in validate_graph(childless, PURE).errors] == ["limit_exceeded"]


def test_a_ring_of_ten_thousand_is_told_in_time() -> None:
    names = [f"n{index}" for index in range(9_999)]
    edges = " ".join(f"{a}>{b}" for a, b in zip(names, [*names[1:], names[0]], strict=True))
    graph = draw({"s": {"type": "start"}, **{name: {"type": "set"} for name in names}}, edges)
    with counted() as cost:
        report = validate_graph(graph, PURE)
    assert cost.calls < 200 * len(names)
    assert [error.code for error in report.errors] == ["cycle"]


CANARIES = [
    "globalThis.ran = true",
    "a); globalThis.ran = true; (b",
    "(() => { globalThis.ran = true })()",
    "`${globalThis.ran = true}`",
    "1\n@ globalThis.ran = true",
    "}); (globalThis.ran = true); ({",
    "a) + (globalThis.ran = true) //",
    "/* */ globalThis.ran = true",
    "new (class { static x = globalThis.ran = true })",
]


@pytest.mark.parametrize("source", [*CANARIES, "}); globalThis.ran = true; (async function () {"])
def test_looking_is_not_running(source: str) -> None:
    expression_fault(source)
    body_fault(source)
    config = {"expression": f"{{{{ {source} }}}}"}
    validate_graph(draw({"s": {"type": "start"}, "a": {"type": "transform", "config": config}}, "s>a"), PURE)
    from weft.engine.javascript import _context

    assert _context("syntax").eval("typeof globalThis.ran") == "undefined"


@given(st.text(max_size=40) | st.text("(){}[]`'\"/\\${}.,=> ab1\n", max_size=30))
def test_any_text_is_told_good_or_bad(text: str) -> None:
    graph = draw({"s": {"type": "start"}, "a": {"type": "template", "config": {"template": f"{{{{{text}"}}}, "s>a")
    report = validate_graph(graph, PURE)
    assert all(error.path == "/graph/nodes/1/config/template" for error in report.errors)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(["id", "type", "config", "policy", "parent", "disabled", "x"])
NODES = st.dictionaries(KEYS, JSON | st.sampled_from(["a", "b", "start", "loop", "condition", "join"]), max_size=6)
EDGES = st.dictionaries(st.sampled_from(["source", "target", "source_port"]), st.sampled_from(["a", "b", "out", 1]))


@given(JSON | st.fixed_dictionaries({"nodes": st.lists(NODES, max_size=4), "edges": st.lists(EDGES, max_size=4)}))
def test_any_json_gets_an_answer(value: Any) -> None:
    report = validate_graph(value, PURE)
    assert all(error.path.startswith("/graph") and error.code and error.message for error in report.errors)


TYPES = st.sampled_from(
    ["start", "end", "set", "condition", "switch", "join", "loop", "parallel", "aggregate", "filter"]
)
IDS = st.sampled_from(["a", "b", "c", "d"])
DRAWN = st.dictionaries(
    IDS,
    st.fixed_dictionaries(
        {"type": TYPES}, optional={"config": st.dictionaries(st.sampled_from(["cases", "items", "metrics", "x"]), JSON),
                                   "parent": IDS, "policy": st.dictionaries(KEYS, JSON, max_size=2)},
    ),
)  # fmt: skip
LINKS = st.lists(st.tuples(IDS, st.sampled_from(["out", "true", "error", "compensate"]), IDS), max_size=6)


@given(DRAWN, LINKS)
def test_any_drawing_gets_an_answer(nodes: dict[str, Any], links: list[tuple[str, str, str]]) -> None:
    edges = " ".join(f"{source}.{port}>{target}" for source, port, target in links)
    report = validate_graph(draw(nodes, edges), PURE)
    assert all(error.path.startswith("/graph") for error in report.errors + report.warnings)


class Calling(NodeConfig):
    credential_id: Annotated[str, Field(json_schema_extra={"x-literal": True, "x-reference": "credential"})]
    models: list[Annotated[str, Field(json_schema_extra={"x-reference": "model"})]] = Field(default_factory=list)


@node("calling", title="Calling", category="ai", effect="read", output=dict[str, Any])
async def calling(config: Calling, run: NodeRun) -> Any:
    """Needs things from outside the graph."""
    return {}


def test_things_outside_the_graph_are_named_and_checked() -> None:
    catalog = Catalog([*PURE, calling.node_type])  # type: ignore[attr-defined]
    config = {"credential_id": "c1", "models": ["m1", "{{ input.model }}"]}
    graph = draw({"s": {"type": "start"}, "a": {"type": "calling", "config": config}}, "s>a")
    assert [(t.node, t.pointer, t.kind, t.id) for t in things_named(Graph.model_validate(graph), catalog)] == [
        ("a", "/graph/nodes/1/config/credential_id", "credential", "c1"),
        ("a", "/graph/nodes/1/config/models/0", "model", "m1"),
    ]
    assert validate_graph(graph, catalog).valid
    report = validate_graph(graph, catalog, lambda kind, name: (kind, name) == ("model", "m1"))
    assert [(error.path, error.code) for error in report.errors] == [
        ("/graph/nodes/1/config/credential_id", "not_found")
    ]


def one(config: dict[str, Any], type_: str = "template") -> dict[str, Any]:
    return draw({"s": {"type": "start"}, "n": {"type": type_, "config": config}}, "s>n")


TOO_MUCH = [
    (one({"template": "{{ " + "input+" * 45_000 + "1 }}"}), "expression_too_long", "template"),
    (one({"template": "{{ '" + "x" * 100_000 + "' }}"}), "expression_too_long", "template"),
    (one({"template": "{{ 1 /*" + "x" * 100_000 + "*/ }}"}), "expression_too_long", "template"),
    (one({"expression": "1 + " * 10_000 + "1"}, "transform"), "expression_too_long", "expression"),
    (one({"template": "{{ (1) }}" * 100_000}), "too_many_expressions", "template"),
    (one({"values": {f"v{n}": "{{ (1) }}" for n in range(2_001)}}, "set"), "too_many_expressions", "values/v2000"),
]


@pytest.mark.parametrize(("graph", "code", "place"), TOO_MUCH, ids=range(len(TOO_MUCH)))
def test_what_an_expression_may_be_is_bounded(graph: dict[str, Any], code: str, place: str) -> None:
    with counted() as cost:
        report = validate_graph(graph, PURE)
    assert cost.calls < 500_000
    assert [(error.path, error.code, error.node) for error in report.errors] == [
        (f"/graph/nodes/1/config/{place}", code, "n")
    ]


def test_a_long_expression_and_many_are_read() -> None:
    assert validate_graph(one({"template": "{{ " + "1 +" * 6_600 + "1 }}" + "x" * 50_000}), PURE).errors == []
    assert validate_graph(one({"template": "{{ (1) }}" * 2_000}), PURE).errors == []


def test_an_early_fault_in_a_long_text_is_told_as_it_is() -> None:
    for text in ("{{ ) }}", "{{ 'a\n }}", "{{ /a\n }}"):
        report = validate_graph(one({"template": text + "x" * 50_000}), PURE)
        assert [error.code for error in report.errors] == ["expression_syntax"]


def test_the_expressions_of_a_graph_are_bounded() -> None:
    text = "{{ 1 }}" * 2_000
    nodes = {f"n{n}": {"type": "template", "config": {"template": text}} for n in range(30)}
    report = validate_graph(draw({"s": {"type": "start"}, **nodes}, " ".join(f"s>{name}" for name in nodes)), PURE)
    assert [(error.path, error.code) for error in report.errors] == [("/graph/nodes", "too_many_expressions")]
