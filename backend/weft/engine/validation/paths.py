"""Whether a path leads anywhere in an output, as far as its JSON Schema tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from weft.engine.expressions import INHERITED
from weft.engine.validation.report import closest

Schema = Mapping[str, Any]
_SCALARS: Final = frozenset({"string", "number", "integer", "boolean", "null"})
_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class Dead:
    """The path ends at its item `at`: there is nothing of that name, though perhaps a `suggestion`."""

    at: int
    message: str
    suggestion: str | None = None


def dead_end(schema: Schema, path: tuple[str | int, ...], *, closed: bool) -> Dead | None:
    """Where `path` (without its root) leaves what `schema` describes; None where it does not, or nobody knows.

    `closed`: an object that says nothing of other members has none (the outputs of node types).
    """
    return _follow([schema], path, 0, closed, schema.get("$defs", {}))


def kinds_at(schema: Schema, path: tuple[str | int, ...]) -> frozenset[str] | None:
    """The JSON types that may stand at the end of `path`; None where they are not known."""
    schemas: list[Schema] = [schema]
    defs = schema.get("$defs", {})
    for key in path:
        below = [_member(branch, key, 0, True) for each in schemas for branch in _branches(each, defs, 0)]
        if not all(isinstance(each, Mapping) for each in below):
            return None
        schemas = [each for each in below if isinstance(each, Mapping)]
    kinds = [branch.get("type") for each in schemas for branch in _branches(each, defs, 0)]
    known = frozenset(kind for kind in kinds if isinstance(kind, str))
    return known if kinds and len(known) == len(set(map(str, kinds))) else None


def _follow(schemas: list[Schema], path: tuple[str | int, ...], at: int, closed: bool, defs: Schema) -> Dead | None:
    if at == len(path):
        return None
    branches = [branch for schema in schemas for branch in _branches(schema, defs, 0)]
    below: list[Schema] = []
    dead: list[Dead] = []
    for branch in branches:
        found = _member(branch, path[at], at, closed)
        if found is None:
            return None
        if isinstance(found, Dead):
            dead.append(found)
        else:
            below.append(found)
    if below:
        return _follow(below, path, at + 1, closed, defs)
    return next((each for each in dead if each.suggestion), dead[0] if dead else None)


def _branches(schema: Schema, defs: Schema, depth: int) -> list[Schema]:
    if depth > _DEEPEST:
        return [{}]
    if "$ref" in schema:
        target = defs.get(str(schema["$ref"]).rsplit("/", 1)[-1])
        return _branches(target, defs, depth + 1) if isinstance(target, Mapping) else [{}]
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            return [branch for part in schema[word] for branch in _branches(part, defs, depth + 1)]
    return [schema]


def _member(schema: Schema, key: str | int, at: int, closed: bool) -> Schema | Dead | None:
    """What stands under `key`: a schema, nothing (Dead), or None where it is open."""
    if not isinstance(schema, Mapping) or "allOf" in schema or (isinstance(key, str) and key in INHERITED):
        return None
    kind = schema.get("type")
    if kind == "object" or (kind is None and "properties" in schema):
        return _of_object(schema, str(key), at, closed)
    if kind == "array":
        return _of_array(schema, key, at)
    if kind == "string" and (key == "length" or isinstance(key, int)):
        return None
    if isinstance(kind, str) and kind in _SCALARS:
        return Dead(at, f"is a {kind} and has no '{key}'" if kind != "null" else f"is null and has no '{key}'")
    return None


def _of_object(schema: Schema, key: str, at: int, closed: bool) -> Schema | Dead | None:
    properties = schema.get("properties")
    if isinstance(properties, Mapping) and key in properties:
        found = properties[key]
        return found if isinstance(found, Mapping) else None
    others = schema.get("additionalProperties", not (closed and isinstance(properties, Mapping)))
    if isinstance(others, Mapping):
        return others
    if others or "patternProperties" in schema:
        return None
    names = list(properties or ())
    known = ", ".join(f"'{name}'" for name in names[:12]) or "nothing"
    return Dead(at, f"has no '{key}', but {known}", closest(key, names) or next(iter(names), None))


def _of_array(schema: Schema, key: str | int, at: int) -> Schema | Dead | None:
    if key == "length":
        return {"type": "integer"}
    if isinstance(key, int) or key.isdigit():
        items = schema.get("items")
        return items if isinstance(items, Mapping) and "prefixItems" not in schema else None
    return Dead(at, f"is a list and has no '{key}': take an item first, as in [0]")


def names_of(schema: Schema) -> list[str] | None:
    """The names that an object schema lists; None where it lists none."""
    properties = schema.get("properties")
    return list(properties) if isinstance(properties, Mapping) and properties else None
