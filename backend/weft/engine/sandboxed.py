"""What nodes that run code of the workflow's author have in common, whatever its language."""

from typing import Any, Final

from pydantic import Field

from weft.engine.node import LITERAL, NodeConfig

CODE: Final = (
    "A function body: what it returns is the output. It sees `inputs`, and nothing of the run beside; "
    "`{{ }}` is not filled in here."
)


class SandboxedCode(NodeConfig):
    """A sandboxed call: no network, no files."""

    code: str = Field(description=CODE, json_schema_extra={**LITERAL})
    """Given anew by each language, with an example: the field stays the first."""
    inputs: dict[str, Any] = Field(
        default_factory=dict,
        description="The values that the code sees as `inputs`, by name. Left out: it gets none.",
    )
    timeout_s: float = Field(
        default=5,
        gt=0,
        le=300,
        title="Time limit, seconds",
        description="How long the code may run, at most 300 seconds. Beyond: error `timeout`.",
    )
    memory_mb: int = Field(
        default=64,
        ge=1,
        le=512,
        title="Memory limit, MB",
        description="How much memory the code may take, at most 512 MB. Beyond: error `memory`.",
    )
