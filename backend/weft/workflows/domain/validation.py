"""What is wrong with a graph: the engine's rules, and whether what it refers to is there."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from weft.engine.catalog import Catalog
from weft.engine.validation import Report, parse_graph, validate_graph
from weft.kernel.errors import invalid_field
from weft.workflows.domain.settings import wrong_value

Unknown = Callable[[str, Collection[str]], Awaitable[set[str]]]


def checked_graph(value: Any, pointer: str = "/graph") -> dict[str, Any]:
    """`value` as a graph that can be saved. Raises Invalid with a pointer for each error."""
    if wrong := wrong_value(value, pointer):
        raise invalid_field(wrong.path, wrong.code, wrong.message)
    return parse_graph(value, pointer=pointer).as_json()


async def validate(value: Any, catalog: Catalog, unknown: Unknown) -> Report:
    """All errors and warnings of `value`, a graph or not; `unknown` tells which references lead nowhere."""
    if wrong := wrong_value(value, "/graph"):
        return Report([wrong], [])
    named: dict[str, set[str]] = defaultdict(set)

    def note(kind: str, name: str) -> bool:
        named[kind].add(name)
        return True

    report = validate_graph(value, catalog, note)
    missing = {kind: await unknown(kind, ids) for kind, ids in named.items()}
    if not any(missing.values()):
        return report
    return validate_graph(value, catalog, lambda kind, name: name not in missing.get(kind, ()))


def with_type_versions(graph: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """`graph` with the version of its type in each node that does not name one."""
    nodes = []
    for node in graph["nodes"]:
        node_type = catalog.get(node["type"])
        fresh = node_type is not None and node.get("type_version") is None
        nodes.append({**node, "type_version": node_type.version} if node_type and fresh else node)
    return {**graph, "nodes": nodes}
