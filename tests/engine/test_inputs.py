"""Inputs against a schema: defaults, faults with their places, schemas that are none."""

import asyncio
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.cost import counted
from weft.engine.inputs import check_inputs, fill_inputs, schema_faults
from weft.engine.schemas import Meter
from weft.engine.shapes import acceptors
from weft.engine.values import encode
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


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ({"properties": {"a": False}}, "/inputs/a"),
        ({"patternProperties": {"^a": False}}, "/inputs/a"),
        ({"properties": {"b": {"items": False}}}, "/inputs/b/0"),
    ],
)
def test_what_false_refuses_is_told_at_its_place(schema: dict[str, Any], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        fill_inputs(schema, {"a": 1, "b": [1]})
    assert [(error.path, error.message) for error in refused.value.errors] == [(path, "Should not be there.")]


def test_no_value_is_repeated() -> None:
    with pytest.raises(Invalid) as refused:
        fill_inputs(SCHEMA, {"name": 5, "kind": "a secret"})
    assert "a secret" not in str([error.as_json() for error in refused.value.errors])


def test_a_default_may_stand_where_a_property_refers_to() -> None:
    definitions = {
        "size": {"$ref": "#/$defs/count"},
        "count": {"type": "integer", "default": 3},
        "me": {"$ref": "#/$defs/me"},
    }
    properties = {"a": {"$ref": "#/$defs/size"}, "b": {"allOf": [{"type": "integer"}, {"$ref": "#/$defs/count"}]},
                  "c": {"$ref": "#/$defs/size", "default": 4}, "d": {"$ref": "#/$defs/me"}}  # fmt: skip
    assert fill_inputs({"$defs": definitions, "properties": properties}, {}) == {"a": 3, "b": 3, "c": 4}


def test_an_empty_schema_lets_everything_pass() -> None:
    assert fill_inputs({}, {"a": [1]}) == {"a": [1]}


def test_additional_inputs_pass_where_the_schema_lets_them() -> None:
    assert fill_inputs({"properties": {"a": {"default": 1}}}, {"b": 2}) == {"a": 1, "b": 2}
    schema = {"patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False}
    assert fill_inputs(schema, {"x1": 1}) == {"x1": 1}
    assert faults({"x1": "a", "y": 1}, schema) == [("/inputs/x1", "wrong_type"), ("/inputs/y", "unknown_input")]


def test_a_pattern_that_takes_forever_does_not() -> None:
    schema = {"properties": {"a": {"pattern": "^(a+)+$"}}}
    before = time.thread_time()
    assert faults({"a": "a" * 60 + "b"}, schema) == [("/inputs/a", "invalid_value")]
    assert time.thread_time() - before < 3


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
        ({"properties": {"a": {"$ref": "https://schemas.invalid/x"}}}, "/s/properties/a/$ref"),
        ({"properties": {"a": {"items": {"$ref": "other.json#/x"}}}}, "/s/properties/a/items/$ref"),
        ({"$ref": "file:///etc/passwd"}, "/s"),
        ({"$ref": "#"}, "/s"),
        ([], "/s"),
        (5, "/s"),
    ],
)
def test_what_is_no_schema_is_told(schema: Any, path: str) -> None:
    assert [fault.path for fault in schema_faults(schema, "/s")] == [path]


def test_a_reference_to_what_the_schema_itself_or_the_standard_names_is_a_good_one() -> None:
    named = {"$defs": {"n": {"$id": "https://here.test/n"}}, "properties": {"a": {"$ref": "https://here.test/n"}}}
    standard = {"properties": {"a": {"$ref": "https://json-schema.org/draft/2020-12/schema"}}}
    assert schema_faults(named, "/s") == schema_faults(standard, "/s") == []
    assert fill_inputs(named, {"a": 1}) == fill_inputs(standard, {"a": {}}) | {"a": 1}


def test_a_recursive_schema_is_a_good_one() -> None:
    schema = {"$defs": {"n": {"properties": {"next": {"$ref": "#/$defs/n"}, "v": {"default": 0}}}}, "$ref": "#/$defs/n"}
    assert schema_faults(schema, "/s") == []
    assert fill_inputs(schema, {"next": {"next": {}}}) == {"v": 0, "next": {"v": 0, "next": {"v": 0}}}


def test_a_schema_that_only_refers_to_itself_does_not_hang() -> None:
    with pytest.raises(Invalid):
        fill_inputs({"$ref": "#"}, {})


def test_unique_items_are_found_in_linear_time() -> None:
    schema = {"properties": {"rows": {"type": "array", "uniqueItems": True}}}
    rows = [{"id": number, "at": [number, 1.0]} for number in range(5000)]

    def cost(count: int) -> float:
        before = time.thread_time()
        assert fill_inputs(schema, {"rows": rows[:count]}) == {"rows": rows[:count]}
        return time.thread_time() - before

    tenth = min(cost(500) for _ in range(5))
    assert min(cost(5000) for _ in range(3)) < 40 * tenth, "pair by pair it is 100 times as much"
    assert faults({"rows": [*rows, {"at": [7.0, 1], "id": 7}]}, schema) == [("/inputs/rows", "invalid_value")]
    assert fill_inputs(schema, {"rows": [1, True, "1", [1], None]})


def test_all_patterns_of_a_check_share_one_time() -> None:
    rows = [f"{'a' * 40}{number}b" for number in range(200)]
    schema = {"properties": {"rows": {"uniqueItems": True, "items": {"pattern": "^(a+)+$"}}}}
    before = time.thread_time()
    assert faults({"rows": rows}, schema)[0] == ("/inputs/rows/0", "invalid_value")
    assert time.thread_time() - before < 1


PLAIN = {
    "type": "object",
    "properties": {
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "integer", "minimum": 0},
                    "name": {"type": "string", "pattern": "^n[0-9]+$", "maxLength": 20},
                    "kind": {"enum": ["a", "b"]},
                    "tags": {"type": "array", "items": {"type": ["string", "null"]}},
                },
                "required": ["id"],
                "additionalProperties": False,
            },
        }
    },
}


def test_a_plain_row_takes_a_hundred_calls_at_most() -> None:
    rows = [{"id": n, "name": f"n{n}", "kind": "a", "tags": ["x", None]} for n in range(19_000)]
    assert len(encode(rows)) > 2**20
    with counted() as cost:
        assert fill_inputs(PLAIN, {"rows": rows})["rows"] is rows
    assert cost.calls < 100 * len(rows)
    rows[17_000]["kind"] = "c"
    assert faults({"rows": rows}, PLAIN) == [("/inputs/rows/17000/kind", "invalid_value")]


DOUBLING = {
    "allOf": [{"$ref": "#/$defs/n0"}],
    "$defs": {f"n{n}": {"allOf": [{"$ref": f"#/$defs/n{n + 1}"}] * 2} for n in range(40)} | {"n40": {"default": 1}},
}
COSTLY = [
    (DOUBLING, {}),
    ({"items": {"anyOf": [{"const": n, "not": {}} for n in range(300)]}}, list(range(3000))),
    ({"items": {"required": [f"k{n}" for n in range(5000)]}}, [{f"k{n}": 1 for n in range(4999)}] * 1000),
    ({"patternProperties": {f"^x{n}$": {} for n in range(500)}}, {f"y{n}": 1 for n in range(5000)}),
]


@pytest.mark.parametrize(("schema", "value"), COSTLY, ids=["doubling", "any of", "required", "patterns"])
def test_a_schema_that_takes_forever_does_not(schema: dict[str, Any], value: Any) -> None:
    with counted() as cost, pytest.raises(Invalid):
        fill_inputs(schema, value)
    assert cost.calls < 2_000_000, "about the work of a MiB of plain rows"


def test_a_schema_that_doubles_is_refused() -> None:
    assert [fault.path for fault in schema_faults(DOUBLING, "/s")] == ["/s"]


async def test_large_inputs_are_checked_beside_the_loop() -> None:
    schema = {"items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}}
    value = list(range(40_000))
    task = asyncio.create_task(check_inputs(schema, value))
    turns = 0
    while not task.done():
        await asyncio.sleep(0.002)
        turns += 1
    assert await task == value
    assert turns > 10, "the loop turns meanwhile"
    with pytest.raises(Invalid):
        fill_inputs(schema, value)


PARTS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["integer", "number", "string", "array", "object", "null", ["boolean", "string"]]),
            "enum": st.lists(st.integers(0, 2) | st.booleans() | st.just([1.0]), min_size=1, max_size=3),
            "minimum": st.integers(-2, 2),
            "maxLength": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "pattern": st.sampled_from(["^a", "b$"]),
            "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
            "additionalProperties": st.booleans(),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {}, optional={"properties": st.dictionaries(st.sampled_from("ab"), inner, max_size=2), "items": inner}
    ),
    max_leaves=5,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([1.0, 1.5, "a", "ab", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(PARTS, VALUES)
def test_what_is_accepted_at_once_is_what_the_standard_accepts(schema: dict[str, Any], value: Any) -> None:
    accept = acceptors(schema).get(id(schema))
    assert accept is not None
    assert accept(value, Meter(1000)) == Draft202012Validator(schema).is_valid(value)
