"""code_python: a function body in Python, a documented subset, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeConfig, NodeRun, node
from weft.engine.values import JSON


class CodePython(NodeConfig):
    """A sandboxed call: no network, no files."""

    code: str = Field(
        description="A function body: what it returns is the output. It sees `inputs`, and nothing of the run beside; "
        "`{{ }}` is not filled in here.",
        examples=['return [number * 2 for number in inputs["numbers"]]'],
        json_schema_extra={**LITERAL, "x-language": "python"},
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


@node("code_python", title="Python", category="data", effect="pure", icon="terminal", output=Any)
async def code_python(config: CodePython, run: NodeRun) -> JSON:
    """Runs Python, a documented part of it, in a sandbox and gives what it returns; what it prints goes to the log."""
    return await run.python.call(
        config.code,
        config.inputs,
        workspace=run.workspace,
        timeout_s=config.timeout_s,
        memory_mb=config.memory_mb,
        log=lambda line: run.log("print", text=line),
    )
