"""Graphs for the laws: any shape that validation lets through, of nodes that succeed, fail, branch, wait, repeat."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from weft.engine.graph import Graph

PORTS = ("out", "other")


@dataclass
class Drawing:
    """A graph as JSON, and what an independent reading of the rules expects of its top level."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)

    def graph(self) -> Graph:
        return Graph.model_validate({"nodes": self.nodes, "edges": self.edges})


@st.composite
def drawings(draw: st.DrawFn, *, failing: bool = True, waiting: bool = True) -> Drawing:
    """A start, up to ten more nodes in topological order, edges forward only, and containers with a child chain."""
    drawing = Drawing([{"id": "start", "type": "start"}])
    top = ["start"]
    for number in range(draw(st.integers(1, 10))):
        node_id = f"n{number}"
        kinds = ["work", "work", "write", "join", "loop", "parallel"] + (["wait"] if waiting else [])
        kind = draw(st.sampled_from(kinds))
        node = {"id": node_id, "type": kind, **_settings(draw, kind, failing=failing)}
        drawing.nodes.append(node)
        if kind in ("loop", "parallel"):
            _fill(draw, drawing, node_id, failing=failing)
        _connect(draw, drawing, top, node)
        top.append(node_id)
    return drawing


def _settings(draw: st.DrawFn, kind: str, *, failing: bool) -> dict[str, Any]:
    if kind in ("work", "write"):
        config: dict[str, Any] = {"value": draw(st.integers(0, 9)), "port": draw(st.sampled_from(PORTS))}
        policy: dict[str, Any] = {}
        if failing and draw(st.integers(0, 4)) == 0:
            config["fail_times"] = draw(st.integers(1, 3))
            policy["retry"] = {"max_attempts": draw(st.integers(1, 3)), "delay_s": draw(st.sampled_from([0.1, 20]))}
            policy["on_error"] = draw(st.sampled_from(["fail", "continue"]))
        return {"config": config, "policy": policy, "disabled": draw(st.integers(0, 9)) == 0}
    if kind == "join":
        mode = draw(st.sampled_from(["all", "any", "count"]))
        return {"config": {"mode": mode, **({"count": draw(st.integers(1, 3))} if mode == "count" else {})}}
    if kind == "wait":
        return {"config": {"seconds": draw(st.sampled_from([10, 60]))}}
    if kind == "loop":
        items = [draw(st.integers(0, 9)) for _ in range(draw(st.integers(0, 3)))]
        policy_of_items = draw(st.sampled_from(["fail", "collect", "skip"]))
        return {"config": {"over": items, "parallelism": draw(st.integers(1, 3)), "on_item_error": policy_of_items}}
    return {"config": {}}


def _fill(draw: st.DrawFn, drawing: Drawing, parent: str, *, failing: bool) -> None:
    previous = None
    for number in range(draw(st.integers(0, 3))):
        node_id = f"{parent}_{number}"
        kind = draw(st.sampled_from(["work", "write"]))
        drawing.nodes.append({"id": node_id, "type": kind, "parent": parent, **_settings(draw, kind, failing=failing)})
        if previous is not None and draw(st.booleans()):
            drawing.edges.append({"source": previous, "target": node_id})
        previous = node_id


def _connect(draw: st.DrawFn, drawing: Drawing, earlier: list[str], node: dict[str, Any]) -> None:
    types = {each["id"]: each for each in drawing.nodes}
    for source in draw(st.lists(st.sampled_from(earlier), unique=True, max_size=3)):
        ports = ["out"]
        if types[source]["type"] in ("work", "write"):
            ports = ["out", "out", "other"]
            policy = types[source].get("policy") or {}
            if policy.get("on_error") in (None, "branch"):
                ports.append("error")
        port = draw(st.sampled_from(ports))
        if port == "error":
            types[source]["policy"] = {**(types[source].get("policy") or {}), "on_error": "branch"}
        drawing.edges.append({"source": source, "source_port": port, "target": node["id"]})
