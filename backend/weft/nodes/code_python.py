"""code_python: a function body in Python, a documented subset, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeRun, node
from weft.engine.sandboxed import CODE, SandboxedCode
from weft.engine.values import JSON


class CodePython(SandboxedCode):
    """A sandboxed call: no network, no files."""

    code: str = Field(
        description=CODE,
        examples=['return [number * 2 for number in inputs["numbers"]]'],
        json_schema_extra={**LITERAL, "x-language": "python"},
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
