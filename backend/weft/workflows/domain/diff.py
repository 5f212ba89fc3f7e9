"""What differs between two graphs: nodes, edges, layout, order. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from weft.workflows.domain.settings import escaped

_DEFAULTS: dict[str, Any] = {"config": {}, "policy": {}, "parent": None, "disabled": False, "note": ""}
_ABSENT: Any = object()
JSON = dict[str, Any]


def diff_graphs(before: Mapping[str, Any], after: Mapping[str, Any]) -> JSON:
    """The way from `before` to `after`.

    `{nodes: {added, removed, changed: [{id, changes: [{path, from?, to?}]}]}, edges: {added, removed},
    moved, reordered}`: paths are JSON pointers into the node, `moved` the ids whose position alone differs
    or differs too, `reordered` whether the nodes that both have stand in another order.
    """
    old = {node["id"]: node for node in before["nodes"]}
    fresh = {node["id"]: node for node in after["nodes"]}
    both = [name for name in old if name in fresh]
    changed = [{"id": name, "changes": changes} for name in both if (changes := _node_changes(old[name], fresh[name]))]
    return {
        "nodes": {
            "added": [node for name, node in fresh.items() if name not in old],
            "removed": [node for name, node in old.items() if name not in fresh],
            "changed": changed,
        },
        "edges": _edge_changes(before["edges"], after["edges"]),
        "moved": [name for name in both if _position(old[name]) != _position(fresh[name])],
        "reordered": both != [name for name in fresh if name in old],
    }


def is_empty(difference: JSON) -> bool:
    """Whether the two mean the same; where the canvas draws the nodes does not count."""
    nodes, edges = difference["nodes"], difference["edges"]
    parts = (nodes["added"], nodes["removed"], nodes["changed"], edges["added"], edges["removed"])
    return not any(parts) and not difference["reordered"]


def value_changes(before: Any, after: Any, pointer: str = "") -> Iterator[JSON]:
    """Where two JSON values differ: `{path, from?, to?}`, an absent side left out."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from value_changes(before.get(key, _ABSENT), after.get(key, _ABSENT), f"{pointer}/{escaped(key)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (left, right) in enumerate(zip(before, after, strict=True)):
            yield from value_changes(left, right, f"{pointer}/{index}")
    elif type(before) is not type(after) or before != after:
        change = {"path": pointer, "from": before, "to": after}
        yield {key: value for key, value in change.items() if value is not _ABSENT}


def _node_changes(before: JSON, after: JSON) -> list[JSON]:
    left, right = _comparable(before), _comparable(after)
    if "type_version" not in left or "type_version" not in right:
        left.pop("type_version", None)
        right.pop("type_version", None)
    return list(value_changes(left, right))


def _comparable(node: JSON) -> JSON:
    full = {**_DEFAULTS, **node}
    full["name"] = node.get("name") or node["id"]
    full.pop("position", None)
    return full


def _position(node: JSON) -> tuple[float, float]:
    position = node.get("position") or {}
    return float(position.get("x", 0)), float(position.get("y", 0))


def _edge_changes(before: list[JSON], after: list[JSON]) -> JSON:
    old = {_edge_key(edge): edge for edge in before}
    fresh = {_edge_key(edge): edge for edge in after}
    return {
        "added": [edge for key, edge in fresh.items() if key not in old],
        "removed": [edge for key, edge in old.items() if key not in fresh],
    }


def _edge_key(edge: JSON) -> tuple[str, str, str]:
    return edge["source"], edge.get("source_port", "out"), edge["target"]
