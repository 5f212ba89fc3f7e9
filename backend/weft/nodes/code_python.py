"""code_python: a function body in Python, a documented subset, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node
from weft.engine.values import JSON


class CodePython(NodeConfig):
    code: str = Field(json_schema_extra={**LITERAL, "x-language": "python"})
    inputs: dict[str, Any] = Field(default_factory=dict)
    timeout_s: float = Field(default=5, gt=0, le=300)
    memory_mb: int = Field(default=64, ge=1, le=512)


@node("code_python", title="Python", category="data", effect="pure", icon="braces", output=Any)
async def code_python(config: CodePython, run: NodeRun) -> JSON:
    """Runs a function body that sees `inputs` and returns a value; what it prints goes to the log."""
    return await run.python.call(
        config.code,
        config.inputs,
        workspace=run.workspace,
        timeout_s=config.timeout_s,
        memory_mb=config.memory_mb,
        log=lambda line: run.log("print", text=line),
    )
