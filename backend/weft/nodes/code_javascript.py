"""code_javascript: a function body in JavaScript, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node
from weft.engine.values import JSON


class CodeJavaScript(NodeConfig):
    code: str = Field(json_schema_extra={**LITERAL, "x-language": "javascript"})
    inputs: dict[str, Any] = Field(default_factory=dict)
    timeout_s: float = Field(default=5, gt=0, le=300)
    memory_mb: int = Field(default=64, ge=1, le=512)


@node("code_javascript", title="JavaScript", category="data", effect="pure", icon="braces", output=Any)
async def code_javascript(config: CodeJavaScript, run: NodeRun) -> JSON:
    """Runs a function body that sees `inputs` and returns a value; what `console.log` writes goes to the log."""
    return await run.javascript.call(
        config.code,
        config.inputs,
        workspace=run.workspace,
        moment=run.moment,
        timeout_s=config.timeout_s,
        memory_mb=config.memory_mb,
        log=lambda line: run.log("console", text=line),
    )
