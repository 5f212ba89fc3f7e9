"""Values against JSON Schemas (2020-12), in bounded time.

Most of a large value is accepted by closures made once from the plain parts of its schema; what they do not
accept is looked at by jsonschema, which names the fault. Both draw on one Meter.
"""

import threading
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from jsonschema import Draft202012Validator, SchemaError, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from weft.engine.javascript import MatchTimeout, matches
from weft.engine.shapes import Accept, acceptors
from weft.engine.values import JSON, decode, encode, identity

__all__ = ["Meter", "SchemaError", "Spent", "Unresolvable", "ValidationError", "errors", "pointer", "told"]

Path = tuple[str | int, ...]
_PATTERNS_S: Final = 0.25
_PLAIN_MATCH_S: Final = 20e-6
_NOWHERE: Final[Registry[Any]] = Registry()
"""Schemas refer to themselves only: nothing is ever fetched."""


class Spent(Exception):
    """A check has done all the work it may."""


class Meter:
    """What one check may cost: `steps` (a rule on a value is one), and 0.25 s for slow patterns together."""

    __slots__ = ("patterns_s", "steps")

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.patterns_s = _PATTERNS_S

    def step(self, count: int = 1) -> None:
        """Raises Spent where nothing is left."""
        self.steps -= count
        if self.steps < 0:
            raise Spent

    def matches(self, pattern: str, text: str) -> bool:
        """Whether `pattern` is found in `text`; one that cannot be compiled is in none. Raises Spent."""
        if self.patterns_s <= 0:
            raise Spent
        began = time.thread_time()
        try:
            return matches(pattern, text, self.patterns_s)
        except MatchTimeout:
            self.patterns_s = 0
            raise Spent from None
        except ValueError:
            return False
        finally:
            self.patterns_s -= max(0.0, time.thread_time() - began - _PLAIN_MATCH_S)


class _Schema:
    """One schema, ready for use: its validator, what accepts parts of it at once, its lists of constants."""

    __slots__ = ("accept", "allowed", "validator")

    def __init__(self, text: bytes) -> None:
        schema = decode(text)
        self.validator: Any = _Validator(schema, registry=_NOWHERE)
        self.accept: dict[int, Accept] = acceptors(schema)
        self.allowed: dict[int, frozenset[Hashable]] = {}

    def constants(self, values: list[JSON]) -> frozenset[Hashable]:
        """The identities of an `enum`."""
        known = self.allowed.get(id(values))
        if known is None:
            known = self.allowed[id(values)] = frozenset(map(identity, values))
        return known


class _Check(threading.local):
    """The check that goes on in this thread."""

    schema: _Schema
    meter: Meter

    def accepts(self, part: Any, value: JSON) -> bool:
        """Whether `part` of the schema surely accepts `value`."""
        accept = self.schema.accept.get(id(part))
        try:
            return accept is not None and accept(value, self.meter)
        except Spent:
            return False  # the whole validator says where


_check = _Check()


def errors(schema: Mapping[str, Any], value: JSON, most: int, meter: Meter) -> list[ValidationError]:
    """The first `most` faults of `value`. Raises Spent, Unresolvable, RecursionError."""
    found: list[ValidationError] = []
    before = _check.__dict__.copy()
    _check.schema, _check.meter = _schema(encode(schema)), meter
    try:
        if not _check.accepts(_check.schema.validator.schema, value):
            found.extend(islice(_check.schema.validator.iter_errors(value), most))
    except Spent:
        if not found:
            raise
    finally:
        _check.__dict__.clear()
        _check.__dict__.update(before)
    return found


def pointer(prefix: str, path: Path) -> str:
    """`prefix` lengthened by `path`, as a JSON pointer."""
    return prefix + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


# -- the rules that are not jsonschema's own ---------------------------------------------------------------------------


def _pattern(validator: Any, pattern: str, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "string"):
        return
    spent = False
    try:
        found = _check.meter.matches(pattern, instance)
    except Spent:
        found, spent = False, True
    if not found:
        yield ValidationError("does not match the pattern")
    if spent:
        raise Spent


def _descend(validator: Any, value: JSON, part: Any, place: str | int) -> Iterator[ValidationError]:
    for error in validator.descend(value, part, path=place):
        if part is False:
            error.path.appendleft(place)  # jsonschema leaves it out of what `false` refuses
        yield error


def _pattern_properties(validator: Any, patterns: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if validator.is_type(instance, "object"):
        for pattern, part in patterns.items():
            _check.meter.step(len(instance))
            for name, value in instance.items():
                if _check.meter.matches(pattern, name):
                    yield from _descend(validator, value, part, name)


def _additional_properties(validator: Any, part: Any, instance: JSON, schema: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name in instance:
        if name in known or any(_check.meter.matches(pattern, name) for pattern in patterns):
            continue
        if part is False:
            yield ValidationError("is unknown", path=[name])
        elif part is not True and not _check.accepts(part, instance[name]):
            yield from validator.descend(instance[name], part, path=name)


def _properties(validator: Any, properties: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "object"):
        return
    for name, part in properties.items():
        if name in instance and not _check.accepts(part, instance[name]):
            yield from _descend(validator, instance[name], part, name)


def _items(validator: Any, part: Any, instance: JSON, schema: Any) -> Iterator[ValidationError]:
    if not validator.is_type(instance, "array"):
        return
    start = len(schema.get("prefixItems", ()))
    for index in range(start, len(instance)):
        if not _check.accepts(part, instance[index]):
            yield from _descend(validator, instance[index], part, index)


def _unique_items(validator: Any, unique: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if unique and validator.is_type(instance, "array") and len(set(map(identity, instance))) < len(instance):
        yield ValidationError("has an item twice")


def _enum(_validator: Any, values: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if identity(instance) not in _check.schema.constants(values):
        yield ValidationError("is none of these")


def _const(_validator: Any, value: Any, instance: JSON, _schema: JSON) -> Iterator[ValidationError]:
    if identity(instance) != identity(value):
        yield ValidationError("is something else")


def _metered(rule: Callable[..., Any]) -> Callable[..., Iterator[ValidationError]]:
    def checked(validator: Any, wanted: Any, instance: JSON, schema: JSON) -> Iterator[ValidationError]:
        _check.meter.step(1 + (len(wanted) >> 4 if isinstance(wanted, list | dict) else 0))
        yield from rule(validator, wanted, instance, schema) or ()

    return checked


_RULES: Final[dict[str, Callable[..., Any]]] = {
    **Draft202012Validator.VALIDATORS,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "properties": _properties,
    "items": _items,
    "uniqueItems": _unique_items,
    "enum": _enum,
    "const": _const,
}
_Validator: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {name: _metered(rule) for name, rule in _RULES.items()}
)
"""Patterns are JavaScript's, as JSON Schema wants them; equal items are found by their identity."""


@lru_cache(maxsize=512)
def _schema(text: bytes) -> _Schema:
    return _Schema(text)


def told(error: ValidationError | SchemaError) -> str:
    """What is wrong, in words that do not repeat the value, which may be long or secret."""
    rule: str = str(error.validator)
    wanted: Any = error.validator_value
    if error.validator is None:
        return "Should not be there."  # the schema is `false`
    if rule == "type":
        named = wanted if isinstance(wanted, str) else " or ".join(map(str, wanted))
        return f"Should be of type {named}."
    if rule in ("enum", "const"):
        allowed = wanted if rule == "enum" else [wanted]
        return "Should be one of: " + ", ".join(encode(value).decode() for value in allowed[:20]) + "."
    return f"Does not meet the rule {rule} {encode(wanted).decode()[:200]}."
