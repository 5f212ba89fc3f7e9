"""code_javascript: a function body in JavaScript, in a sandbox."""

from typing import Any

from pydantic import Field

from weft.engine.node import LITERAL, NodeRun, node
from weft.engine.sandboxed import CODE, SandboxedCode
from weft.engine.values import JSON


class CodeJavaScript(SandboxedCode):
    """A sandboxed call: no network, no files."""

    code: str = Field(
        description=CODE,
        examples=["return inputs.numbers.map((number) => number * 2);"],
        json_schema_extra={**LITERAL, "x-language": "javascript"},
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
