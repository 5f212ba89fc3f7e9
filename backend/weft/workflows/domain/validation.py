"""What is wrong with a graph: the engine's rules, and whether what it refers to is there."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import Any

from weft.engine.catalog import Catalog
from weft.engine.validation import Report, parse_graph, validate_graph
from weft.kernel.errors import Invalid, invalid_field
from weft.workflows.domain.references import references_of
from weft.workflows.domain.settings import wrong_value

Unknown = Callable[[str, Collection[str]], Awaitable[set[str]]]


def checked_graph(value: Any, pointer: str = "/graph") -> dict[str, Any]:
    """`value` as a graph that can be saved. Raises Invalid with a pointer for each error."""
    if wrong := wrong_value(value, pointer):
        raise invalid_field(wrong.path, wrong.code, wrong.message)
    return parse_graph(value, pointer=pointer).as_json()


async def validate(value: Any, catalog: Catalog, unknown: Unknown) -> Report:
    """All errors and warnings of `value`, a graph or not; `unknown` tells which references lead nowhere."""
    try:
        graph = checked_graph(value)
    except Invalid as error:
        return Report(errors=list(error.errors), warnings=[])
    report = validate_graph(graph, catalog)
    references = references_of(graph, catalog)
    by_kind: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        by_kind[reference.kind].add(reference.id)
    missing = {kind: await unknown(kind, ids) for kind, ids in by_kind.items()}
    errors = [reference.missing() for reference in references if reference.id in missing[reference.kind]]
    return Report(errors=[*report.errors, *errors], warnings=list(report.warnings))


def with_type_versions(graph: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """`graph` with the version of its type in each node that does not name one."""
    nodes = []
    for node in graph["nodes"]:
        node_type = catalog.get(node["type"])
        fresh = node_type is not None and node.get("type_version") is None
        nodes.append({**node, "type_version": node_type.version} if node_type and fresh else node)
    return {**graph, "nodes": nodes}
