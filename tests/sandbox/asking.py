"""Short ways to ask a pool, and to look at processes."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from weft.engine.capabilities import Moment
from weft.engine.errors import NodeError
from weft.platform.sandbox.javascript import JavaScriptPool

MOMENT = Moment(1_700_000_000_000, 42)


class Asking:
    """A pool with its workspace and moment filled in."""

    def __init__(self, pool: JavaScriptPool) -> None:
        self.pool = pool

    async def value(self, expression: str, scope: Mapping[str, Any] | None = None, workspace: str = "one") -> Any:
        return (await self.pool.evaluate([expression], scope or {}, workspace=workspace, moment=MOMENT))[0]

    async def error(self, expression: str, scope: Mapping[str, Any] | None = None) -> NodeError:
        with pytest.raises(NodeError) as caught:
            await self.value(expression, scope)
        return caught.value

    async def call(self, code: str, inputs: Any = None, timeout_s: float = 5, memory_mb: int = 64, **more: Any) -> Any:
        return await self.pool.call(
            code, inputs, workspace="one", moment=MOMENT, timeout_s=timeout_s, memory_mb=memory_mb, **more
        )


async def outcome(asked: Awaitable[Any]) -> Any:
    """What is given, or the NodeError that is raised."""
    try:
        return await asked
    except NodeError as error:
        return error


async def until(condition: Callable[[], bool], within_s: float = 30) -> None:
    """Wait for `condition`, at most `within_s` seconds."""
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end, "the condition never held"
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process of that id runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> set[int]:
    """Every process below `pid`, whoever started it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}
