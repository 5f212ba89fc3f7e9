"""Graphs in a short notation, and the node types that need no outside service."""

from typing import Any

from weft.engine.catalog import Catalog, types_in
from weft.nodes import (
    aggregate,
    code_javascript,
    code_python,
    condition,
    delay,
    end,
    filter,
    join,
    loop,
    parallel,
    parse,
    set,
    start,
    stop,
    switch,
    template,
    transform,
)

_MODULES = (
    aggregate, code_javascript, code_python,
    condition, delay, end, filter, join, loop, parallel, parse, set, start, stop, switch, template,
    transform,
)  # fmt: skip

PURE = Catalog(node_type for module in _MODULES for node_type in types_in(module))


def draw(nodes: dict[str, dict[str, Any]], edges: str = "") -> dict[str, Any]:
    """`nodes`: id → node; `edges`: `source[.port]>target`, separated by spaces."""
    drawn = []
    for edge in edges.split():
        source, target = edge.split(">")
        name, _, port = source.partition(".")
        drawn.append({"source": name, **({"source_port": port} if port else {}), "target": target})
    return {"nodes": [{"id": name, **node} for name, node in nodes.items()], "edges": drawn}
