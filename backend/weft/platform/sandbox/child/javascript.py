"""The start of a JavaScript child: one fresh realm for each message, made before the message comes.

Message: `<QddQI` (memory in bytes, CPU in seconds, now in epoch ms, seed, number of parts), then each part
with its length (`<I`). Answer: JSON text, as realm.js makes it; `{"e": …}` where a script failed.
"""

import importlib
import os
import resource
import signal
import struct
from pathlib import Path
from typing import Any

from weft.platform.sandbox.child import confinement

_HEAD = struct.Struct("<QddQI")
_STACK_BYTES = 2 * 1024 * 1024
_OUT_OF_MEMORY = b'{"e":{"name":"InternalError","message":"out of memory"}}'


def serve(parent: int, frozen: bool) -> None:
    """Answer messages until the channel ends. `frozen`: expressions, in realms whose intrinsics are frozen."""
    source = Path(__file__).with_name("realm.js").read_text(encoding="utf-8")
    new_context = importlib.import_module("_quickjs").Context  # the package around it would start a thread
    confinement.leave(parent, die=confinement.KILL)
    start_pages = confinement.address_space()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    confinement.close_files()
    realm = _realm(new_context, source, frozen)
    confinement.write_frame(b"ready")
    while (message := confinement.read_frame()) is not None:
        answer = _answer(realm, message, start_pages)
        confinement.write_frame(answer or _OUT_OF_MEMORY, last=answer is None)
        if answer is None:
            os._exit(0)  # the heap ran out under the engine itself: nothing in this process is trusted again
        realm = _realm(new_context, source, frozen)


def _realm(new_context: Any, source: str, frozen: bool) -> tuple[Any, Any]:
    context = new_context()
    context.set_max_stack_size(_STACK_BYTES)
    return context, context.eval(source)(frozen)


def _answer(realm: tuple[Any, Any], message: bytes, start_pages: int) -> bytes | None:
    memory, cpu_s, now_ms, seed, count = _HEAD.unpack_from(message)
    context, dispatch = realm
    confinement.limit_memory(memory // (1024 * 1024), start_pages)
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
    try:
        context.set_memory_limit(memory)
        parts = _parts(message, count)
        answer = dispatch(parts[0], now_ms, seed & 0xFFFF_FFFF, seed >> 32, *parts[1:])
        if answer is None:
            _drain(context)
            answer = dispatch("finish")
        return None if answer is None else bytes(answer, "utf-8")
    except Exception:  # an engine whose heap is spent throws whatever it can: MemoryError, null, half an error
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _drain(context: Any) -> None:
    while context.execute_pending_job():
        continue


def _parts(message: bytes, count: int) -> list[str]:
    parts = []
    offset = _HEAD.size
    for _ in range(count):
        (size,) = struct.unpack_from("<I", message, offset)
        offset += 4
        parts.append(str(message[offset : offset + size], "utf-8"))
        offset += size
    return parts
