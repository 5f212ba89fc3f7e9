"""What is wrong with a JSON Schema (2020-12) itself, and what it refers to."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from weft.engine.javascript import pattern_fault
from weft.engine.schemas import Meter, Path, SchemaError, Spent, Unresolvable, errors, pointer, told
from weft.engine.values import JSON, encode
from weft.kernel.errors import FieldError

DEEPEST: Final = 100
_SAMPLE_STEPS: Final = 20_000
_NO_FORMATS: Final = FormatChecker(formats=())


def schema_faults(schema: JSON, at: str) -> list[FieldError]:
    """What is wrong with `schema` as a JSON Schema 2020-12; `at` is its pointer."""
    try:
        Draft202012Validator.check_schema(schema, format_checker=_NO_FORMATS)
        patterns = list(_patterns(schema))
    except SchemaError as error:
        return [FieldError(pointer(at, tuple(error.absolute_path)), "invalid_schema", told(error))]
    except RecursionError:
        return [FieldError(at, "invalid_schema", f"The schema is nested deeper than {DEEPEST}.")]
    faults = [(path, pattern_fault(pattern)) for path, pattern in patterns]
    wrong = [FieldError(pointer(at, path), "invalid_schema", fault) for path, fault in faults if fault]
    return wrong or _reference_faults(schema, at)


def _reference_faults(schema: JSON, at: str) -> list[FieldError]:
    """Try the schema on what is empty: a reference that leads nowhere, or to itself, shows."""
    samples: list[JSON] = [{}, [], "", 0, None]
    meter = Meter(_SAMPLE_STEPS)
    try:
        for sample in samples:
            errors(schema, sample, 1, meter)
        named = any("$id" in part for _, part in walk(schema))
        found = () if named else _references(schema)
        lost = [path for path, reference in found if _lost(schema, reference, meter)]
    except (Unresolvable, RecursionError):
        return [FieldError(at, "invalid_schema", "A reference in the schema leads nowhere, or to itself.")]
    except Spent:
        return [FieldError(at, "invalid_schema", "The schema takes too long to check even what is empty.")]
    return [FieldError(pointer(at, path), "invalid_schema", "This reference leads nowhere.") for path in lost]


def _lost(schema: JSON, reference: str, meter: Meter) -> bool:
    """Whether `reference` leads nowhere: what it names stands neither in `schema`, of which no part has a name of
    its own, nor in the standard."""
    if reference.startswith("#"):
        return reference.startswith("#/") and target(schema, reference) is None
    try:
        errors({"$ref": reference}, {}, 1, meter)
    except Unresolvable:
        return True
    return False


def target(root: Mapping[str, Any], reference: str) -> JSON:
    """What a local reference (`#/$defs/name`) names; nothing where it leads nowhere."""
    found: JSON = root
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def walk(schema: JSON, path: Path = (), depth: int = 0) -> Iterator[tuple[Path, dict[str, JSON]]]:
    """Every object in `schema` that may be a schema, with its path. Raises RecursionError where it is too deep."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(schema, dict):
        yield path, schema
        for key, item in schema.items():
            if key not in ("default", "const", "enum", "examples"):
                yield from walk(item, (*path, key), depth + 1)
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from walk(item, (*path, index), depth + 1)


def has_patterns(schema: Mapping[str, Any]) -> bool:
    """Whether `schema` may have regular expressions (a property that is called so counts too)."""
    return b'"pattern' in encode(schema)


def _references(schema: JSON) -> Iterator[tuple[Path, str]]:
    for found, part in walk(schema):
        if isinstance(part.get("$ref"), str):
            yield (*found, "$ref"), part["$ref"]


def _patterns(schema: JSON) -> Iterator[tuple[Path, str]]:
    for found, part in walk(schema):
        if isinstance(part.get("pattern"), str):
            yield (*found, "pattern"), part["pattern"]
        if isinstance(part.get("patternProperties"), dict):
            for pattern in part["patternProperties"]:
                yield (*found, "patternProperties", pattern), pattern
