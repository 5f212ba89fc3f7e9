"""What a builder reads about each node type: nothing is left unsaid, and the schema says what is checked."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import Field, ValidationError

import weft.nodes
from weft.engine.catalog import load_catalog
from weft.engine.graph import Policy
from weft.engine.node import NodeConfig, NodeType, OneOf
from weft.engine.policies import policy_schema

TYPES = [found for found in load_catalog(weft.nodes) if found.function.__module__.startswith("weft.")]
LONGEST = 240
CONFIGS: dict[str, list[dict[str, Any]]] = {
    "aggregate": [{"metrics": {"n": {"op": "count"}}, "group_by": "item"}],
    "condition": [{"cases": []}],
    "set": [{"values": {"a": 1}}],
}
"""Configs from which other outputs follow."""


def of_each_type(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(kind, TYPES, ids=[found.type for found in TYPES])


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of the objects in `schema`, definitions included."""
    if isinstance(schema, list):
        for part in schema:
            yield from fields(part, path)
    if not isinstance(schema, dict):
        return
    for name, field in schema.get("properties", {}).items():
        yield f"{path}/{name}", field
    for key, part in schema.items():
        if key in ("properties", "$defs"):
            for name, each in part.items():
                yield from fields(each, f"{path}/{name}")
        elif key in ("items", "anyOf", "oneOf", "allOf", "additionalProperties"):
            yield from fields(part, path)


def faults_of(schema: dict[str, Any]) -> list[str]:
    """The fields of which nothing is said, too much, or no whole sentence; what is referred to may say it."""

    def told_of(field: dict[str, Any]) -> str:
        named = schema.get("$defs", {}).get(str(field.get("$ref")).rsplit("/", 1)[-1], {})
        return str({**named, **field}.get("description", ""))

    return [
        path
        for path, field in fields(schema)
        if not (told := told_of(field)).endswith(".") or len(told) > LONGEST or told[0].islower()
    ]


@of_each_type("found")
def test_every_field_is_told_of(found: NodeType) -> None:
    assert found.description.endswith(".")
    assert faults_of(found.config_schema) == []
    for config in [{}, *CONFIGS.get(found.type, [])]:
        assert faults_of(found.output_schema_for(config)) == []
    assert faults_of(policy_schema(found)) == []
    assert faults_of(Policy.model_json_schema()) == []


def test_a_field_without_a_description_is_found() -> None:
    class Inner(NodeConfig):
        told: str = Field(description="What it is.")
        untold: int

    class Config(NodeConfig):
        inner: list[Inner] | None = Field(default=None, description="What it holds.")

    assert faults_of(Config.model_json_schema()) == ["/Inner/untold"]


def test_no_two_types_of_a_category_look_alike() -> None:
    shown = [(found.category, found.icon) for found in TYPES]
    assert sorted(shown) == sorted(set(shown))


def about_alternatives(found: type[NodeConfig], given: dict[str, Any]) -> list[str]:
    """What is wrong with `given` as a whole."""
    try:
        found.model_validate(given)
    except ValidationError as error:
        return [str(fault["msg"]) for fault in error.errors() if not fault["loc"]]
    return []


@of_each_type("found")
def test_alternatives_are_marked_and_checked(found: NodeType) -> None:
    """A type either marks its alternatives, of which one is wanted, or takes its fields together."""
    marked = found.config_schema.get("x-one-of")
    assert (marked is not None) == issubclass(found.config, OneOf)
    assert any("exactly one" in told for told in about_alternatives(found.config, {})) == (marked is not None)
    for (first, *_), (second, *_) in itertools.combinations(marked or [], 2):
        told = about_alternatives(found.config, {first: "x", second: "x"})
        assert any(f"'{first}'" in each and f"'{second}'" in each for each in told)
    for names in marked or []:
        assert set(names) <= found.config_schema["properties"].keys()
        assert about_alternatives(found.config, {names[0]: "x"}) == []
        takes_any = not found.config_schema["properties"][names[0]].keys() & {"type", "anyOf"}
        assert (about_alternatives(found.config, {names[0]: None}) == []) == takes_any


def test_the_types_with_alternatives() -> None:
    marked = {found.type: found.config_schema["x-one-of"] for found in TYPES if "x-one-of" in found.config_schema}
    assert marked == {
        "condition": [["expression"], ["cases"]],
        "delay": [["seconds"], ["until"]],
        "llm": [["prompt"], ["messages"]],
        "loop": [["over"], ["times"], ["while"]],
    }


def test_an_alternative_of_several_fields() -> None:
    class Greeting(OneOf):
        one_of = (("id",), ("words", "tone"))
        id: str | None = None
        words: str | None = None
        tone: str | None = None

    assert about_alternatives(Greeting, {"words": "Hello", "tone": "warm"}) == []
    (told,) = about_alternatives(Greeting, {"id": "a", "tone": "warm"})
    assert told == "Value error, give exactly one of 'id' and 'words' with 'tone'"


def test_an_alternative_that_is_no_field_is_refused() -> None:
    class Greeting(OneOf):
        one_of = (("id",), ("word",))
        id: str | None = None

    with pytest.raises(TypeError, match="names no field of it: word"):
        Greeting.model_json_schema()


def test_a_policy_schema_has_what_the_type_may_say() -> None:
    by_type = {found.type: policy_schema(found) for found in TYPES}
    assert by_type["llm"]["$defs"]["Retry"]["properties"]["max_attempts"]["default"] == 3
    assert by_type["set"]["$defs"]["Retry"]["properties"]["max_attempts"]["default"] == 1
    assert set(by_type["set"]["properties"]) == set(Policy.model_fields) - {"cache"}
    assert set(by_type["loop"]["properties"]) == set(Policy.model_fields) - {"cache", "retry"}
