"""The start of a parser child: text in, a value out, in pieces that the parent reads one at a time.

Message: `<dI` (CPU in seconds, length of the head), the head (JSON text: format, options), then the text.
Answer: operations, each after its length (`<I`): a letter, then JSON text. See `operations`; or one `!` with an
error, {type, message, details}.
"""

import gc
import os
import resource
import signal
import struct
from collections.abc import Iterator
from typing import Any

import orjson

from weft.engine.errors import NodeError
from weft.engine.parsing import parse_text
from weft.platform.sandbox.child import confinement

_HEAD = struct.Struct("<dI")
_PIECE = 128 * 1024
_WARM = {"json": "[1]", "csv": "a,b\n1,2\n", "xml": "<a b='c'/>", "yaml": "a: [1, 2020-01-01, ~]\n"}
_NO_MEMORY = {"type": "memory", "message": "Reading the text takes too much memory.", "details": None}


def serve(parent: int, memory_mib: int) -> None:
    """Answer messages until the channel ends; values and text take up to four times `memory_mib`."""
    for form, text in _WARM.items():
        parse_text(form, text, {})  # loads whatever is loaded late, while files can still be opened
    confinement.leave(parent, die=confinement.KILL)
    start_pages = confinement.address_space()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    confinement.close_files()
    confinement.limit_memory(memory_mib, start_pages)
    gc.disable()  # millions of values would be walked again and again
    confinement.write_frame(b"ready")
    while (message := confinement.read_frame()) is not None:
        cpu_s, size = _HEAD.unpack_from(message)
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        answer = _answer(message, size)
        signal.setitimer(signal.ITIMER_PROF, 0)
        confinement.write_frame(answer or _parts([(b"!", _NO_MEMORY)]), last=answer is None)
        if answer is None:
            os._exit(0)  # what is left of the heap is not trusted again
        gc.collect()


def _answer(message: bytes, size: int) -> bytes | None:
    try:
        form, options = orjson.loads(message[_HEAD.size : _HEAD.size + size])
        text = str(message[_HEAD.size + size :], "utf-8")
        return _parts(operations(parse_text(form, text, options)))
    except NodeError as error:
        return _parts([(b"!", {"type": error.type, "message": str(error), "details": error.details})])
    except (MemoryError, SystemError):  # orjson tells the one as the other
        return None


def _parts(found: Any) -> bytes:
    pieces: list[bytes] = []
    for letter, value in found:
        text = letter + (value if isinstance(value, bytes) else orjson.dumps(value))
        pieces += (struct.pack("<I", len(text)), text)
    return b"".join(pieces)


def operations(value: Any) -> Iterator[tuple[bytes, Any]]:
    """How to build `value`: `v` a value; `[` and `{` begin a list or an object, `]` ends it; inside, `l` is a list of
    its next items, `d` an object of its next members, `k` the key of the value that follows."""
    text = orjson.dumps(value)
    if len(text) <= _PIECE or not isinstance(value, list | dict):
        yield b"v", text
    elif isinstance(value, list):
        yield b"[", None
        for group in _groups((None, item) for item in value):
            if len(group) == 1:
                yield from operations(group[0][1])
            else:
                yield b"l", [item for _, item in group]
        yield b"]", None
    else:
        yield b"{", None
        for group in _groups(iter(value.items())):
            if len(group) == 1:
                yield b"k", group[0][0]
                yield from operations(group[0][1])
            else:
                yield b"d", dict(group)
        yield b"]", None


def _groups(members: Iterator[tuple[Any, Any]]) -> Iterator[list[tuple[Any, Any]]]:
    """Members in a row, together about one piece; a large one alone."""
    group: list[tuple[Any, Any]] = []
    size = 0
    for key, item in members:
        added = _size(item) + len(key or "")
        if group and size + added > _PIECE:
            yield group
            group, size = [], 0
        group.append((key, item))
        size += added
    if group:
        yield group


def _size(item: Any) -> int:
    return len(orjson.dumps(item)) if isinstance(item, list | dict | str) else 8
