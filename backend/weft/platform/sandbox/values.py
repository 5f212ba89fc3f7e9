"""JSON on its way into a sandbox and out of it."""

import json
import re
from typing import Any

import orjson

from weft.engine.values import JSON, MAX_DEPTH, check_depth

_SURROGATE = re.compile("[\ud800-\udfff]")


class NotJson(Exception):
    """The value, or the text that came out of a child, is not JSON that Weft keeps."""


def encode(value: JSON) -> bytes:
    """`value` as JSON text. Integers of any size and lone surrogates pass, as JSON escapes. Raises NotJson."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
    except TypeError:
        try:
            return json.dumps(value, allow_nan=False).encode()
        except (TypeError, ValueError, RecursionError) as error:
            raise NotJson(str(error)) from None


def decode(text: bytes) -> Any:
    """The value of `text`; a lone surrogate in it becomes U+FFFD, as UTF-8 has none. Raises NotJson."""
    try:
        return _bounded(text, orjson.loads(text))
    except orjson.JSONDecodeError:
        try:
            plain = json.dumps(json.loads(text), ensure_ascii=False, allow_nan=False)
            return _bounded(text, orjson.loads(_SURROGATE.sub("\ufffd", plain)))
        except (ValueError, RecursionError):
            raise NotJson("the value is nested too deeply, or has too large a number") from None


def _bounded(text: bytes, found: Any) -> Any:
    """`found`, unless it is nested deeper than what a node may give: `{"v": [value]}` is two levels more."""
    try:
        check_depth(found, text, MAX_DEPTH + 2)
    except TypeError:
        raise NotJson(f"the value is nested deeper than {MAX_DEPTH} levels") from None
    return found
