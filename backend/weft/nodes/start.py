"""start: where a run begins; its inputs come out."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON


class Start(NodeConfig):
    """`inputs_schema` is a JSON Schema: what the run may be started with. Empty: anything."""

    inputs_schema: dict[str, Any] = Field(
        default_factory=dict,
        description="The inputs that a run is started with, as a JSON Schema: checked, with its defaults filled in. "
        "Left out: anything may be given.",
        json_schema_extra={"x-literal": True, "x-json-schema": True},
    )


def inputs_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of the inputs is that of the output."""
    schema = config.get("inputs_schema")
    return schema if isinstance(schema, dict) else {}


@node(
    "start", title="Start", category="control", icon="play", effect="pure", output=dict[str, Any],
    output_schema_of=inputs_of,
)  # fmt: skip
async def start(config: Start, run: NodeRun) -> JSON:
    """Begins the run; its output is the run's inputs, with defaults filled in."""
    return run.inputs
