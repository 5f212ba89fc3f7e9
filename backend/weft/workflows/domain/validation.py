"""What is wrong with a graph: the engine's rules, and whether what it refers to is there."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Final, TypeVar

from weft.engine.catalog import Catalog
from weft.engine.validation import Report, parse_graph, validate_graph
from weft.kernel.errors import invalid_field
from weft.workflows.domain.settings import wrong_value

LARGE: Final = 8192
Result = TypeVar("Result")
Unknown = Callable[[str, Collection[str]], Awaitable[set[str]]]


async def checked_graph(value: Any) -> dict[str, Any]:
    """`value` as a graph that can be saved; a large one is looked at in a thread. Raises Invalid with a pointer for
    each error."""
    return await apart(_checked, value)


def _checked(value: Any) -> dict[str, Any]:
    if wrong := wrong_value(value, "/graph"):
        raise invalid_field(wrong.path, wrong.code, wrong.message)
    return parse_graph(value, pointer="/graph").as_json()


async def validate(value: Any, catalog: Catalog, unknown: Unknown) -> Report:
    """All errors and warnings of `value`, a graph or not; `unknown` tells which references lead nowhere."""
    named: dict[str, set[str]] = defaultdict(set)

    def note(kind: str, name: str) -> bool:
        named[kind].add(name)
        return True

    report = await apart(_report, value, catalog, note)
    missing = {kind: await unknown(kind, ids) for kind, ids in named.items()}
    if not any(missing.values()):
        return report
    return await apart(validate_graph, value, catalog, lambda kind, name: name not in missing.get(kind, ()))


async def apart(work: Callable[..., Result], *given: Any) -> Result:
    """What `work` answers to `given`; where that holds a large graph it works in a thread, so that the event loop goes
    on."""
    return await asyncio.to_thread(work, *given) if is_large(list(given)) else work(*given)


def _report(value: Any, catalog: Catalog, known: Callable[[str, str], bool]) -> Report:
    if wrong := wrong_value(value, "/graph"):
        return Report([wrong], [])
    return validate_graph(value, catalog, known)


def is_large(value: Any) -> bool:
    """Whether a pass over it takes noticeable time: more than 8 Ki of characters and values."""
    left, waiting = LARGE, [value]
    while waiting and left > 0:
        item = waiting.pop()
        left -= len(item) + 1 if isinstance(item, str | list | dict) else 1
        if isinstance(item, dict):
            left -= sum(map(len, item))
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item
    return left <= 0


def with_type_versions(graph: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """`graph` with the version of its type in each node that does not name one."""
    nodes = []
    for node in graph["nodes"]:
        node_type = catalog.get(node["type"])
        fresh = node_type is not None and node.get("type_version") is None
        nodes.append({**node, "type_version": node_type.version} if node_type and fresh else node)
    return {**graph, "nodes": nodes}
