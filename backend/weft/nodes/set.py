"""set: names values."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class Set(NodeConfig):
    """`values`: name → value."""

    values: dict[str, Any] = Field(
        default_factory=dict,
        description="The values of the output by name, each a text with `{{ }}` or any JSON. Left out: none.",
    )


def schema_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The names that are set, and no others."""
    values = config.get("values")
    names = list(values) if isinstance(values, dict) else []
    return {
        "type": "object",
        "properties": {name: {"description": f"The value `{name}`."} for name in names},
        "required": names,
        "additionalProperties": False,
    }


@node(
    "set", title="Set", category="data", icon="pencil", effect="pure", output=dict[str, Any],
    output_schema_of=schema_of,
)  # fmt: skip
async def set_values(config: Set, run: NodeRun) -> JSON:
    """Gives values names, for the nodes after it to read."""
    return config.values
