"""transform: one JavaScript expression."""

from typing import Any

from pydantic import Field

from weft.engine.node import Expression, NodeConfig, NodeRun, node
from weft.engine.values import JSON, UNDEFINED


class Transform(NodeConfig):
    """`expression` is JavaScript; what it gives is the output."""

    expression: Expression = Field(
        description="JavaScript; what it gives is the output. Sees the outputs of earlier nodes by their ids, `input` "
        "and `vars`.",
        examples=["fetch.body.orders.map((order) => order.id)"],
    )


@node("transform", title="Transform", category="data", icon="wand", effect="pure", output=Any)
async def transform(config: Transform, run: NodeRun) -> JSON:
    """Works out a new value with a JavaScript expression."""
    value = await run.evaluate(config.expression)
    return None if value is UNDEFINED else value
