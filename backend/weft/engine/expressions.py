"""Expressions: what a JavaScript expression refers to, and the ones plain enough to be answered in process.

A plain path (`a.b[0]["c"].length`) or a literal never leaves the process; a law in the tests says that it
gives what QuickJS gives. All else is evaluated by `capabilities.JavaScript`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from weft.engine.errors import NodeError
from weft.engine.graph import RESERVED
from weft.engine.numbers import is_in_range, number_text
from weft.engine.references import SCOPE_NAMES, Reference, references
from weft.engine.scanner import SPACES, ExpressionSyntax, remember, scan, scan_braced
from weft.engine.values import JSON, UNDEFINED
from weft.kernel.identifiers import is_identifier

__all__ = [
    "SCOPE_NAMES", "Code", "ExpressionSyntax", "Reference", "parse_expression", "plain_value", "read_code",
    "references", "resolve", "step", "text_of", "truthy",
]  # fmt: skip

Path = tuple[str | int, ...]

_NOT_ROOTS: Final = (RESERVED - SCOPE_NAMES) | {"now"}
_INHERITED: Final = (
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ __proto__ anchor at big blink bold charAt "
    "charCodeAt codePointAt concat constructor copyWithin endsWith entries every fill filter find findIndex findLast "
    "findLastIndex fixed flat flatMap fontcolor fontsize forEach hasOwnProperty includes indexOf isPrototypeOf "
    "isWellFormed italics join keys lastIndexOf link localeCompare map match matchAll normalize padEnd padStart pop "
    "propertyIsEnumerable push reduce reduceRight repeat replace replaceAll reverse search shift slice small some "
    "sort splice split startsWith strike sub substr substring sup toExponential toFixed toLocaleLowerCase "
    "toLocaleString toLocaleUpperCase toLowerCase toPrecision toReversed toSorted toSpliced toString toUpperCase "
    "toWellFormed trim trimEnd trimLeft trimRight trimStart unshift valueOf values with"
)
INHERITED: Final = frozenset(_INHERITED.split())
"""Members that every object, array, string, number or boolean inherits: where they are no own keys, JavaScript alone
knows them."""

_NAME: Final = rf"[^\x00-#%-@\[-^`{{-\x7f{SPACES}][^\x00-#%-/:-@\[-^`{{-\x7f{SPACES}]*"
"""`$`, `_`, letters, digits, and what is not ASCII but for white space, so that nothing is matched in two ways;
whether what is not ASCII is an identifier is asked afterwards."""
_MEMBER: Final = (
    rf"[{SPACES}]*\.[{SPACES}]*({_NAME})"
    rf"""|[{SPACES}]*\[[{SPACES}]*(?:(0|[1-9][0-9]{{0,14}})|"([^"\\\n\r]*)"|'([^'\\\n\r]*)')[{SPACES}]*\]"""
)
_PATH: Final = re.compile(rf"[{SPACES}]*({_NAME})((?:{_MEMBER})*)[{SPACES}]*")
_STEP: Final = re.compile(_MEMBER)
_LITERAL_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LITERAL_INTEGER: Final = re.compile(r"-?[0-9]+")
_LITERAL_STRING: Final = re.compile(r"""'[^'\\\n\r]*'|"[^"\\\n\r]*\"""")
_WORDS: Final[dict[str, JSON]] = {"true": True, "false": False, "null": None, "undefined": UNDEFINED}
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,9}")
MAX_EXACT: Final = 2**53


@dataclass(frozen=True, slots=True)
class Code:
    """One expression. `path` where it is a plain path (its first item is the root name); `literal` a 1-tuple
    with the value where it is a number, string, true, false, null or undefined. `own`: a path that names what values
    inherit (`links.at`): it is plain where they have that key themselves."""

    source: str
    path: Path | None = None
    literal: tuple[JSON] | None = None
    own: Path | None = None


@remember
def read_code(source: str) -> Code:
    """The expression `source`, without braces around it."""
    source = source.strip(SPACES)
    literal = _literal(source)
    path = None if literal else _path(source)
    if path is not None and any(key in INHERITED for key in path[1:]):
        return Code(source, own=path)
    return Code(source, path, literal)


def _literal(source: str) -> tuple[JSON] | None:
    if source in _WORDS:
        return (_WORDS[source],)
    if _LITERAL_STRING.fullmatch(source):
        return (source[1:-1],)
    if _LITERAL_NUMBER.fullmatch(source) and len(source) < 40:
        if _LITERAL_INTEGER.fullmatch(source) and is_in_range(int(source)):
            return (int(source),)
        number = float(source)
        if number.is_integer() and abs(number) <= MAX_EXACT:
            return (int(number),)
        return (number,) if abs(number) < MAX_EXACT else None
    return None


def _path(source: str) -> Path | None:
    found = _PATH.fullmatch(source)
    if found is None or found.group(1) in _NOT_ROOTS:
        return None
    path: list[str | int] = [found.group(1)]
    names = [found.group(1)]
    for member in _STEP.finditer(found.group(2)):
        name, index, double, single = member.groups()
        if name is not None:
            names.append(name)
        path.append(int(index) if index is not None else next(k for k in (name, double, single) if k is not None))
    return tuple(path) if source.isascii() or all(map(is_identifier, names)) else None


@remember
def parse_expression(text: str) -> Code:
    """The expression in an `X` field: `{{ }}` around it is optional, text around the braces is an error.

    Raises ExpressionSyntax for what is empty or not closed.
    """
    start = len(text) - len(text.lstrip())
    if not text.startswith("{{", start):
        scan(text)
        source = text
    else:
        found = scan_braced(text, start + 2)
        if text[found.end + 2 :].strip():
            raise ExpressionSyntax("an expression has no text around its braces", found.end + 2)
        source = text[start + 2 : found.end]
    if not source.strip(SPACES):
        raise ExpressionSyntax("the expression is empty", 0)
    return read_code(source)


def resolve(path: Path, scope: Mapping[str, JSON]) -> JSON:
    """The value at a plain `path`, as JavaScript has it; UNDEFINED where there is no such key.

    Raises NodeError `expression` for an unknown root and for a path through undefined or null.
    """
    root = path[0]
    try:
        value = scope[root]  # type: ignore[index]
    except KeyError:
        raise NodeError("expression", f"ReferenceError: {root} is not defined") from None
    for key in path[1:]:
        value = step(value, key)
    return value


def plain_value(code: Code, scope: Mapping[str, JSON]) -> tuple[JSON] | None:
    """A 1-tuple with the value of `code` where it takes no JavaScript; else None. Raises NodeError `expression`."""
    if code.path is not None:
        return (resolve(code.path, scope),)
    return code.literal if code.own is None else _own_value(code.own, scope)


def _own_value(path: Path, scope: Mapping[str, JSON]) -> tuple[JSON] | None:
    value = scope.get(str(path[0]), UNDEFINED)
    for key in path[1:]:
        if key in INHERITED and not (type(value) is dict and key in value):
            return None
        value = step(value, key)
    return (value,)


def step(value: JSON, key: str | int) -> JSON:
    """`value[key]`, own members only."""
    kind = type(value)
    if kind is dict:
        return value.get(key if type(key) is str else str(key), UNDEFINED)
    if kind is list:
        return _item(value, key, len(value))
    if value is None or value is UNDEFINED:
        name = "null" if value is None else "undefined"
        raise NodeError("expression", f"TypeError: cannot read property '{key}' of {name}")
    return _unit(value, key) if kind is str else UNDEFINED


def _item(value: list[JSON], key: str | int, length: int) -> JSON:
    if key == "length":
        return length
    index = _index(key)
    return value[index] if 0 <= index < length else UNDEFINED


def _index(key: str | int) -> int:
    if type(key) is int:
        return key
    return int(key) if _INDEX.fullmatch(str(key)) else -1


def _unit(value: str, key: str | int) -> JSON:
    """`.length` and indices of a string count UTF-16 units; half a pair is U+FFFD, as when JavaScript's text is
    read as UTF-8."""
    if value.isascii():
        index = len(value) if key == "length" else _index(key)
        if key == "length":
            return index
        return value[index] if 0 <= index < len(value) else UNDEFINED
    units = value.encode("utf-16-le", "surrogatepass")
    if key == "length":
        return len(units) // 2
    index = _index(key)
    if not 0 <= index < len(units) // 2:
        return UNDEFINED
    unit = units[2 * index : 2 * index + 2]
    return unit.decode("utf-16-le", "replace")


def truthy(value: JSON) -> bool:
    """Whether JavaScript takes `value` for true: empty arrays and objects are."""
    return not (value is None or value is UNDEFINED or value is False or value == "" or value == 0) or (
        type(value) in (list, dict)
    )


def text_of(value: JSON) -> str:
    """`value` as it stands inside text: undefined and null empty, strings as they are, the rest as JavaScript
    writes it (objects and arrays as compact JSON)."""
    kind = type(value)
    if kind is str:
        return str(value)
    if value is None or value is UNDEFINED:
        return ""
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        return number_text(value)
    if _as_orjson(value):
        return orjson.dumps(value).decode()
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def _as_orjson(value: Any) -> bool:
    """Whether orjson writes `value` as JavaScript does: no floats, no keys that are numbers, no odd text."""
    kind = type(value)
    if kind is dict:
        return all(not key[:1].isdigit() and _as_orjson(item) for key, item in value.items())
    if kind is list:
        return all(map(_as_orjson, value))
    return kind is not float and not (kind is int and abs(value) >= MAX_EXACT)


def _write(value: Any, parts: list[str]) -> None:
    kind = type(value)
    if kind is dict:
        parts.append("{")
        for position, (key, item) in enumerate(_ordered(value)):
            parts.append(("," if position else "") + orjson.dumps(key).decode() + ":")
            _write(item, parts)
        parts.append("}")
    elif kind is list:
        parts.append("[")
        for position, item in enumerate(value):
            if position:
                parts.append(",")
            _write(item, parts)
        parts.append("]")
    elif kind is str:
        parts.append(orjson.dumps(value).decode())
    else:
        parts.append("null" if value is None else text_of(value))


def _ordered(value: dict[str, Any]) -> list[tuple[str, Any]]:
    """JavaScript puts keys that are array indices first, by number."""
    indices = [key for key in value if _INDEX.fullmatch(key) and int(key) < 2**32 - 1]
    if not indices:
        return list(value.items())
    first = sorted(indices, key=int)
    taken = set(first)
    return [(key, value[key]) for key in first] + [item for item in value.items() if item[0] not in taken]
