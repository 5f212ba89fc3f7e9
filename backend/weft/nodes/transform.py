"""transform: one JavaScript expression."""

from typing import Any

from weft.engine.node import Expression, NodeConfig, NodeRun, node
from weft.engine.values import JSON, UNDEFINED


class Transform(NodeConfig):
    """`expression` is JavaScript; what it gives is the output."""

    expression: Expression


@node("transform", title="Transform", category="data", icon="wand", effect="pure", output=Any)
async def transform(config: Transform, run: NodeRun) -> JSON:
    """Gives what a JavaScript expression gives."""
    value = await run.evaluate(config.expression)
    return None if value is UNDEFINED else value
