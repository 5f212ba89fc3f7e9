"""What the nodes of a graph refer to by id: credentials, workflows, … (`x-reference` in a config's schema)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from weft.engine.catalog import Catalog
from weft.kernel.errors import FieldError
from weft.workflows.domain.settings import escaped


@dataclass(frozen=True, slots=True)
class Reference:
    """One id in a node's config."""

    node: str
    kind: str
    id: str
    path: str

    def missing(self) -> FieldError:
        """The error where this workspace has no such thing."""
        return FieldError(
            self.path, "unknown_reference", f"This workspace has no {self.kind} with this id.", node=self.node
        )


def references_of(graph: Mapping[str, Any], catalog: Catalog) -> list[Reference]:
    """Every reference in `graph`, in its order. Nodes of unknown types have none."""
    found = []
    for index, node in enumerate(graph["nodes"]):
        node_type = catalog.get(node["type"])
        if node_type is None or not node.get("config"):
            continue
        schema = node_type.config_schema
        for kind, value, path in _walk(schema, schema.get("$defs", {}), node["config"], ""):
            found.append(Reference(node["id"], kind, value, f"/graph/nodes/{index}/config{path}"))
    return found


def _walk(
    schema: Mapping[str, Any], definitions: Mapping[str, Any], value: Any, path: str
) -> Iterator[tuple[str, str, str]]:
    kind = schema.get("x-reference")
    if kind and isinstance(value, str) and value:
        yield kind, value, path
    if kind and isinstance(value, list):
        yield from ((kind, item, f"{path}/{n}") for n, item in enumerate(value) if isinstance(item, str))
    if target := definitions.get(str(schema.get("$ref", "")).removeprefix("#/$defs/")):
        yield from _walk(target, definitions, value, path)
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _walk(branch, definitions, value, path)
    if isinstance(value, dict):
        for key, below in schema.get("properties", {}).items():
            if key in value:
                yield from _walk(below, definitions, value[key], f"{path}/{escaped(key)}")
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for number, item in enumerate(value):
            yield from _walk(schema["items"], definitions, item, f"{path}/{number}")
