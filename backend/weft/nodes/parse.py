"""parse: text in JSON, CSV, XML or YAML becomes a value."""

import asyncio
import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final, Literal, NoReturn
from xml.parsers import expat

import orjson
from pydantic import Field, model_validator

from weft.engine.errors import NodeError
from weft.engine.node import NodeConfig, NodeRun, node
from weft.engine.values import JSON

INLINE: Final = {"json": 64 * 1024, "csv": 16 * 1024, "xml": 16 * 1024, "yaml": 0}
"""Characters that are read at once; what is longer is read in a thread."""
LONGEST: Final = {"json": 100 * 2**20, "csv": 20 * 2**20, "xml": 20 * 2**20, "yaml": 2**20}
DEEPEST: Final = 100
MOST_VALUES: Final = 1_000_000
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?")


class Options(NodeConfig):
    """For `csv`: `delimiter`; `header`, whether the first line names the columns (rows are objects then, else
    arrays); `numbers`, whether cells that are written like numbers become numbers."""

    delimiter: str = Field(default=",", min_length=1, max_length=1)
    header: bool = True
    numbers: bool = False


class Parse(NodeConfig):
    """`text` is read as `format` says."""

    format: Literal["json", "csv", "xml", "yaml"]
    text: str
    options: Options = Options()

    @model_validator(mode="before")
    @classmethod
    def _options_are_for_csv(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.get("options") and value.get("format") in ("json", "xml", "yaml"):
            raise ValueError("only the format csv has options")
        return value


def _refuse(message: str) -> NoReturn:
    raise NodeError("validation", message, details={"errors": [{"path": "/text", "message": message}]})


def parse_json(text: str, _options: Options) -> JSON:
    """A value from JSON."""
    try:
        value = orjson.loads(text)
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


def parse_csv(text: str, options: Options) -> JSON:
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
        twice = next(name for name in names if names.count(name) > 1)
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


def parse_xml(text: str, _options: Options) -> JSON:
    """An object from XML."""
    declared = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.removeprefix("\ufeff"))
    try:
        return _XmlReader().read(declared)
    except expat.ExpatError as error:
        _refuse(f"the text is not XML: {error}")


def parse_yaml(text: str, _options: Options) -> JSON:
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
    except (ValueError, RecursionError, AttributeError, TypeError):
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
        if isinstance(value, float) and not math.isfinite(value):
            _refuse("the text has a number that is not finite")
        if value is None or isinstance(value, str | bool | int | float):
            return value
        _refuse("the text has a value that JSON does not know")

    def key(self, key: Any) -> str:
        if isinstance(key, str):
            return key
        if key is None or isinstance(key, bool):
            return {None: "null", True: "true", False: "false"}[key]
        if isinstance(key, int | float | date):
            return str(key)
        _refuse("the text has a key that is no text")


_PARSERS: Final[dict[str, Callable[[str, Options], JSON]]] = {
    "json": parse_json,
    "csv": parse_csv,
    "xml": parse_xml,
    "yaml": parse_yaml,
}


@node("parse", title="Parse", category="data", icon="braces", effect="pure", output=Any)
async def parse(config: Parse, run: NodeRun) -> JSON:
    """Reads JSON, CSV, XML or YAML text into a value."""
    if len(config.text) > LONGEST[config.format]:
        limit = LONGEST[config.format] // 2**20
        raise NodeError(
            "limit_exceeded", f"the text is longer than {limit} MiB, the most that is read as {config.format}"
        )
    read = _PARSERS[config.format]
    if len(config.text) <= INLINE[config.format]:
        return read(config.text, config.options)
    return await asyncio.to_thread(read, config.text, config.options)
