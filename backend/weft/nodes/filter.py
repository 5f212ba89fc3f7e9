"""filter: keeps the items for which an expression holds."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from weft.engine.expressions import truthy
from weft.engine.node import NodeConfig, NodeRun, node


class Filter(NodeConfig):
    """`where` is asked for each of `items`, and sees `item` and `index`."""

    items: list[Any]
    where: Annotated[str, Field(json_schema_extra={"x-expression": True, "x-scope": ["item", "index"]})]


class FilterOutput(TypedDict):
    """What was kept, in its order."""

    items: list[Any]
    count: int


@node("filter", title="Filter", category="data", icon="filter", effect="pure", output=FilterOutput)
async def filter_items(config: Filter, run: NodeRun) -> FilterOutput:
    """Keeps the items for which the expression holds."""
    scopes = [{"item": item, "index": index} for index, item in enumerate(config.items)]
    rows = await run.evaluate_each([config.where], list(scopes)) if scopes else []
    kept = [item for item, (holds,) in zip(config.items, rows, strict=True) if truthy(holds)]
    return {"items": kept, "count": len(kept)}
