"""set: names values."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class Set(NodeConfig):
    """`values`: name → value."""

    values: dict[str, Any] = Field(default_factory=dict)


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The names that are set, and no others."""
    values = config.get("values")
    names = list(values) if isinstance(values, dict) else []
    return {
        "type": "object",
        "properties": {name: {} for name in names},
        "required": names,
        "additionalProperties": False,
    }


@node(
    "set", title="Set", category="data", icon="pencil", effect="pure", output=dict[str, Any],
    output_schema_of=schema_of,
)  # fmt: skip
async def set_values(config: Set, run: NodeRun) -> JSON:
    """Gives the values by their names."""
    return config.values
