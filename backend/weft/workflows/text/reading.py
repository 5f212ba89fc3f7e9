"""YAML and JSON into plain values, strictly: no aliases, no tags, no duplicate keys, nothing that JSON has not.

YAML is read by the core schema of YAML 1.2: dates, `yes` and `no` stay strings.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import orjson

from weft.kernel.errors import Invalid, TooLarge, invalid_field
from weft.workflows.domain import escaped, wrong_value
from weft.workflows.domain.settings import MAX_DEPTH

MAX_YAML: Final = 8 * 1024 * 1024
"""Characters of YAML that are read: the parser is not a fast one. JSON has no such limit."""
_MAX_LOCATED: Final = 400_000
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_BASED: Final = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_TUPLE: Final = re.compile(r"\('([^']*)',\)")
"""How the parser shows a name of its own in some messages."""
_NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read_text(text: str | bytes, name: str) -> Any:
    """The value that `text` spells; `name` (a file's name) tells JSON from YAML where the text does not.

    Raises Invalid with line and JSON pointer, TooLarge for YAML over MAX_YAML.
    """
    text = _decoded(text)
    if _is_json(text, name):
        value = _read_json(text)
    else:
        if len(text) > MAX_YAML:
            raise TooLarge(f"YAML is read up to {MAX_YAML >> 20} MiB; write it as JSON.")
        value = _Composer(text).compose()
    if wrong := wrong_value(value, ""):
        raise located(text, invalid_field(wrong.path, wrong.code, wrong.message))
    return value


def located(text: str | bytes, error: Invalid) -> Invalid:
    """`error` with the line of each pointer in front of its message, where the text can be walked."""
    lines = line_numbers(text, {found.path for found in error.errors})
    errors = [
        type(found)(
            found.path,
            found.code,
            f"Line {lines[found.path]}: {found.message}" if found.path in lines else found.message,
            found.node,
            found.suggestion,
        )
        for found in error.errors
    ]
    message = errors[0].message if len(errors) == 1 else error.message
    return Invalid(message, errors, code=error.problem_code)


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise invalid_field("", "not_utf8", f"Line {line}: the text is not UTF-8.") from None


def _is_json(text: str, name: str) -> bool:
    if name.lower().endswith((".yaml", ".yml")):
        return False
    return name.lower().endswith(".json") or text.lstrip()[:1] == "{"


class _DuplicateKey(Exception):
    pass


def _read_json(text: str) -> Any:
    try:
        orjson.loads(text.encode())
    except UnicodeEncodeError:
        raise invalid_field("", "not_utf8", "The text holds half of a surrogate pair.") from None
    except orjson.JSONDecodeError as error:
        raise _syntax("JSON", error.lineno, error.colno, error.msg) from None
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_int=_integer)
    except RecursionError:
        raise invalid_field("", "too_deep", f"The JSON is more than {MAX_DEPTH} levels deep.") from None
    except _DuplicateKey as error:
        if len(text) <= _MAX_LOCATED:
            _Composer(text.replace("\t", " ")).compose()
        raise invalid_field("", "duplicate_key", f"The key {error.args[0]!r} stands twice.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        counts = Counter(key for key, _value in pairs)
        raise _DuplicateKey(next(key for key, count in counts.items() if count > 1))
    return found


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= 25 else float(digits)


def _syntax(language: str, line: int, column: int, problem: str) -> Invalid:
    return invalid_field("", "syntax", f"Line {line}: this is not {language}: {problem} (column {column}).")


class _Composer:
    """One YAML document, event by event: the depth is known before anything is built."""

    def __init__(self, text: str) -> None:
        self._events = _events(text)
        self._event: Any = None

    def compose(self) -> Any:
        """The document's value. Raises Invalid."""
        kind = self._next()
        while kind in ("StreamStartEvent", "DocumentStartEvent"):
            kind = self._next()
        if kind == "StreamEndEvent":
            raise invalid_field("", "empty", "Line 1: there is nothing in it.")
        value = self._value("", 0)
        if self._next() == "DocumentEndEvent" and self._next() != "StreamEndEvent":
            raise self._refuse("", "several_documents", "a file holds one document")
        return value

    def _next(self) -> str:
        self._event = next(self._events)
        return type(self._event).__name__

    def _refuse(self, pointer: str, code: str, message: str) -> Invalid:
        return invalid_field(pointer, code, f"Line {self._event.start_mark.line + 1}: {message}.")

    def _value(self, pointer: str, depth: int) -> Any:
        event, kind = self._event, type(self._event).__name__
        if kind == "AliasEvent" or event.anchor is not None:
            raise self._refuse(pointer, "alias", "anchors and aliases are not read; write the value out")
        if event.tag not in (None, "!"):
            raise self._refuse(pointer, "tag", "tags are not read")
        if kind == "ScalarEvent":
            return self._scalar(pointer)
        if depth >= MAX_DEPTH:
            raise self._refuse(pointer, "too_deep", f"this is more than {MAX_DEPTH} levels deep")
        return self._mapping(pointer, depth) if kind == "MappingStartEvent" else self._sequence(pointer, depth)

    def _sequence(self, pointer: str, depth: int) -> list[Any]:
        items: list[Any] = []
        while self._next() != "SequenceEndEvent":
            items.append(self._value(f"{pointer}/{len(items)}", depth + 1))
        return items

    def _mapping(self, pointer: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (kind := self._next()) != "MappingEndEvent":
            if kind != "ScalarEvent" or self._event.anchor is not None or self._event.tag not in (None, "!"):
                raise self._refuse(pointer, "key", "a key must be plain text")
            key = self._event.value
            below = f"{pointer}/{escaped(key)}"
            if key in found:
                raise self._refuse(below, "duplicate_key", f"the key {key!r} stands twice")
            self._next()
            found[key] = self._value(below, depth + 1)
        return found

    def _scalar(self, pointer: str) -> Any:
        text = self._event.value
        if self._event.style is not None or self._event.tag == "!":
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _NOT_FINITE.fullmatch(text):
            raise self._refuse(pointer, "not_json", "NaN and infinities are not JSON")
        if _BASED.fullmatch(text) and len(text) <= 24:
            return int(text, 0)
        if _INTEGER.fullmatch(text) and len(text) <= 25:
            return int(text)
        if _FLOAT.fullmatch(text):
            number = float(text)
            if number in (float("inf"), float("-inf")):
                raise self._refuse(pointer, "not_json", "this number is too large for JSON")
            return number
        return text


def _events(text: str) -> Iterator[Any]:
    """The parser's events. Raises Invalid at the first thing that is not YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = _TUPLE.sub(r"'\1'", error.problem or error.context or "it cannot be read")
        raise _syntax("YAML", line, column, problem) from None
    except YAMLError as error:
        position = getattr(error, "position", 0)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
        raise _syntax("YAML", line, 1, "a character that is not allowed") from None


def line_numbers(text: str | bytes, pointers: set[str]) -> dict[str, int]:
    """The line of each pointer, or of the deepest part of it that is there; nothing for a text that is too long."""
    text = text.removeprefix("\ufeff") if isinstance(text, str) else text.decode("utf-8-sig", errors="replace")
    if len(text) > _MAX_LOCATED or not pointers:
        return {}
    try:
        lines = dict(_walk(_events(text.replace("\t", " "))))
    except Invalid:
        return {}
    bare = "" if "/graph" in lines else "/graph"  # pointers into a graph that stands alone name it all the same
    found = {pointer: _deepest(lines, pointer.removeprefix(bare)) for pointer in pointers}
    return {pointer: line for pointer, line in found.items() if line is not None}


def _deepest(lines: dict[str, int], pointer: str) -> int | None:
    while pointer and pointer not in lines:
        pointer = pointer.rpartition("/")[0]
    return lines.get(pointer)


def _walk(events: Iterator[Any]) -> Iterator[tuple[str, int]]:
    """Every pointer of a document with its line; a mapping's entry has the line of its key."""
    stack: list[list[Any]] = []
    for event in events:
        kind = type(event).__name__
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            stack.pop()
        elif kind in ("ScalarEvent", "AliasEvent", "MappingStartEvent", "SequenceStartEvent"):
            line = event.start_mark.line + 1
            if stack and stack[-1][0] == "map" and stack[-1][2] is None:
                stack[-1][2] = (f"{stack[-1][1]}/{escaped(getattr(event, 'value', ''))}", line)
                continue
            path = ""
            if stack and stack[-1][0] == "map":
                (path, line), stack[-1][2] = stack[-1][2], None
            elif stack:
                path = f"{stack[-1][1]}/{stack[-1][2]}"
                stack[-1][2] += 1
            yield path, line
            if kind == "MappingStartEvent":
                stack.append(["map", path, None])
            elif kind == "SequenceStartEvent":
                stack.append(["list", path, 0])
