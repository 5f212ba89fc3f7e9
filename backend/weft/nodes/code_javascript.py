"""code_javascript: a function body in JavaScript, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node
from weft.engine.values import JSON


class CodeJavaScript(NodeConfig):
    """A sandboxed call: no network, no files."""

    code: str = Field(
        description="A function body: what it returns is the output. It sees `inputs`, and nothing of the run beside; "
        "`{{ }}` is not filled in here.",
        examples=["return inputs.numbers.map((number) => number * 2);"],
        json_schema_extra={**LITERAL, "x-language": "javascript"},
    )
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


@node("code_javascript", title="JavaScript", category="data", effect="pure", icon="code-xml", output=Any)
async def code_javascript(config: CodeJavaScript, run: NodeRun) -> JSON:
    """Runs JavaScript in a sandbox and gives what it returns; what `console.log` writes goes to the log."""
    return await run.javascript.call(
        config.code,
        config.inputs,
        workspace=run.workspace,
        moment=run.moment,
        timeout_s=config.timeout_s,
        memory_mb=config.memory_mb,
        log=lambda line: run.log("console", text=line),
    )
