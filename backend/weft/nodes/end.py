"""end: names the outputs of the run."""

from typing import Any

from pydantic import Field

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class End(NodeConfig):
    """`outputs`: name → value."""

    outputs: dict[str, Any] = Field(
        default_factory=dict,
        description="The run's outputs by name, each a text with `{{ }}` or any JSON. Left out: it adds none.",
    )


@node("end", title="End", category="control", icon="flag", effect="pure", ports=(), output=dict[str, Any])
async def end(config: End, run: NodeRun) -> JSON:
    """Gives the run its outputs. Those of several ends are merged, in the order of the graph's list."""
    return config.outputs
