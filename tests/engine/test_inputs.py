"""Inputs against a schema: defaults, faults with their places, schemas that are none."""

import time
from typing import Any

import pytest

from weft.engine.inputs import fill_inputs, schema_faults
from weft.kernel.errors import Invalid

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 2, "pattern": r"^\p{Lu}"},
        "count": {"type": "integer", "default": 3},
        "options": {
            "type": "object",
            "default": {},
            "properties": {"deep": {"default": {"x": 1}, "properties": {"y": {"default": 2}}}},
        },
        "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
        "kind": {"enum": ["a", "b"]},
    },
    "required": ["name"],
    "additionalProperties": False,
    "$defs": {"row": {"type": "object", "properties": {"on": {"type": "boolean", "default": True}}}},
}


def faults(inputs: Any, schema: dict[str, Any] = SCHEMA) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        fill_inputs(schema, inputs)
    return [(error.path, error.code) for error in refused.value.errors]


def test_defaults_are_filled_in_where_they_are_missing() -> None:
    given = {"name": "Ada", "rows": [{}, {"on": False}]}
    assert fill_inputs(SCHEMA, given) == {
        "name": "Ada",
        "count": 3,
        "options": {"deep": {"x": 1, "y": 2}},
        "rows": [{"on": True}, {"on": False}],
    }
    assert given == {"name": "Ada", "rows": [{}, {"on": False}]}
    assert SCHEMA["properties"]["options"]["default"] == {}


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, [("/inputs/name", "missing")]),
        ({"name": 5}, [("/inputs/name", "wrong_type")]),
        ({"name": "A"}, [("/inputs/name", "invalid_value")]),
        ({"name": "ada"}, [("/inputs/name", "invalid_value")]),
        ({"name": "Ada", "count": "x"}, [("/inputs/count", "wrong_type")]),
        ({"name": "Ada", "count": True}, [("/inputs/count", "wrong_type")]),
        ({"name": "Ada", "nope": 1}, [("/inputs/nope", "unknown_input")]),
        ({"name": "Ada", "kind": "c"}, [("/inputs/kind", "invalid_value")]),
        ({"name": "Ada", "rows": [{}, {"on": 1}]}, [("/inputs/rows/1/on", "wrong_type")]),
        ({"nope": 1}, [("/inputs/nope", "unknown_input"), ("/inputs/name", "missing")]),
    ],
)
def test_each_fault_is_told_at_its_place(inputs: Any, expected: list[tuple[str, str]]) -> None:
    assert sorted(faults(inputs)) == sorted(expected)


def test_no_value_is_repeated() -> None:
    with pytest.raises(Invalid) as refused:
        fill_inputs(SCHEMA, {"name": 5, "kind": "a secret"})
    assert "a secret" not in str([error.as_json() for error in refused.value.errors])


def test_an_empty_schema_lets_everything_pass() -> None:
    assert fill_inputs({}, {"a": [1]}) == {"a": [1]}


def test_additional_inputs_pass_where_the_schema_lets_them() -> None:
    assert fill_inputs({"properties": {"a": {"default": 1}}}, {"b": 2}) == {"a": 1, "b": 2}
    schema = {"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False}
    assert fill_inputs(schema, {"x1": 1}) == {"x1": 1}
    assert faults({"x1": "a", "y": 1}, schema) == [("/inputs/x1", "wrong_type"), ("/inputs/y", "unknown_input")]


def test_a_pattern_that_takes_forever_does_not() -> None:
    schema = {"properties": {"a": {"pattern": "^(a+)+$"}}}
    before = time.monotonic()
    assert faults({"a": "a" * 60 + "b"}, schema) == [("/inputs/a", "invalid_value")]
    assert time.monotonic() - before < 3


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"type": "objekt"}, "/s/type"),
        ({"properties": []}, "/s/properties"),
        ({"properties": {"a": {"minimum": "1"}}}, "/s/properties/a/minimum"),
        ({"pattern": "["}, "/s/pattern"),
        ({"patternProperties": {"(": {}}}, "/s/patternProperties/("),
        ({"items": {"$ref": "#/$defs/none"}}, "/s/items/$ref"),
        ({"$ref": "https://schemas.invalid/x"}, "/s"),
        ({"$ref": "file:///etc/passwd"}, "/s"),
        ({"$ref": "#"}, "/s"),
        ([], "/s"),
        (5, "/s"),
    ],
)
def test_what_is_no_schema_is_told(schema: Any, path: str) -> None:
    assert [fault.path for fault in schema_faults(schema, "/s")] == [path]


def test_a_recursive_schema_is_a_good_one() -> None:
    schema = {"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"default": 0}}}}, "$ref": "#/$defs/n"}
    assert schema_faults(schema, "/s") == []
    assert fill_inputs(schema, {"next": {"next": {}}}) == {"v": 0, "next": {"v": 0, "next": {"v": 0}}}


def test_a_schema_that_only_refers_to_itself_does_not_hang() -> None:
    with pytest.raises(Invalid):
        fill_inputs({"$ref": "#"}, {})
