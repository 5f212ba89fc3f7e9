"""What a node type's config schema says about each of its fields: template, expression or literal; its type."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from weft.engine.node import NodeType

Schema = Mapping[str, Any]
_NOTHING: Final[Schema] = {}
_LONG: Final = 100


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One place in a config. `kind` is its JSON type where it has one (null aside), else "any".

    `extra` names what an expression there sees beside the node's scope; `round` is a loop's own expression,
    which sees the children of the round. `reference` is what an id there names (`credential`, `model`, …);
    `json_schema`: a JSON Schema stands there. `language`: code in it stands there (`javascript`, `python`).
    """

    schemas: tuple[Schema, ...]
    definitions: Schema
    kind: str = "any"
    nullable: bool = False
    literal: bool = False
    expression: bool = False
    extra: frozenset[str] = frozenset()
    round: bool = False
    reference: str | None = None
    json_schema: bool = False
    language: str | None = None


ANYWHERE: Final = Field((), _NOTHING)
"""A place that no schema describes: strings are templates, values keep their type."""

_fields: dict[int, tuple[NodeType, Field]] = {}


def fields_of(node_type: NodeType) -> Field:
    """The root of the config of `node_type`."""
    known = _fields.get(id(node_type))
    if known is not None and known[0] is node_type:
        return known[1]
    root = _field((node_type.config_schema,), node_type.config_schema.get("$defs", _NOTHING))
    _fields[id(node_type)] = (node_type, root)
    return root


def field_of(field: Field, key: str | int) -> Field:
    """The place under `key` (an index in an array)."""
    if not field.schemas:
        return _inherited(field)
    if isinstance(key, str) and len(key) > _LONG:
        return _find(field, key)
    return _found(field, key)


def _find(field: Field, key: str | int) -> Field:
    schemas = tuple(schema for parent in field.schemas for schema in _below(parent, key))
    return _field(schemas, field.definitions) if schemas else _inherited(field)


_found = lru_cache(maxsize=16_384)(_find)


def _inherited(field: Field) -> Field:
    return field if field.literal else ANYWHERE


def _below(schema: Schema, key: str | int) -> list[Schema]:
    if isinstance(key, int):
        prefix = schema.get("prefixItems", ())
        item = prefix[key] if key < len(prefix) else schema.get("items")
        return [item] if isinstance(item, Mapping) else []
    named = schema.get("properties", _NOTHING).get(key)
    if named is None:
        named = schema.get("additionalProperties")
    return [named] if isinstance(named, Mapping) else []


def _field(schemas: tuple[Schema, ...], definitions: Schema) -> Field:
    branches = [branch for schema in schemas for branch in _branches(schema, definitions)]
    marks: dict[str, Any] = {}
    for schema in (*schemas, *branches):
        marks.update({key: value for key, value in schema.items() if key.startswith("x-")})
    kinds = {_kind(branch) for branch in branches}
    named = kinds - {"null"}
    return Field(
        schemas=tuple(branch for branch in branches if _kind(branch) != "null"),
        definitions=definitions,
        kind=named.pop() if len(named) == 1 else "any",
        nullable="null" in kinds,
        literal=bool(marks.get("x-literal")),
        expression=bool(marks.get("x-expression")),
        extra=frozenset(marks.get("x-scope", ())),
        round=bool(marks.get("x-round")),
        reference=marks.get("x-reference"),
        json_schema=bool(marks.get("x-json-schema")),
        language=marks.get("x-language"),
    )


def _branches(schema: Schema, definitions: Schema) -> list[Schema]:
    """The alternatives that `schema` offers, references followed."""
    if "$ref" in schema:
        target = definitions.get(str(schema["$ref"]).rsplit("/", 1)[-1], _NOTHING)
        marks = {key: value for key, value in schema.items() if key != "$ref"}
        return _branches({**target, **marks}, definitions)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return [branch for part in schema[word] for branch in _branches(part, definitions)]
    return [schema]


def _kind(schema: Schema) -> str:
    """The JSON type of one branch; a list of constants says it by its values."""
    named = schema.get("type")
    if isinstance(named, str):
        return named
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    if values and all(isinstance(value, str) for value in values):
        return "string"
    return "any"
