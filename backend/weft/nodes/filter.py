"""filter: keeps the items for which an expression holds."""

from typing import Annotated, Any

from pydantic import Field
from typing_extensions import TypedDict

from weft.engine.expressions import truthy
from weft.engine.node import NodeConfig, NodeRun, node


class Filter(NodeConfig):
    """`where` is asked for each of `items`, and sees `item` and `index`."""

    items: list[Any] = Field(
        description="The items to choose from, mostly one whole `{{ }}` that gives a list.",
        examples=["{{ orders.items }}"],
    )
    where: str = Field(
        description="JavaScript asked for each item; sees `item` and `index`. Where it is truthy, the item is kept.",
        examples=["item.price > 100"],
        json_schema_extra={"x-expression": True, "x-scope": ["item", "index"]},
    )


class FilterOutput(TypedDict):
    """What was kept, in its order."""

    items: Annotated[list[Any], Field(description="The items that were kept, in their order.")]
    count: Annotated[int, Field(description="How many were kept.")]


@node("filter", title="Filter", category="data", icon="filter", effect="pure", output=FilterOutput)
async def filter_items(config: Filter, run: NodeRun) -> FilterOutput:
    """Keeps the items of a list for which an expression holds."""
    scopes = [{"item": item, "index": index} for index, item in enumerate(config.items)]
    rows = await run.evaluate_each([config.where], list(scopes))
    kept = [item for item, (holds,) in zip(config.items, rows, strict=True) if truthy(holds)]
    return {"items": kept, "count": len(kept)}
