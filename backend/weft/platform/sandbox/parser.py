"""Parsing in killable children: the engine's `Parser`."""

import asyncio
import struct
from collections.abc import Mapping
from typing import Any, Final

import orjson

from weft.engine.errors import NodeError
from weft.engine.values import JSON
from weft.platform.sandbox.child_process import ChildDied, ChildTimeout, Start, library_paths
from weft.platform.sandbox.processes import ChildPool, cores

_MODULE: Final = "weft.platform.sandbox.child.parser"
_HEAD: Final = struct.Struct("<dI")
_CPU_S: Final = 30.0
_WALL_S: Final = 60.0
_MEMORY_MIB: Final = 384
_AT_ONCE: Final = 64 * 1024


class ParserPool:
    """Implements engine.capabilities.Parser. Children start with the first call."""

    def __init__(self, processes: int | None = None, *, cpu_s: float = _CPU_S, memory_mib: int = _MEMORY_MIB) -> None:
        libraries = library_paths("orjson", "ruamel.yaml")
        self._children = ChildPool(lambda: Start(_MODULE, (memory_mib,), libraries), processes or cores(), nice=5)
        self._cpu_s = cpu_s

    @property
    def pids(self) -> tuple[int, ...]:
        """The children alive now."""
        return self._children.pids

    async def close(self) -> None:
        """Kill every child and wait for its end."""
        await self._children.close()

    async def parse(self, form: str, text: str, options: Mapping[str, Any], *, workspace: str) -> JSON:
        """As the Protocol says. The value is put together piece by piece, so that the event loop goes on."""
        head = orjson.dumps([form, dict(options)])
        message = _HEAD.pack(self._cpu_s, len(head)) + head + text.encode("utf-8", "replace")
        try:
            answer = await self._children.ask(message, workspace=workspace, wall_s=_WALL_S)
        except ChildTimeout:
            raise NodeError("timeout", f"Reading the text took more than {self._cpu_s:g} s.") from None
        except ChildDied as error:
            raise NodeError("memory", f"The process that read the text ended: {error}.") from None
        return await _built(memoryview(answer))


async def _built(answer: memoryview) -> JSON:
    builder = _Builder()
    at = done = 0
    while at < len(answer):
        (size,) = struct.unpack_from("<I", answer, at)
        builder.take(answer[at + 4 : at + 5], answer[at + 5 : at + 4 + size])
        at += 4 + size
        if at - done > _AT_ONCE:
            done = at
            await asyncio.sleep(0)
    return builder.root[0]


class _Builder:
    """Follows the operations of `child.parser.operations`."""

    def __init__(self) -> None:
        self.root: list[JSON] = []
        self.open: list[Any] = [self.root]
        self.key: str | None = None

    def take(self, letter: memoryview, text: memoryview) -> None:
        value = orjson.loads(text)
        match bytes(letter):
            case b"v":
                self._put(value)
            case b"l":
                self.open[-1].extend(value)
            case b"d":
                self.open[-1].update(value)
            case b"k":
                self.key = value
            case b"[" | b"{" as kind:
                inner: Any = [] if kind == b"[" else {}
                self._put(inner)
                self.open.append(inner)
            case b"]":
                self.open.pop()
            case _:
                raise NodeError(value["type"], value["message"], details=value["details"])

    def _put(self, value: JSON) -> None:
        above = self.open[-1]
        if isinstance(above, dict):
            above[self.key] = value
        else:
            above.append(value)
