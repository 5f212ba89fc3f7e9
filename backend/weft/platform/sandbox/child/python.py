"""The start of a Python child: it holds one Monty worker, a process of its own, in its process group.

Message: `<dII` (seconds, memory in MiB, length of the code), the code, then the inputs as JSON text.
Answer: JSON text `{"v": …, "log": text}`, or `{"e": {type, name, message, line, column}, "log": text}`.
"""

import ast
import json
import os
import resource
import signal
import struct
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from weft.engine.code import python_fault
from weft.platform.sandbox.child import confinement

_HEAD = struct.Struct("<dII")
_LOG_BYTES = 64 * 1024
_RECURSION = 500
_OWN_MEMORY_MIB = 512
_CALL = (
    "\n pass\nimport json as __weft_json\n"
    "__weft_json.dumps(__weft_body(__weft_json.loads(__weft_inputs)), allow_nan=False)"
)
_TIME_LIMITS = ("feed time limit exceeded", "turn time limit exceeded", "sleep limit exceeded")


def serve(parent: int, binary: str) -> None:
    """Answer messages until the channel ends, then end the whole process group, a busy worker included."""
    signal.signal(signal.SIGTERM, lambda *_: _end())
    confinement.leave(parent, die=int(signal.SIGTERM))
    import pydantic_monty

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with pydantic_monty.Monty(binary_path=binary, min_processes=1, max_processes=1) as pool:
        with pool.checkout() as session:
            session.feed_run("import json")
            worker = session.worker_pid or _end()
        runner = _Runner(pydantic_monty, pool, worker, confinement.address_space(worker))
        confinement.limit_memory(_OWN_MEMORY_MIB, confinement.address_space())
        confinement.close_files(worker)
        confinement.close_files()
        confinement.write_frame(b"ready")
        while (message := confinement.read_frame()) is not None:
            threading.Thread(target=runner.answer, args=(message,), daemon=True).start()
        _end()


def _end() -> int:
    os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


@dataclass
class _Log:
    """What `print` wrote, up to a cap; the rest is dropped."""

    parts: list[bytes] = field(default_factory=list)
    room: int = _LOG_BYTES

    def write(self, _stream: str, text: str) -> None:
        if self.room > 0:
            part = text.encode("utf-8", "replace")[: self.room]
            self.parts.append(part)
            self.room -= len(part)

    def text(self) -> str:
        return b"".join(self.parts).decode("utf-8", "ignore")


@dataclass
class _Runner:
    """Runs one message at a time in a thread, so that the main thread sees the end of the channel."""

    monty: Any
    pool: Any
    worker: int
    worker_pages: int

    def answer(self, message: bytes) -> None:
        timeout_s, memory_mib, size = _HEAD.unpack_from(message)
        code = message[_HEAD.size : _HEAD.size + size].decode()
        inputs = message[_HEAD.size + size :].decode()
        confinement.limit_memory(memory_mib, self.worker_pages, self.worker)
        # clock_getcpuclockid(3): the worker's CPU clock, which needs no descriptor
        confinement.limit_cpu(time.clock_gettime((~self.worker << 3) | 2) + timeout_s + 1, self.worker)
        log = _Log()
        try:
            value = self._run(code, inputs, timeout_s, memory_mib, log)
        except self.monty.MontyError as error:
            problem = _problem(error, code)
            limited = problem["type"] != "code"
            confinement.write_frame(json.dumps({"e": problem, "log": log.text()}).encode(), last=limited)
            if limited:
                _end()  # Monty: after a limit nothing is promised about the worker's heap
            return
        confinement.write_frame(b'{"v":%b,"log":%b}' % (value.encode(), json.dumps(log.text()).encode()))

    def _run(self, code: str, inputs: str, timeout_s: float, memory_mib: int, log: _Log) -> str:
        limits = {
            "max_feed_duration_secs": timeout_s,
            "max_total_sleep_secs": timeout_s,
            "max_memory": memory_mib * 1024 * 1024,
            "max_recursion_depth": _RECURSION,
        }
        source = "def __weft_body(inputs):\n" + indented(code) + _CALL
        with self.pool.checkout(limits=limits, os_policy={"sleep_system_max": float("inf")}) as session:
            return str(session.feed_run(source, inputs={"__weft_inputs": inputs}, print_callback=log.write))


def indented(code: str) -> str:
    """`code` one space to the right, but for the lines that begin inside a string."""
    inside = _lines_inside_strings(code)
    return "\n".join(line if number in inside else " " + line for number, line in enumerate(code.split("\n"), 1))


def _lines_inside_strings(code: str) -> set[int]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()  # Monty has the last word, and says where
    lines: set[int] = set()
    for found in ast.walk(tree):
        text = isinstance(found, ast.JoinedStr) or (
            isinstance(found, ast.Constant) and isinstance(found.value, str | bytes)
        )
        if text and found.end_lineno is not None:  # type: ignore[attr-defined]
            lines.update(range(found.lineno + 1, found.end_lineno + 1))  # type: ignore[attr-defined]
    return lines


def _problem(error: Any, code: str) -> dict[str, Any]:
    inner = error.exception()
    name = type(inner).__name__
    message = str(inner)[:1000]
    count = code.count("\n") + 1
    frames = error.traceback() if hasattr(error, "traceback") else []
    own = [frame for frame in frames if 1 <= frame.line - 1 <= count]
    kind = "code"
    if getattr(error, "timed_out", False) or (name == "TimeoutError" and message.startswith(_TIME_LIMITS)):
        kind = "timeout"
    elif name == "MemoryError" or not hasattr(error, "traceback"):
        kind = "memory"  # a worker that dies under its address space limit dies without a traceback
    line, column = (own[-1].line - 1, max(own[-1].column - 1, 1)) if own else (None, None)
    if name == "SyntaxError" and line is None and (fault := python_fault(code)):
        # found behind the code's end: there Monty tells of what we put around it
        message, line, column = fault.message, fault.line, fault.column
    return {"type": kind, "name": name, "message": message, "line": line, "column": column}
