"""JSON from outside: strict, bounded in depth, without doubled keys and NUL characters."""

import json
import re
from typing import Any, Final

import orjson

from weft.kernel.errors import FieldError, Invalid, Malformed

MAX_DEPTH: Final = 100
_KEY_END: Final = re.compile(rb'(?<!\\)"\s*:')
_SEAM: Final = re.compile(rb"[\s:]*")
_PIECE: Final = 128 * 1024


def parse_json(text: bytes) -> Any:
    """JSON `text` as a value.

    Raises Malformed (not JSON, not UTF-8, a number out of range, lone surrogates, too deep, a key that stands
    twice in one object) and Invalid with a pointer where a text holds a NUL character.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    keys = _count_keys(value)
    if text.count(b":") > keys and _count_key_ends(text) > keys:
        _refuse_doubled_keys(text)
    if b"\\u0000" in text:
        _refuse_nul(value)
    return value


def pointer(*parts: object) -> str:
    """The JSON pointer of `parts`, each cut to 100 characters."""
    return "".join("/" + str(part)[:100].replace("~", "~0").replace("/", "~1") for part in parts)


def _count_keys(value: Any) -> int:
    """How many keys the objects in `value` have. Raises Malformed below MAX_DEPTH."""
    keys, depth, level = 0, 0, [value]
    while level:
        depth += 1
        below: list[Any] = []
        for part in level:
            if isinstance(part, dict):
                keys += len(part)
                below.extend(child for child in part.values() if isinstance(child, dict | list))
            elif isinstance(part, list):
                below.extend(child for child in part if isinstance(child, dict | list))
        if below and depth >= MAX_DEPTH:
            raise Malformed(f"The JSON is more than {MAX_DEPTH} levels deep.")
        level = below
    return keys


def _count_key_ends(text: bytes) -> int:
    """How often a quote that is not escaped stands before a colon: once for each key, also for one that is lost.
    Piece by piece: a regular expression does not let other threads work. None spans a seam."""
    count = at = 0
    while at < len(text):
        seam = _SEAM.match(text, min(at + _PIECE, len(text)))
        end = seam.end() if seam is not None else len(text)
        count += len(_KEY_END.findall(text, at, end))
        at = end
    return count


def _refuse_doubled_keys(text: bytes) -> None:
    def check(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Malformed(f"The key {key[:100]!r} stands twice in one object.")
            seen.add(key)

    json.loads(text, object_pairs_hook=check, parse_int=str, parse_float=str)


def _refuse_nul(value: Any) -> None:
    stack: list[tuple[tuple[object, ...], Any]] = [((), value)]
    while stack:
        path, part = stack.pop()
        children: list[tuple[object, Any]] = []
        if isinstance(part, dict):
            children = list(part.items())
        elif isinstance(part, list):
            children = list(enumerate(part))
        elif isinstance(part, str) and "\0" in part:
            raise _nul(path)
        for key, child in children:
            if isinstance(key, str) and "\0" in key:
                raise _nul((*path, key.replace("\0", "\\u0000")))
            stack.append(((*path, key), child))


def _nul(path: tuple[object, ...]) -> Invalid:
    message = "A text must not hold the NUL character."
    return Invalid(message, [FieldError(pointer(*path), "nul_character", message)])
