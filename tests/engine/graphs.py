"""Graphs for the laws: any shape that validation lets through, of nodes that succeed, fail, branch, wait, repeat."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from weft.engine.graph import Graph

PORTS = ("out", "other")
CONTAINERS = ("loop", "parallel")


@dataclass
class Drawing:
    """A graph as JSON, and what an independent reading of the rules expects of its top level."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    edges: list[dict[str, Any]] = field(default_factory=list)

    def graph(self) -> Graph:
        return Graph.model_validate({"nodes": self.nodes, "edges": self.edges})


@st.composite
def drawings(draw: st.DrawFn, *, failing: bool = True, waiting: bool = True) -> Drawing:
    """A start, up to ten more nodes in topological order, edges forward only, and containers with a few children.

    Nodes look at what is upstream of them, in their own level and outside of it.
    """
    drawing = Drawing([{"id": "start", "type": "start"}])
    top = ["start"]
    for number in range(draw(st.integers(1, 10))):
        node_id = f"n{number}"
        kinds = ["work", "work", "write", "join", "loop", "parallel"] + (["wait"] if waiting else [])
        kind = draw(st.sampled_from(kinds))
        node = {"id": node_id, "type": kind, **_settings(draw, kind, failing=failing)}
        drawing.nodes.append(node)
        _connect(draw, drawing, top, node)
        seen = _upstream(drawing, node_id)
        _look(draw, node, seen)
        if kind in CONTAINERS:
            _fill(draw, drawing, node, seen, failing=failing)
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


def _fill(
    draw: st.DrawFn, drawing: Drawing, holder: dict[str, Any], seen: list[str] | None, *, failing: bool, depth: int = 1
) -> None:
    """Children in chains; `seen`: what is upstream of the container, None where that is not the same in every run."""
    parent, children = holder["id"], list[str]()
    for number in range(draw(st.integers(0, 3))):
        node_id = f"{parent}_{number}"
        kind = draw(st.sampled_from(["work", "work", "write", *(CONTAINERS if depth < 2 else ())]))
        node = {"id": node_id, "type": kind, "parent": parent, **_settings(draw, kind, failing=failing)}
        drawing.nodes.append(node)
        if children and draw(st.booleans()):
            drawing.edges.append({"source": children[-1], "target": node_id})
        mine = None if seen is None else [*seen, *(_upstream(drawing, node_id) or ())]
        _look(draw, node, mine)
        if kind in CONTAINERS:
            _fill(draw, drawing, node, mine, failing=failing, depth=depth + 1)
        children.append(node_id)
    if holder["type"] == "loop" and children and draw(st.booleans()):
        holder["config"]["result"] = draw(st.sampled_from(children))


def _look(draw: st.DrawFn, node: dict[str, Any], seen: list[str] | None) -> None:
    """Let `node` look at some of what is upstream of it, and at `error` where it may be there."""
    if not seen or node["type"] not in ("work", "write", "loop"):
        return
    looked_at = draw(st.lists(st.sampled_from([*seen, "error"]), unique=True, max_size=2))
    if node["type"] == "loop":
        node["config"]["state"] = {name: f"{{{{ {name} }}}}" for name in looked_at}
    elif looked_at:
        node["config"]["value"] = [node["config"]["value"], *(f"{{{{ {name} }}}}" for name in looked_at)]


def _upstream(drawing: Drawing, node_id: str) -> list[str] | None:
    """What leads to the node, on its level; None behind a join that does not wait: there it depends on the moment."""
    nodes = {node["id"]: node for node in drawing.nodes}
    found: dict[str, None] = {}
    waiting = [node_id]
    while waiting:
        target = waiting.pop()
        for edge in drawing.edges:
            source = edge["source"]
            if edge["target"] == target and source not in found:
                found[source] = None
                waiting.append(source)
    early = any(nodes[name]["type"] == "join" and nodes[name]["config"]["mode"] != "all" for name in found)
    return None if early else list(found)


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
