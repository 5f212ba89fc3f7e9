"""The same graphs for Weft and for LangGraph."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Annotated, Any, TypedDict
from uuid import UUID

from langgraph.graph import END, START, StateGraph

import weft.nodes
from weft.engine.catalog import Catalog, load_catalog
from weft.engine.graph import Graph, graph_hash
from weft.engine.plan import Plan, compile_graph
from weft.executions.domain import Execution, Options, Origin
from weft.kernel.clock import SystemClock
from weft.kernel.ids import WorkspaceId, new_id

WORKSPACE = WorkspaceId(UUID(int=1))
Edges = list[tuple[str, str]]


class Counting(TypedDict):
    """The state of LangGraph's chain."""

    v: int


def _together(ours: int, theirs: int) -> int:
    return ours + theirs


class Joining(TypedDict):
    """The state of a LangGraph whose nodes end together."""

    v: Annotated[int, _together]


@cache
def library() -> Catalog:
    """The node types that ship with Weft."""
    return load_catalog(weft.nodes)


def chain(length: int) -> dict[str, Any]:
    """start, then `set` nodes that each take over the value of the one before, then end: `length` nodes in all."""
    nodes: list[dict[str, Any]] = [{"id": "n0", "type": "start"}]
    for number in range(1, length - 1):
        source = "input.v" if number == 1 else f"n{number - 1}.v"
        nodes.append({"id": f"n{number}", "type": "set", "config": {"values": {"v": f"{{{{ {source} }}}}"}}})
    last = f"{{{{ n{length - 2}.v }}}}"
    nodes.append({"id": f"n{length - 1}", "type": "end", "config": {"outputs": {"v": last}}})
    edges = [{"source": f"n{number}", "target": f"n{number + 1}"} for number in range(length - 1)]
    return {"nodes": nodes, "edges": edges}


def plan_of(graph: Mapping[str, Any]) -> Plan:
    """A graph, compiled for Weft's engine: done once for each version, as a worker does."""
    return compile_graph(Graph.model_validate(graph), library())


def queued(graph: Mapping[str, Any], inputs: Any) -> Execution:
    """A run of `graph`, about to be accepted."""
    origin = Origin(None, "1", graph_hash(graph), {"type": "api"})
    return Execution.queue(WORKSPACE, origin, Options(), inputs, SystemClock().now(), "benchmark")


def execution_id() -> str:
    """A fresh id."""
    return str(new_id())


def langgraph_chain(length: int) -> "StateGraph[Counting]":
    """LangGraph's chain: each node reads the value and writes it anew."""
    graph = StateGraph(Counting)
    for number in range(length):
        graph.add_node(f"n{number}", _count)
    graph.add_edge(START, "n0")
    for number in range(length - 1):
        graph.add_edge(f"n{number}", f"n{number + 1}")
    graph.add_edge(f"n{length - 1}", END)
    return graph


async def _count(state: Counting) -> Counting:
    return {"v": state["v"]}


def langgraph_of(seconds: Mapping[str, float], edges: Edges, work: Callable[[float], Awaitable[None]]) -> Any:
    """A compiled LangGraph of nodes that take `seconds` each, joined where edges meet."""
    graph = StateGraph(Joining)
    sources: dict[str, list[str]] = {name: [] for name in seconds}
    for source, target in edges:
        sources[target].append(source)
    for name, duration in seconds.items():

        async def act(_state: Joining, duration: float = duration) -> Joining:
            await work(duration)
            return {"v": 1}

        graph.add_node(name, act)
        if not sources[name]:
            graph.add_edge(START, name)
        else:
            graph.add_edge(sources[name] if len(sources[name]) > 1 else sources[name][0], name)
    for leaf in seconds.keys() - {source for source, _ in edges}:
        graph.add_edge(leaf, END)
    return graph.compile()
