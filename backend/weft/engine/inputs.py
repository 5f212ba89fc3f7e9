"""The inputs of a run against the schema of its start node: defaults filled in, faults located."""

import copy
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from weft.engine.javascript import matches, pattern_fault
from weft.engine.values import JSON, decode, encode
from weft.kernel.errors import FieldError, Invalid

Path = tuple[str | int, ...]
_MOST_FAULTS: Final = 50
_DEEPEST: Final = 100
_NOWHERE: Final[Registry[Any]] = Registry()
"""Schemas refer to themselves only: nothing is ever fetched."""


def pointer(prefix: str, path: Path) -> str:
    """`prefix` lengthened by `path`, as a JSON pointer."""
    return prefix + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def schema_faults(schema: JSON, at: str) -> list[FieldError]:
    """What is wrong with `schema` as a JSON Schema 2020-12; `at` is its pointer."""
    try:
        Draft202012Validator.check_schema(schema, format_checker=_NO_FORMATS)
        patterns = list(_patterns(schema, (), 0))
    except SchemaError as error:
        return [FieldError(pointer(at, tuple(error.absolute_path)), "invalid_schema", _told(error))]
    except RecursionError:
        return [FieldError(at, "invalid_schema", f"The schema is nested deeper than {_DEEPEST}.")]
    faults = [(path, pattern_fault(pattern)) for path, pattern in patterns]
    wrong = [FieldError(pointer(at, path), "invalid_schema", fault) for path, fault in faults if fault]
    return wrong or _reference_faults(schema, at)


def _reference_faults(schema: JSON, at: str) -> list[FieldError]:
    """Try the schema on what is empty: a reference that leads nowhere, or to itself, shows."""
    try:
        samples: list[JSON] = [{}, [], "", 0, None]
        for sample in samples:
            for _fault in _validator(encode(schema)).iter_errors(sample):
                break
        lost = [
            path for path, target in _references(schema, (), 0) if target.startswith("#/") and _lost(schema, target)
        ]
    except (Unresolvable, RecursionError):
        return [FieldError(at, "invalid_schema", "A reference in the schema leads nowhere, or to itself.")]
    return [FieldError(pointer(at, path), "invalid_schema", "This reference leads nowhere.") for path in lost]


def _lost(schema: JSON, target: str) -> bool:
    return "$id" not in schema and _target(schema, target) is None


def _walk(schema: JSON, path: Path, depth: int) -> Iterator[tuple[Path, dict[str, JSON]]]:
    """Every object in `schema` that may be a schema, with its path. Raises RecursionError where it is too deep."""
    if depth > _DEEPEST:
        raise RecursionError
    if isinstance(schema, dict):
        yield path, schema
        for key, item in schema.items():
            if key not in ("default", "const", "enum", "examples"):
                yield from _walk(item, (*path, key), depth + 1)
    elif isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from _walk(item, (*path, index), depth + 1)


def _references(schema: JSON, path: Path, depth: int) -> Iterator[tuple[Path, str]]:
    for found, part in _walk(schema, path, depth):
        if isinstance(part.get("$ref"), str):
            yield (*found, "$ref"), part["$ref"]


def _patterns(schema: JSON, path: Path, depth: int) -> Iterator[tuple[Path, str]]:
    for found, part in _walk(schema, path, depth):
        if isinstance(part.get("pattern"), str):
            yield (*found, "pattern"), part["pattern"]
        if isinstance(part.get("patternProperties"), dict):
            for pattern in part["patternProperties"]:
                yield (*found, "patternProperties", pattern), pattern


def _pattern(validator: Any, pattern: str, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if validator.is_type(instance, "string") and not _matches(pattern, instance):
        yield ValidationError("does not match the pattern")


def _pattern_properties(validator: Any, patterns: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, part in patterns.items():
            for name, value in instance.items():
                if _matches(pattern, name):
                    yield from validator.descend(value, part, path=name, schema_path=pattern)


def _additional_properties(validator: Any, part: Any, instance: JSON, schema: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    for name in _additional(instance, schema):
        if isinstance(part, bool):
            if not part:
                yield ValidationError("is unknown", path=[name])
        else:
            yield from validator.descend(instance[name], part, path=name)


def _additional(instance: Mapping[str, JSON], schema: Mapping[str, Any]) -> Iterator[str]:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return (n for n in instance if n not in known and not any(_matches(pattern, n) for pattern in patterns))


def _matches(pattern: str, text: str) -> bool:
    try:
        return matches(pattern, text)
    except ValueError:
        return False


_NO_FORMATS: Final = FormatChecker(formats=())
_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)
"""Patterns are JavaScript's, as JSON Schema wants them, and limited in time."""


@lru_cache(maxsize=512)
def _validator(schema: bytes) -> Draft202012Validator:
    validator: Draft202012Validator = _Validator(decode(schema), registry=_NOWHERE)
    return validator


def fill_inputs(schema: Mapping[str, Any], inputs: JSON) -> JSON:
    """`inputs` with the defaults of `schema` filled in, nested ones too; what was given is not changed.

    Raises Invalid, with pointers `/inputs/…`.
    """
    if not schema:
        return inputs
    try:
        filled = _fill(schema, copy.deepcopy(inputs), schema, 0)
        faults = [fault for _, fault in zip(range(_MOST_FAULTS), _faults(schema, filled), strict=False)]
    except (Unresolvable, RecursionError):
        raise Invalid("The inputs' schema has a reference that leads nowhere, or to itself.") from None
    if faults:
        raise Invalid("The inputs do not fit the workflow's schema.", faults)
    return filled


def _faults(schema: Mapping[str, Any], inputs: JSON) -> Iterator[FieldError]:
    for error in _validator(encode(schema)).iter_errors(inputs):
        path = tuple(error.absolute_path)
        if error.validator == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            name = next((name for name in missing if repr(name) in error.message), missing[0])
            yield FieldError(pointer("/inputs", (*path, name)), "missing", "This input is needed.")
        elif error.validator == "additionalProperties":
            yield FieldError(pointer("/inputs", path), "unknown_input", "There is no such input.")
        else:
            yield FieldError(pointer("/inputs", path), _code(error), _told(error))


def _code(error: ValidationError) -> str:
    return "wrong_type" if error.validator == "type" else "invalid_value"


def _told(error: ValidationError | SchemaError) -> str:
    """What is wrong, in words that do not repeat the value, which may be long or secret."""
    rule: str = str(error.validator)
    wanted: Any = error.validator_value
    if rule == "type":
        named = wanted if isinstance(wanted, str) else " or ".join(map(str, wanted))
        return f"Should be of type {named}."
    if rule in ("enum", "const"):
        allowed = wanted if rule == "enum" else [wanted]
        return "Should be one of: " + ", ".join(encode(value).decode() for value in allowed[:20]) + "."
    return f"Does not meet the rule {rule} {encode(wanted).decode()[:200]}."


def _fill(schema: JSON, value: JSON, root: Mapping[str, Any], depth: int) -> JSON:
    """Put in what is missing and has a default: in objects by name, in arrays item by item."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return value
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        value = _fill(_target(root, reference), value, root, depth + 1)
    for part in schema.get("allOf", ()):
        value = _fill(part, value, root, depth + 1)
    if isinstance(value, dict):
        _fill_object(schema.get("properties", {}), value, root, depth)
    elif isinstance(value, list) and "items" in schema:
        start = len(schema.get("prefixItems", ()))
        value[start:] = [_fill(schema["items"], item, root, depth + 1) for item in value[start:]]
    return value


def _fill_object(properties: Mapping[str, Any], value: dict[str, JSON], root: Mapping[str, Any], depth: int) -> None:
    for name, part in properties.items():
        if name not in value and isinstance(part, Mapping) and "default" in part:
            value[name] = copy.deepcopy(part["default"])
        if name in value:
            value[name] = _fill(part, value[name], root, depth + 1)


def _target(root: Mapping[str, Any], reference: str) -> JSON:
    """What a local reference (`#/$defs/name`) names; nothing where it leads nowhere."""
    found: JSON = root
    for part in reference[1:].split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
