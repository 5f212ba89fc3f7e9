"""Text in JSON, CSV, XML or YAML as values. Pure and CPU bound: what is long is read in a process of its own."""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NoReturn
from xml.parsers import expat

import orjson

from weft.engine.errors import NodeError
from weft.engine.numbers import written
from weft.engine.values import JSON

LONGEST: Final = {"json": 100 * 2**20, "csv": 20 * 2**20, "xml": 20 * 2**20, "yaml": 2**20}
"""Characters, for each format."""
DEEPEST: Final = 100
MOST_VALUES: Final = 1_000_000
"""Of YAML, where aliases repeat them."""
MOST_JSON: Final = 5_000_000
"""Of JSON, by its commas and brackets: so many fit into the memory of the process that reads them."""
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


@dataclass(frozen=True, slots=True)
class Csv:
    """How CSV is written: see the node `parse`."""

    delimiter: str = ","
    header: bool = True
    numbers: bool = False


def _refuse(message: str) -> NoReturn:
    message = _SURROGATE.sub("\ufffd", message)
    raise NodeError("validation", message, details={"errors": [{"path": "/text", "message": message}]})


def parse_json(text: str, _options: Csv) -> JSON:
    """A value from JSON."""
    if text.count(",") + text.count("[") + text.count("{") > MOST_JSON:
        raise NodeError("limit_exceeded", f"the text stands for more than {MOST_JSON:,} values")
    try:
        value = orjson.loads(text.removeprefix("\ufeff"))
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        _refuse(f"the text is not JSON: {error}")
    return _checked(value, 0)


def _checked(value: JSON, depth: int) -> JSON:
    """`value`, unless it is nested too deep to be passed on."""
    if depth > DEEPEST:
        _refuse(f"the text is nested deeper than {DEEPEST}")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for item in inner:
        if isinstance(item, dict | list):
            _checked(item, depth + 1)
    return value


def parse_csv(text: str, options: Csv) -> JSON:
    """Rows from comma separated values: objects by the names in the first line, or arrays."""
    csv.field_size_limit(LONGEST["csv"])
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=options.delimiter, strict=True)
    read: Callable[[str], JSON] = _cell if options.numbers else str
    try:
        if not options.header:
            return [[read(cell) for cell in line] for line in lines if line]
        return list(_records(lines, read))
    except csv.Error as error:
        _refuse(f"the text is not CSV: line {lines.line_num}: {error}")


def _records(lines: Any, read: Callable[[str], JSON]) -> Iterator[dict[str, JSON]]:
    header = next((line for line in lines if line), None)
    if header is None:
        return
    names = [name.strip() or f"column_{position}" for position, name in enumerate(header, 1)]
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        _refuse(f"two columns are named '{twice}'")
    for line in lines:
        if len(line) > len(names):
            _refuse(f"line {lines.line_num} has {len(line)} cells, and the first line names {len(names)} columns")
        if line:
            record: dict[str, JSON] = dict.fromkeys(names)
            record.update(zip(names, map(read, line), strict=False))
            yield record


def _cell(text: str) -> JSON:
    """A number where the cell is one; "007" and what else would lose by it stays text."""
    if not _NUMBER.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)


class _XmlReader:
    """Builds `{root: …}`: attributes as `@name`, text as `#text` (alone: the text itself), repeated elements as
    lists. A document type is refused, so that there are no entities to expand or fetch."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.StartDoctypeDeclHandler = self._document_type
        self.stack: list[tuple[dict[str, JSON], list[str]]] = [({}, [])]

    def read(self, text: str) -> JSON:
        self.parser.Parse(text.encode("utf-8", "replace"), True)
        return self.stack[0][0]

    def _document_type(self, *_parts: object) -> None:
        _refuse("the text has a document type, which is not read here")

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) > DEEPEST:
            _refuse(f"the text is nested deeper than {DEEPEST}")
        self.stack.append(({f"@{key}": value for key, value in attributes.items()}, []))

    def _characters(self, text: str) -> None:
        self.stack[-1][1].append(text)

    def _end(self, name: str) -> None:
        members, pieces = self.stack.pop()
        text = "".join(pieces).strip()
        if members and text:
            members["#text"] = text
        value: JSON = members or text or None
        above = self.stack[-1][0]
        if name not in above:
            above[name] = value
        elif isinstance(above[name], list):
            above[name].append(value)
        else:
            above[name] = [above[name], value]


def parse_xml(text: str, _options: Csv) -> JSON:
    """An object from XML."""
    declared = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff"))
    try:
        return _XmlReader().read(declared)
    except expat.ExpatError as error:
        _refuse(f"the text is not XML: {error}")


def parse_yaml(text: str, _options: Csv) -> JSON:
    """A value from one YAML document. Times become text; aliases are followed while the whole stays small."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        value = YAML(typ="safe", pure=True).load(text)
        return _Plain().value(value, 0)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" at line {mark.line + 1}" if mark else ""
        _refuse(f"the text is not YAML{place}: {getattr(error, 'problem', None) or 'it cannot be read'}")
    except (ValueError, LookupError, AssertionError, RecursionError, AttributeError, TypeError):
        # what its constructors raise where a value is not what its tag says
        _refuse("the text is not YAML: a value in it cannot be read")


class _Plain:
    """YAML's values as JSON's. What aliases repeat counts each time."""

    def __init__(self) -> None:
        self.left = MOST_VALUES

    def value(self, value: Any, depth: int) -> JSON:
        self.left -= 1
        if self.left < 0:
            _refuse(f"the text stands for more than {MOST_VALUES:,} values")
        if depth > DEEPEST:
            _refuse(f"the text is nested deeper than {DEEPEST}")
        if isinstance(value, dict):
            return {self.key(key): self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set):
            return [self.value(item, depth + 1) for item in value]
        if isinstance(value, datetime | date):
            return value.isoformat()
        if isinstance(value, str):
            return _storable(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            return _number(value)
        _refuse("the text has a value that JSON does not know")

    def key(self, key: Any) -> str:
        if isinstance(key, str):
            return _storable(key)
        if key is None or isinstance(key, bool):
            return {None: "null", True: "true", False: "false"}[key]
        if isinstance(key, int | float | date):
            return str(key)
        _refuse("the text has a key that is no text")


def _storable(text: str) -> str:
    """`text`, unless an escape in it is half a character: no JSON text holds that."""
    if not text.isascii() and _SURROGATE.search(text):
        _refuse("the text has a surrogate by itself, which is no character")
    return text


def _number(value: int | float) -> int | float:
    try:
        number = written(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse("the text has a number that is not finite")
    return number


_PARSERS: Final[dict[str, Callable[[str, Csv], JSON]]] = {
    "json": parse_json,
    "csv": parse_csv,
    "xml": parse_xml,
    "yaml": parse_yaml,
}


def parse_text(form: str, text: str, options: Mapping[str, Any]) -> JSON:
    """The value of `text` in the format `form`. NodeError `validation` where it cannot be read, `limit_exceeded`
    where it is too long."""
    check_length(form, text)
    return _PARSERS[form](text, Csv(**options))


def check_length(form: str, text: str) -> None:
    """NodeError `limit_exceeded` for a text longer than is read in its format."""
    if len(text) > LONGEST[form]:
        limit = LONGEST[form] // 2**20
        raise NodeError("limit_exceeded", f"the text is longer than {limit} MiB, the most that is read as {form}")
