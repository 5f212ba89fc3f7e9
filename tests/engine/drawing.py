"""Graphs in a short notation, and the node types that need no outside service."""

from typing import Any

import weft.nodes
from weft.engine.catalog import Catalog, load_catalog

PURE = Catalog(found for found in load_catalog(weft.nodes) if found.type not in {"http_request", "llm"})


def draw(nodes: dict[str, dict[str, Any]], edges: str = "") -> dict[str, Any]:
    """`nodes`: id → node; `edges`: `source[.port]>target`, separated by spaces."""
    drawn = []
    for edge in edges.split():
        source, target = edge.split(">")
        name, _, port = source.partition(".")
        drawn.append({"source": name, **({"source_port": port} if port else {}), "target": target})
    return {"nodes": [{"id": name, **node} for name, node in nodes.items()], "edges": drawn}
