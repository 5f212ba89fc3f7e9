"""Python for code nodes: the engine's `Python`, over Monty workers in killable process groups."""

import shutil
import struct
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from weft.engine.errors import NodeError
from weft.engine.values import JSON
from weft.platform.sandbox import values
from weft.platform.sandbox.child_process import ChildDied, ChildTimeout, Start, library_paths
from weft.platform.sandbox.printed import tell
from weft.platform.sandbox.processes import ChildPool, cores

_MODULE: Final = "weft.platform.sandbox.child.python"
_HEAD: Final = struct.Struct("<dII")
_GRACE_S: Final = 0.5
_NOWHERE: Final = {"line": None, "column": None, "name": None}

Log = Callable[[str], None]


class PythonPool:
    """Implements engine.capabilities.Python. Children start with the first call."""

    def __init__(self, processes: int | None = None) -> None:
        self._children = ChildPool(_start, processes or cores(), nice=5)

    @property
    def pids(self) -> tuple[int, ...]:
        """The children alive now; each leads the process group of its worker."""
        return self._children.pids

    async def start(self) -> None:
        """Start every child now."""
        await self._children.start()

    async def close(self) -> None:
        """Kill every child with its worker, and wait for the end."""
        await self._children.close()

    async def call(
        self,
        code: str,
        inputs: JSON,
        *,
        workspace: str,
        timeout_s: float,
        memory_mb: int,
        log: Log | None = None,
    ) -> JSON:
        """As the Protocol says. `log` gets what `print` writes, the first 64 KiB of it."""
        try:
            text = values.encode(inputs)
            source = code.encode()
        except (values.NotJson, UnicodeEncodeError) as error:
            raise NodeError("code", f"The code or its inputs cannot be sent: {error}", details=dict(_NOWHERE)) from None
        message = _HEAD.pack(timeout_s, memory_mb, len(source)) + source + text
        if len(message) > memory_mb * 1024 * 1024:
            raise NodeError("memory", f"The inputs take more than {memory_mb} MiB.")
        try:
            answer = await self._children.ask(message, workspace=workspace, wall_s=timeout_s + _GRACE_S)
        except ChildTimeout:
            raise NodeError("timeout", f"The code took more than {timeout_s:g} s.") from None
        except ChildDied as error:
            raise NodeError("code", f"The sandbox of the code ended: {error}.", details=dict(_NOWHERE)) from None
        return _value(answer, log, timeout_s, memory_mb)


def _value(answer: bytes, log: Log | None, timeout_s: float, memory_mb: int) -> JSON:
    try:
        found: dict[str, Any] = values.decode(answer)
    except values.NotJson as error:
        raise NodeError("code", f"The result cannot be kept: {error}.", details=dict(_NOWHERE)) from None
    tell(found["log"].splitlines(), log)
    if "e" not in found:
        return found["v"]
    problem = found["e"]
    if problem["type"] == "timeout":
        raise NodeError("timeout", f"The code took more than {timeout_s:g} s.")
    if problem["type"] == "memory":
        raise NodeError("memory", f"The code needs more than {memory_mb} MiB.")
    details = {key: problem[key] for key in ("line", "column", "name")}
    raise NodeError("code", f"{problem['name']}: {problem['message']}", details=details)


def _start() -> Start:
    return Start(_MODULE, (_binary(),), library_paths("pydantic_monty", "typing_extensions"))


def _binary() -> str:
    """Monty's worker, as its wheel installs it beside the interpreter's scripts."""
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (folder / "monty").is_file():
            return str(folder / "monty")
    found = shutil.which("monty")
    if found is None:
        raise ChildDied("the worker of pydantic-monty is not installed")
    return found
