"""JSON values as the engine passes them: what a node takes in and gives out."""

import math
from collections.abc import Generator, Hashable
from itertools import islice
from typing import Any, Final, TypeAlias

import orjson

JSON: TypeAlias = Any
"""None, bool, int, float, str, list[JSON] or dict[str, JSON]."""


class Undefined:
    """JavaScript's `undefined`: what a skipped node is, and what a missing key gives. One instance."""

    _instance: "Undefined | None" = None

    def __new__(cls) -> "Undefined":
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED: Final = Undefined()


MAX_DEPTH: Final = 200
"""So many levels a value may have that a node gives. Containers, events and answers put their own around it, and no
text is written that is deeper than the next figure."""
_WRITABLE_DEPTH: Final = 254
_ATOMS: Final = frozenset({str, int, bool, type(None)})
_AT_ONCE: Final = 10_000
"""So many values are looked at in about a millisecond."""


def encode(value: JSON) -> bytes:
    """`value` as compact JSON text. Raises TypeError where it is not JSON, or nested deeper than can be written."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as error:
        if "Recursion limit" in str(error):
            raise TypeError(f"it is nested deeper than {MAX_DEPTH} levels") from None
        raise


def check_depth(value: JSON, text: bytes, most: int = MAX_DEPTH) -> None:
    """Raises TypeError where `value`, whose JSON is `text`, is nested deeper than `most` levels."""
    if text.count(b"[") + text.count(b"{") > most:
        # It may be that deep: inside of as many levels as are left it can be written only where it is not.
        for _ in range(_WRITABLE_DEPTH - most):
            value = [value]
        encode(value)


def encode_bounded(value: JSON) -> bytes:
    """As `encode`; a TypeError also where `value` is nested deeper than MAX_DEPTH levels."""
    text = encode(value)
    check_depth(value, text)
    return text


def json_value(value: JSON) -> JSON:
    """`value` as JSON holds it: what is no list or dict but writes itself as one becomes one, and keys are strings.

    Raises TypeError where it is not JSON, a number that is not finite among it, and where it is nested too deep.
    """
    return plain_value(value, orjson.loads(encode_bounded(value)))


def plain_value(value: JSON, plain: JSON) -> JSON:
    """As `json_value`, for a value that was written as JSON and read again, as `plain`."""
    if plain == value:
        return value
    if not _finite(value):
        raise TypeError("a number that is not finite is not JSON")
    return plain


def plain_walk(value: JSON) -> Generator[None, None, bool]:
    """Answers whether `value` is made of what JSON text is read as, and of nothing else; so it is what writing and
    reading it would give. Comes up for air after about a millisecond: all of a large value at once takes long."""
    todo: list[Any] = [[value]]
    left = _AT_ONCE
    while todo:
        part = todo.pop()
        items = part
        if type(part) is dict and len(part) <= _AT_ONCE:
            for key in part:
                if type(key) is not str:
                    return False
            items = part.values()
        elif type(part) is not list or len(part) > _AT_ONCE:
            items = _next_items(part, todo)
        for item in items:
            kind = type(item)
            if kind is dict or kind is list:
                todo.append(item)
            elif kind not in _ATOMS and (kind is not float or not math.isfinite(item)):
                return False
        left -= len(items) + 1
        if left <= 0:
            yield
            left = _AT_ONCE
    return True


def _next_items(part: Any, todo: list[Any]) -> list[JSON]:
    """The first items of a large container, or of what is left of one; the rest goes back to `todo`."""
    if type(part) is dict:
        todo.append(iter(part.values()))
        part = map(_key, part)
    rest = iter(part)
    items = list(islice(rest, _AT_ONCE))
    if len(items) == _AT_ONCE:
        todo.append(rest)
    return items


def _key(key: object) -> JSON:
    """What stands for a key: a text, or what JSON does not have."""
    return "" if type(key) is str else UNDEFINED


def _finite(value: JSON) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_finite(item) for item in value.values())
    if isinstance(value, list | tuple):
        return all(map(_finite, value))
    return True


def decode(text: bytes | str) -> JSON:
    """The value that JSON `text` spells."""
    return orjson.loads(text)


def identity(value: JSON) -> Hashable:
    """What is equal for two values that are equal as JSON: 1 and 1.0 are, 1 and true are not, key order is nothing."""
    kind = type(value)
    if kind is dict:
        return "object", frozenset((key, identity(item)) for key, item in value.items())
    if kind is list:
        return "array", tuple(map(identity, value))
    return ("boolean", value) if kind is bool else value
