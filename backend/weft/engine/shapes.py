"""The plain parts of a JSON Schema as closures that accept a value at once. They never refuse: what is not
accepted here is left to the whole validator, which also says why."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias

from weft.engine.values import JSON, identity

_DEEPEST: Final = 100
_ANNOTATIONS: Final = frozenset(
    "title description default examples deprecated readOnly writeOnly format $comment $schema $defs".split()
)


class Matching(Protocol):
    """Who matches patterns, and counts the time it takes."""

    def matches(self, pattern: str, text: str) -> bool: ...


Accept: TypeAlias = Callable[[JSON, Matching], bool]


def _is_number(value: JSON) -> bool:
    return type(value) is int or type(value) is float


_TYPES: Final[dict[str, Callable[[JSON], bool]]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: type(value) is bool,
    "string": lambda value: type(value) is str,
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": _is_number,
    "array": lambda value: type(value) is list,
    "object": lambda value: type(value) is dict,
}


def acceptors(schema: JSON) -> dict[int, Accept]:
    """For each part of `schema` that is plain, by its `id()`, what accepts a value."""
    found: dict[int, Accept] = {}
    _collect(schema, found, 0)
    return found


def _collect(part: JSON, found: dict[int, Accept], depth: int) -> None:
    if depth > _DEEPEST:
        return
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for item in inner:
        _collect(item, found, depth + 1)
    if isinstance(part, dict) and (accept := _accept(part, found)) is not None:
        found[id(part)] = accept


def _accept(schema: Mapping[str, Any], found: Mapping[int, Accept]) -> Accept | None:
    rules: list[Accept] = []
    for word, wanted in schema.items():
        if word in _ANNOTATIONS:
            continue
        make = _WORDS.get(word)
        rule = make(wanted, schema, found) if make is not None else None
        if rule is None:
            return None
        rules.append(rule)
    if len(rules) == 1:
        return rules[0]
    return lambda value, meter: all(rule(value, meter) for rule in rules)


def _type(wanted: Any, _schema: Any, _found: Any) -> Accept | None:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list) or not all(isinstance(name, str) and name in _TYPES for name in names):
        return None
    tests = [_TYPES[name] for name in names]
    if len(tests) == 1:
        test = tests[0]
        return lambda value, _: test(value)
    return lambda value, _: any(test(value) for test in tests)


def _enum(wanted: Any, _schema: Any, _found: Any) -> Accept | None:
    if not isinstance(wanted, list):
        return None
    allowed = frozenset(map(identity, wanted))
    return lambda value, _: identity(value) in allowed


def _bound(kinds: tuple[type, ...], holds: Callable[[Any, Any], bool]) -> Callable[..., Accept | None]:
    """A rule that compares: a value of another kind passes it."""

    def make(wanted: Any, _schema: Any, _found: Any) -> Accept | None:
        return (lambda value, _: type(value) not in kinds or holds(value, wanted)) if _is_number(wanted) else None

    return make


def _pattern(wanted: Any, _schema: Any, _found: Any) -> Accept | None:
    if not isinstance(wanted, str):
        return None
    return lambda value, meter: type(value) is not str or meter.matches(wanted, value)


def _required(wanted: Any, _schema: Any, _found: Any) -> Accept | None:
    if not isinstance(wanted, list):
        return None
    return lambda value, _: type(value) is not dict or all(name in value for name in wanted)


def _properties(wanted: Any, _schema: Any, found: Mapping[int, Accept]) -> Accept | None:
    parts = {name: found.get(id(part)) for name, part in wanted.items()} if isinstance(wanted, dict) else {None: None}
    known = {name: accept for name, accept in parts.items() if accept is not None}
    if len(known) < len(parts):
        return None

    def accept(value: JSON, meter: Matching) -> bool:
        if type(value) is not dict:
            return True
        return all(name not in known or known[name](item, meter) for name, item in value.items())

    return accept


def _additional(wanted: Any, schema: Mapping[str, Any], _found: Any) -> Accept | None:
    properties = schema.get("properties", {})
    if not isinstance(wanted, bool) or not isinstance(properties, dict):
        return None
    if wanted:
        return lambda _value, _meter: True
    return lambda value, _: type(value) is not dict or all(name in properties for name in value)


def _items(wanted: Any, _schema: Any, found: Mapping[int, Accept]) -> Accept | None:
    part = found.get(id(wanted))
    if part is None:
        return None
    return lambda value, meter: type(value) is not list or all(part(item, meter) for item in value)


_NUMBERS: Final = (int, float)
_WORDS: Final[dict[str, Callable[..., Accept | None]]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _bound(_NUMBERS, lambda value, least: value >= least),
    "maximum": _bound(_NUMBERS, lambda value, most: value <= most),
    "minLength": _bound((str,), lambda value, least: len(value) >= least),
    "maxLength": _bound((str,), lambda value, most: len(value) <= most),
    "minItems": _bound((list,), lambda value, least: len(value) >= least),
    "maxItems": _bound((list,), lambda value, most: len(value) <= most),
    "pattern": _pattern,
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
}
