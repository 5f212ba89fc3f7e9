"""end: names the outputs of the run."""

from typing import Any

from pydantic import Field

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class End(NodeConfig):
    """`outputs`: name → value."""

    outputs: dict[str, Any] = Field(default_factory=dict)


@node("end", title="End", category="control", icon="flag", effect="pure", ports=(), output=dict[str, Any])
async def end(config: End, run: NodeRun) -> JSON:
    """Names the run's outputs. Several ends are merged in the order of the graph's list."""
    return config.outputs
