"""JavaScript for expressions and code nodes: the engine's `JavaScript`, over QuickJS in killable children."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from weft.engine.capabilities import Moment
from weft.engine.errors import NodeError
from weft.engine.values import JSON, UNDEFINED
from weft.kernel.identifiers import is_identifier
from weft.platform.sandbox import values
from weft.platform.sandbox.child_process import ChildDied, ChildTimeout, Start, library_paths, parts
from weft.platform.sandbox.printed import tell
from weft.platform.sandbox.processes import ChildPool, cores

_MODULE: Final = "weft.platform.sandbox.child.javascript"
_HEAD: Final = struct.Struct("<QddQI")
_MIB: Final = 1024 * 1024
_EXPRESSION_MEMORY: Final = 32 * _MIB
_CPU_S: Final = 0.1
_WALL_S: Final = 1.0
_CPU_PER_SCOPE_S: Final = 0.001
_MOST_CPU_S: Final = 1.0
_CHUNK_SCOPES: Final = 1000
_CHUNK_BYTES: Final = 2 * _MIB
_MASK: Final = 2**64 - 1
_FRAME: Final = re.compile(r"at (?:(?P<function>\S+) )?\(?<input>:(?P<line>\d+):(?P<column>\d+)\)?")
_THROWS_NULL: Final = re.compile(r"(throw|reject)[\s(]*null")
_OURS: Final = frozenset({"refuse", "FixedDate"})
_BEFORE_LINES: Final = 2
_BEFORE_EXPRESSION: Final = len('"use strict";return(')

Log = Callable[[str], None]


class JavaScriptPool:
    """Implements engine.capabilities.JavaScript. Children start with the first call, or with `start()`.

    Expressions have children of their own, so that code nodes which run for minutes do not hold them up.
    """

    def __init__(self, processes: int | None = None) -> None:
        size = processes or cores()
        self._expressions = ChildPool(lambda: _start(frozen=True), size)
        self._code = ChildPool(lambda: _start(frozen=False), size, nice=5)

    @property
    def pids(self) -> tuple[int, ...]:
        """The children alive now."""
        return self._expressions.pids + self._code.pids

    async def start(self) -> None:
        """Start the children for expressions; those for code follow at the first code node."""
        await self._expressions.start()

    async def close(self) -> None:
        """Kill every child and wait for its end."""
        await self._expressions.close()
        await self._code.close()

    async def evaluate(
        self, expressions: Sequence[str], scope: Mapping[str, JSON], *, workspace: str, moment: Moment
    ) -> list[JSON]:
        """As the Protocol says. Only the names that an expression mentions travel to the child."""
        if not expressions:
            return []
        names = _mentioned(expressions, scope)
        texts = [_encode(scope[name]) for name in names]
        payload = [b"evaluate", _encode(list(expressions)), _encode(names), *texts]
        answer = await self._ask(payload, moment, _CPU_S, _WALL_S, workspace, expressions)
        return _values(answer)

    async def evaluate_each(
        self,
        expressions: Sequence[str],
        scopes: Sequence[Mapping[str, JSON]],
        shared: Mapping[str, JSON],
        *,
        workspace: str,
        moment: Moment,
    ) -> list[list[JSON]]:
        """As the Protocol says: up to 1,000 scopes or 2 MiB a message, 100 ms and 1 ms a scope each."""
        if not expressions:
            return [[] for _ in scopes]
        own = _mentioned(expressions, {name: None for scope in scopes for name in scope})
        common = _mentioned(expressions, shared)
        names = list(dict.fromkeys([*own, *common]))
        head = [b"each", *map(_encode, (list(expressions), names, common))]
        head += [_encode(shared[name]) for name in common]
        results: list[list[JSON]] = []
        width = len(expressions)
        for number, chunk in enumerate(_chunks(scopes, own)):
            cpu_s = min(_CPU_S + _CPU_PER_SCOPE_S * len(chunk), _MOST_CPU_S)
            later = Moment(moment.now_ms, moment.seed + number)
            answer = await self._ask([*head, *chunk], later, cpu_s, cpu_s + _WALL_S, workspace, expressions)
            flat = _values(answer)
            results += [flat[start : start + width] for start in range(0, len(flat), width)]
        return results

    async def _ask(
        self,
        payload: list[bytes],
        moment: Moment,
        cpu_s: float,
        wall_s: float,
        workspace: str,
        expressions: Sequence[str],
    ) -> dict[str, Any]:
        if sum(map(len, payload)) > _EXPRESSION_MEMORY:
            raise NodeError("memory", "The values in these expressions take more than 32 MiB.")
        message = _message(payload, moment, _EXPRESSION_MEMORY, cpu_s)
        try:
            answer = await self._expressions.ask(message, workspace=workspace, wall_s=wall_s)
        except ChildTimeout:
            limit = f"{cpu_s * 1000:.0f} ms of CPU or {wall_s:.0f} s"
            raise NodeError("timeout", f"An expression of this node took more than {limit}.") from None
        except ChildDied as error:
            raise NodeError("expression", f"The sandbox of an expression ended: {error}.") from None
        found = _decode(answer, "expression")
        if "e" in found:
            raise _expression_error(found["e"], expressions)
        return found

    async def call(
        self,
        code: str,
        inputs: JSON,
        *,
        workspace: str,
        moment: Moment,
        timeout_s: float,
        memory_mb: int,
        log: Log | None = None,
    ) -> JSON:
        """As the Protocol says; undefined is None. `log` gets what `console.log` writes."""
        payload = [b"call", code.encode("utf-8", "replace"), _encode(inputs)]
        if sum(map(len, payload)) > memory_mb * _MIB:
            raise NodeError("memory", f"The inputs take more than {memory_mb} MiB.")
        message = _message(payload, moment, memory_mb * _MIB, timeout_s)
        try:
            answer = await self._code.ask(message, workspace=workspace, wall_s=timeout_s)
        except ChildTimeout:
            raise NodeError("timeout", f"The code took more than {timeout_s:g} s.") from None
        except ChildDied as error:
            raise NodeError("code", f"The sandbox of the code ended: {error}.", details=_place(None)) from None
        found = _decode(answer, "code")
        tell(found.get("log") or [], log)
        if "e" in found:
            raise _code_error(found["e"], code, memory_mb)
        value = _values(found)[0]
        return None if value is UNDEFINED else value


def _start(*, frozen: bool) -> Start:
    return Start(_MODULE, (frozen,), library_paths("_quickjs"))


def _message(payload: list[bytes], moment: Moment, memory: int, cpu_s: float) -> bytes:
    return _HEAD.pack(memory, cpu_s, moment.now_ms, moment.seed & _MASK, len(payload)) + parts(payload)


def _mentioned(expressions: Sequence[str], names: Mapping[str, JSON]) -> list[str]:
    """The names that stand anywhere in the expressions; all of them where one is spelled with an escape."""
    text = "\n".join(expressions)
    found = [name for name in names if name in text or "\\" in text]
    return [name for name in found if is_identifier(name)]


def _encode(value: JSON) -> bytes:
    """JSON text; nothing for undefined."""
    if value is UNDEFINED:
        return b""
    try:
        return values.encode(value)
    except values.NotJson as error:
        raise NodeError("expression", f"A value in scope is not JSON: {error}") from None


def _chunks(scopes: Sequence[Mapping[str, JSON]], names: list[str]) -> Iterator[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for scope in scopes:
        absent = [name for name in names if scope.get(name) is UNDEFINED]
        present = {name: scope[name] for name in names if name in scope and name not in absent}
        text = _encode([present, absent])
        if chunk and (len(chunk) == _CHUNK_SCOPES or size + len(text) > _CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk


def _decode(answer: bytes, kind: str) -> dict[str, Any]:
    try:
        found = values.decode(answer)
    except values.NotJson as error:
        details = _place(None) if kind == "code" else None
        raise NodeError(kind, f"The result cannot be kept: {error}.", details=details) from None
    return dict(found)


def _values(answer: dict[str, Any]) -> list[JSON]:
    found = list(answer["v"])
    for index in answer["u"]:
        found[index] = UNDEFINED
    return found


def _is_memory(problem: dict[str, Any], source: str) -> bool:
    if problem["name"] == "null":  # thrown when not even an error fits into the heap any more
        return _THROWS_NULL.search(source) is None
    return bool(problem["name"] == "InternalError" and problem["message"] == "out of memory")


def _text(problem: dict[str, Any]) -> str:
    return f"{problem['name']}: {problem['message']}"


def _frame(problem: dict[str, Any], lines: int) -> tuple[int, int] | None:
    """Where it happened, in the user's own text: line and column from 1."""
    for match in _FRAME.finditer(problem.get("stack", "")):
        line = int(match["line"]) - _BEFORE_LINES
        if 1 <= line <= lines and match["function"] not in _OURS:
            return line, int(match["column"])
    return None


def _expression_error(problem: dict[str, Any], expressions: Sequence[str]) -> NodeError:
    if _is_memory(problem, "\n".join(expressions)):
        return NodeError("memory", "An expression of this node needs more than 32 MiB.")
    details: dict[str, Any] = {}
    index = problem.get("index")
    if isinstance(index, int) and index >= 0:
        expression = expressions[index % len(expressions)]
        details["expression"] = expression[:500]
        if place := _frame(problem, expression.count("\n") + 1):
            line, column = place
            details |= {"line": line, "column": max(1, column - _BEFORE_EXPRESSION) if line == 1 else column}
    return NodeError("expression", _text(problem), details=details)


def _place(name: str | None, line: int | None = None, column: int | None = None) -> dict[str, Any]:
    return {"line": line, "column": column, "name": name}


def _code_error(problem: dict[str, Any], code: str, memory_mb: int) -> NodeError:
    if _is_memory(problem, code):
        return NodeError("memory", f"The code needs more than {memory_mb} MiB.")
    line, column = _frame(problem, code.count("\n") + 1) or (None, None)
    return NodeError("code", _text(problem), details=_place(problem["name"], line, column))
