"""The workflow file: what it holds, in which order, and what is left out because it is the default."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from weft.engine.validation import parse_graph
from weft.kernel.errors import Invalid, invalid_field
from weft.kernel.ids import parse_id
from weft.workflows.domain import Description, Name, Tags, field_errors, parse_settings
from weft.workflows.text.reading import located, read_text
from weft.workflows.text.writing import block, entry, flow

_NODE_ORDER: Final = (
    "id", "type", "name", "config", "policy", "parent", "disabled", "pinned_output", "pinned_port", "note",
    "type_version",
)  # fmt: skip
_NODE_DEFAULTS: Final[dict[str, Any]] = {
    "name": None, "config": {}, "policy": {}, "parent": None, "disabled": False, "pinned_port": None, "note": "",
    "type_version": None,
}  # fmt: skip
_SETTINGS_DEFAULTS: Final[dict[str, Any]] = {"durability": "async", "limits": {}, "variables": {}}
JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow as a file holds it. `settings` are whole, `graph` has the positions in its nodes."""

    id: UUID | None
    name: str
    description: str
    tags: list[str]
    settings: JSON
    graph: JSON


def _an_id(text: str) -> str:
    if parse_id(text) is None:
        raise ValueError("must be a UUID")
    return text


def _a_format(number: int) -> int:
    if number != 1:
        raise PydanticCustomError("unknown_format", "Only files of format 1 are read; another Weft wrote this one.")
    return number


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    x: float = 0
    y: float = 0


class _Head(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    weft: Annotated[int, AfterValidator(_a_format)] = 1
    id: Annotated[str, AfterValidator(_an_id)] | None = None
    name: Name | None = None
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    settings: Any = Field(default_factory=dict)
    graph: Any = None
    layout: dict[str, _Place] = Field(default_factory=dict)


def load_workflow_file(text: str | bytes, name: str) -> WorkflowFile:
    """Read a workflow file, YAML or JSON: the whole form, `{graph}` or a bare `{nodes, edges}`.

    `name` is the file's name: its ending tells JSON from YAML, its stem names a workflow without a name.
    Raises Invalid with line and JSON pointer in each error (`unsupported_format` for Dify's and n8n's files).
    """
    value = read_text(text, name)
    try:
        return _from_value(value, name)
    except Invalid as error:
        raise located(text, error) from None


def dump_workflow_file(file: WorkflowFile, format: str = "yaml") -> str:
    """The canonical text of `file`: loading and dumping it again gives the same bytes."""
    document = _document(file)
    if format == "json":
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return "\n".join(_yaml(document)) + "\n"


def foreign_format(value: Any) -> str | None:
    """`dify` or `n8n` where `value` looks like one of their files."""
    if not isinstance(value, dict) or "weft" in value:
        return None
    if isinstance(value.get("app"), dict) and value.get("kind") == "app":
        return "dify"
    if isinstance(value.get("nodes"), list) and isinstance(value.get("connections"), dict):
        return "n8n"
    return None


def _from_value(value: Any, name: str) -> WorkflowFile:
    if foreign := foreign_format(value):
        raise invalid_field("", "unsupported_format", f"This is a file of {foreign}, which is not read yet.")
    if not isinstance(value, dict):
        raise invalid_field("", "not_a_workflow", "A workflow file is a mapping with 'graph'.")
    if "graph" not in value and "nodes" in value:
        graph, head = parse_graph(value, pointer="").as_json(), _Head()
    else:
        head = _head(value)
        graph = parse_graph(head.graph).as_json()
    for node in graph["nodes"]:
        if place := head.layout.get(node["id"]):
            node["position"] = {"x": place.x, "y": place.y}
    return WorkflowFile(
        UUID(head.id) if head.id else None,
        head.name or _stem(name),
        head.description,
        head.tags,
        parse_settings(head.settings),
        graph,
    )


def _head(value: JSON) -> _Head:
    if "graph" not in value:
        raise invalid_field("", "not_a_workflow", "A workflow file has a 'graph', or 'nodes' and 'edges'.")
    try:
        return _Head.model_validate(value)
    except ValidationError as error:
        raise Invalid("The workflow file is wrong.", field_errors(error)) from None


def _stem(name: str) -> str:
    return PurePath(name.replace("\0", "")).stem[:200].strip() or "Imported workflow"


def _document(file: WorkflowFile) -> JSON:
    settings = {key: value for key, value in file.settings.items() if value != _SETTINGS_DEFAULTS.get(key)}
    layout = {node["id"]: place for node in file.graph["nodes"] if (place := _place(node))}
    document: JSON = {
        "weft": 1,
        "id": str(file.id) if file.id else None,
        "name": file.name,
        "description": file.description,
        "tags": file.tags,
        "settings": settings,
        "graph": {
            "nodes": [_node(node) for node in file.graph["nodes"]],
            "edges": [_edge(edge) for edge in file.graph["edges"]],
        },
        "layout": layout,
    }
    return {key: value for key, value in document.items() if value not in (None, "", [], {})}


def _node(node: JSON) -> JSON:
    defaults = {**_NODE_DEFAULTS, "name": node.get("name") if node.get("name") in (None, node["id"]) else None}
    return {
        key: node[key]
        for key in _NODE_ORDER
        if key in node and not (key in defaults and _same(node[key], defaults[key]))
    }


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right


def _edge(edge: JSON) -> JSON:
    port = edge.get("source_port", "out")
    middle = {} if port == "out" else {"source_port": port}
    return {"source": edge["source"], **middle, "target": edge["target"]}


def _place(node: JSON) -> JSON | None:
    position = node.get("position") or {}
    x, y = position.get("x", 0), position.get("y", 0)
    return {"x": _whole(x), "y": _whole(y)} if x or y else None


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) and abs(number) < 2**53 else number


def _yaml(document: JSON) -> Iterator[str]:
    """The lines: an empty one between sections, between nodes, and where an edge has another source."""
    for key, value in document.items():
        if key in ("graph", "layout"):
            yield ""
        if key == "graph":
            yield "graph:"
            yield from _yaml_nodes(value["nodes"])
            yield from _yaml_edges(value["edges"])
        else:
            yield from entry(f"{key}:", value, 0)


def _yaml_nodes(nodes: list[JSON]) -> Iterator[str]:
    yield "  nodes:" if nodes else "  nodes: []"
    for index, node in enumerate(nodes):
        if index:
            yield ""
        yield from block([node], 4)


def _yaml_edges(edges: list[JSON]) -> Iterator[str]:
    yield ""
    yield "  edges:" if edges else "  edges: []"
    for index, edge in enumerate(edges):
        if index and edge["source"] != edges[index - 1]["source"]:
            yield ""
        yield f"    - {flow(edge)}"
