"""What is not a graph at all: saving refuses it."""

from collections import Counter
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from weft.engine.graph import MAX_DEPTH, MAX_EDGES, MAX_ID, MAX_NODES, RESERVED, Edge, Graph, Node, Position
from weft.engine.validation.report import MOST, closest
from weft.kernel.errors import FieldError, Invalid
from weft.kernel.identifiers import is_identifier, normal

MAX_NAME: Final = 200
_PARTS: Final[dict[str, type[BaseModel]]] = {"nodes": Node, "edges": Edge}
_LIMITS: Final = {"nodes": MAX_NODES, "edges": MAX_EDGES}


def parse_graph(value: Any, *, pointer: str = "/graph") -> Graph:
    """The graph that `value` (read from JSON) is. Raises Invalid with the place of each fault below `pointer`."""
    faults = _too_many(value, pointer)
    if not faults:
        try:
            graph = Graph.model_validate(value)
        except ValidationError as error:
            faults = [_fault(fault, value, pointer) for fault in error.errors(include_url=False)[:MOST]]
        else:
            faults = _ids(graph, pointer) + _depth(graph, pointer)
    if faults:
        raise Invalid("This is not a graph that can be saved.", faults[:MOST])
    return graph


def _too_many(value: Any, pointer: str) -> list[FieldError]:
    if not isinstance(value, dict):
        return [FieldError(pointer, "wrong_type", "A graph is an object with 'nodes' and 'edges'.")]
    return [
        FieldError(f"{pointer}/{part}", "limit_exceeded", f"A graph has at most {most:,} {part}.")
        for part, most in _LIMITS.items()
        if isinstance(value.get(part), list) and len(value[part]) > most
    ]


def _fault(fault: Any, value: Any, pointer: str) -> FieldError:
    """One fault of pydantic's, with the node it belongs to: an edge belongs to its source."""
    place = fault["loc"]
    path = pointer + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in place)
    node = _owner(place, value)
    kind = fault["type"]
    if kind == "extra_forbidden":
        return FieldError(path, "unknown_field", "There is no such field.", node, _meant(place))
    if kind == "missing":
        return FieldError(path, "missing", "This field is needed.", node)
    code = "wrong_type" if kind.endswith(("_type", "_parsing")) else "invalid_value"
    return FieldError(path, code, f"{fault['msg']}.", node)


def _owner(place: tuple[int | str, ...], value: Any) -> str | None:
    if len(place) < 2 or place[0] not in _PARTS:
        return None
    part = value[place[0]][place[1]]
    name = part.get("id" if place[0] == "nodes" else "source") if isinstance(part, dict) else None
    return name if isinstance(name, str) else None


def _meant(place: tuple[int | str, ...]) -> str | None:
    parent: type[BaseModel] = Graph
    if len(place) > 2:
        parent = Position if "position" in place[:-1] else _PARTS.get(str(place[0]), Graph)
    return closest(str(place[-1]), parent.model_fields)


def _ids(graph: Graph, pointer: str) -> list[FieldError]:
    faults = []
    count = Counter(node.id for node in graph.nodes)
    seen: set[str] = set()
    for index, node in enumerate(graph.nodes):
        path = f"{pointer}/nodes/{index}/id"
        if wrong := _illegal(node.id):
            faults.append(FieldError(path, "illegal_id", wrong, node.id, _legal(node.id)))
        elif node.id in RESERVED:
            faults.append(FieldError(path, "reserved_id", f"'{node.id}' means something in expressions.", node.id))
        elif count[node.id] > 1 and node.id in seen:
            faults.append(FieldError(path, "duplicate_id", f"Another node is named '{node.id}'.", node.id))
        if node.name is not None and not 1 <= len(node.name) <= MAX_NAME:
            rule = f"A name has 1 to {MAX_NAME} characters."
            faults.append(FieldError(f"{pointer}/nodes/{index}/name", "invalid_value", rule, node.id))
        seen.add(node.id)
    return faults


def _illegal(name: str) -> str | None:
    if len(name) > MAX_ID or not is_identifier(name):
        return f"An id has up to {MAX_ID} letters, digits, '_' and '$', and does not begin with a digit."
    if name != normal(name):
        return "An id is spelled in Unicode's normal form C (NFC), so that one name has one spelling."
    return None


def _legal(name: str) -> str | None:
    """The id in its normal form, where that is what it lacks."""
    meant = normal(name)
    return meant if meant != name and not _illegal(meant) else None


def _depth(graph: Graph, pointer: str) -> list[FieldError]:
    """Nodes inside more than MAX_DEPTH containers. A circle of parents is saved, and told by validation."""
    parents = {node.id: node.parent for node in graph.nodes}
    depths: dict[str, int] = {}
    for name in parents:
        chain: list[str] = []
        at: str | None = name
        while at is not None and at in parents and at not in depths and at not in chain[-MAX_DEPTH - 2 :]:
            chain.append(at)
            if len(chain) > MAX_DEPTH + 2:
                break
            at = parents[at]
        depth = depths.get(at, -1) if at is not None else -1
        for each in reversed(chain):
            depth = 0 if parents[each] is None else depth + 1
            depths[each] = depth
    return [
        FieldError(
            f"{pointer}/nodes/{index}/parent",
            "limit_exceeded",
            f"Containers stand at most {MAX_DEPTH} deep in each other.",
            node.id,
        )
        for index, node in enumerate(graph.nodes)
        if depths[node.id] > MAX_DEPTH and not _circular(node.id, parents)
    ]


def _circular(name: str, parents: dict[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = name
    while at is not None and at in parents:
        if at in seen:
            return True
        seen.add(at)
        at = parents[at]
    return False
