"""Faulty graphs of many kinds are found where they are faulty; good ones raise no alarm."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.engine.drawing import PURE, draw
from weft.engine.validation import parse_graph, validate_graph
from weft.kernel.errors import FieldError, Invalid

FOLDER = Path(__file__).parent / "faulty"


def cases(*files: str) -> list[Any]:
    yaml = YAML(typ="safe", pure=True)
    return [
        pytest.param(case, id=f"{name}: {case['name']}")
        for name in files
        for case in yaml.load((FOLDER / f"{name}.yaml").read_text())
    ]


def graph_of(case: dict[str, Any]) -> Any:
    if "graph" in case:
        return case["graph"]
    if "deep" in case:
        return decisions(case["deep"])
    return draw(case["nodes"], case.get("edges", ""))


def decisions(depth: int) -> dict[str, Any]:
    """Conditions in a row; the last but one branch meets the last in `m`, which reads the last."""
    nodes: dict[str, Any] = {"s": {"type": "start"}}
    edges = ["s>c0"]
    for level in range(depth):
        nodes[f"c{level}"] = {"type": "condition", "config": {"expression": f"input.x > {level}"}}
        nodes[f"no{level}"] = {"type": "set"}
        edges += [f"c{level}.false>no{level}"]
        edges += [f"c{level}.true>c{level + 1}"] if level < depth - 1 else []
    nodes["a"] = {"type": "set", "config": {"values": {"v": 1}}}
    nodes["m"] = {"type": "template", "config": {"template": "{{ a.v }}"}}
    return draw(nodes, " ".join([*edges, f"c{depth - 1}.true>a", "a>m", f"no{depth - 1}>m"]))


def fits(found: FieldError, wanted: dict[str, Any]) -> bool:
    told = found.as_json()
    return all(told.get(key) == value for key, value in wanted.items())


def test_there_are_enough_of_them() -> None:
    assert len(cases("shape", "structure", "configs", "names")) >= 100
    assert len(cases("good")) >= 15


@pytest.mark.parametrize("case", cases("shape", "structure", "configs", "names"))
def test_a_fault_is_found_at_its_place(case: dict[str, Any]) -> None:
    report = validate_graph(graph_of(case), PURE)
    assert not report.valid
    assert any(fits(error, case["expect"]) for error in report.errors), [e.as_json() for e in report.errors]
    assert len(report.errors) == 1 or case["expect"]["code"] in ("cycle", "parent_cycle", "compensation_edges"), [
        e.as_json() for e in report.errors
    ]


@pytest.mark.parametrize("case", cases("odd"))
def test_what_is_odd_is_a_warning_only(case: dict[str, Any]) -> None:
    report = validate_graph(graph_of(case), PURE)
    assert report.valid, [e.as_json() for e in report.errors]
    assert any(fits(found, case["warn"]) for found in report.warnings), [w.as_json() for w in report.warnings]


@pytest.mark.parametrize("case", cases("good"))
def test_a_good_graph_raises_no_alarm(case: dict[str, Any]) -> None:
    report = validate_graph(graph_of(case), PURE)
    assert [found.as_json() for found in report.errors + report.warnings] == []


@pytest.mark.parametrize("case", cases("shape"))
def test_saving_refuses_what_is_no_graph(case: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        parse_graph(case["graph"])
    assert any(fits(error, case["expect"]) for error in refused.value.errors)


@pytest.mark.parametrize("case", cases("structure", "configs", "names", "odd", "good"))
def test_saving_takes_every_draft(case: dict[str, Any]) -> None:
    graph = graph_of(case)
    assert parse_graph(graph).as_json() == graph
