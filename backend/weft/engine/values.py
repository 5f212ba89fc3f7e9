"""JSON values as the engine passes them: what a node takes in and gives out."""

import math
from collections.abc import Hashable
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


def encode(value: JSON) -> bytes:
    """`value` as compact JSON text. Raises orjson.JSONEncodeError (a TypeError) where it is not JSON."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def json_value(value: JSON) -> JSON:
    """`value` as JSON holds it: what is no list or dict but writes itself as one becomes one, and keys are strings.

    Raises TypeError where it is not JSON, a number that is not finite among it.
    """
    return plain_value(value, orjson.loads(encode(value)))


def plain_value(value: JSON, plain: JSON) -> JSON:
    """As `json_value`, for a value that was written as JSON and read again, as `plain`."""
    if plain == value:
        return value
    if not _finite(value):
        raise TypeError("a number that is not finite is not JSON")
    return plain


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
