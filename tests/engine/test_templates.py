"""Templates: where they begin and end, what they become, and that a plan renders what its config says."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field

from tests.engine.quick import VALUES, javascript
from weft.engine.errors import NodeError
from weft.engine.expressions import Code, ExpressionSyntax, text_of
from weft.engine.node import LITERAL, Expression, Literal, NodeConfig, NodeRun, NodeType, node
from weft.engine.rendering import compile_config
from weft.engine.templates import parse_template
from weft.engine.values import UNDEFINED


class Everything(NodeConfig):
    text: str = ""
    maybe: str | None = None
    number: float = 0
    whole: int = 0
    flag: bool = False
    any: Any = None
    values: dict[str, Any] = Field(default_factory=dict)
    rows: list[dict[str, str]] = Field(default_factory=list)
    code: Literal = ""
    schema_: dict[str, Any] = Field(default_factory=dict, alias="schema", json_schema_extra=LITERAL)
    where: Expression = ""


@node("everything", title="Everything", category="data", effect="pure", output=Any)
async def everything(config: Everything, run: NodeRun) -> Any:
    """Gives its config back."""
    return config.model_dump()


TYPE: NodeType = everything.node_type  # type: ignore[attr-defined]


def rendered(config: dict[str, Any], scope: dict[str, Any]) -> dict[str, Any]:
    found = compile_config(config, TYPE).render_here(scope)
    assert found is not None
    return found


def sources(text: str) -> list[str]:
    return [part.source if isinstance(part, Code) else repr(part) for part in parse_template(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("plain", ["'plain'"]),
        ("a {{ b }} c", ["'a '", "b", "' c'"]),
        ("{{b}}{{c}}", ["b", "c"]),
        ("{{ {a: {b: 1}} }}", ["{a: {b: 1}}"]),
        ("{{ {a:{b:1}}}}", ["{a:{b:1}}"]),
        ("{{ '}}' }}!", ["'}}'", "'!'"]),
        ("{{ '{{' }}", ["'{{'"]),
        ("{{ `}}${ {a:1}.a }}}` }}", ["`}}${ {a:1}.a }}}`"]),
        ("{{ /}}/.test(a) }}", ["/}}/.test(a)"]),
        ("{{ a / b }} and {{ c / d }}", ["a / b", "' and '", "c / d"]),
        ("{{ a // note }} b", ["a // note", "' b'"]),
        ("{{ a /* }} */ }}", ["a /* }} */"]),
        ("{ a } }} ${b} {%", ["'{ a } }} ${b} {%'"]),
        ("{{ a }}}", ["a", "'}'"]),
    ],
)
def test_where_expressions_begin_and_end(text: str, parts: list[str]) -> None:
    assert sources(text) == parts


@pytest.mark.parametrize(
    ("text", "offset"), [("x {{ a", 2), ("{{ }}", 0), ("a {{}}", 2), ("{{ (a }}", 3), ("{{ 'a }}", 3), ("{{ a }", 5)]
)
def test_what_is_not_closed_or_empty_says_where(text: str, offset: int) -> None:
    with pytest.raises(ExpressionSyntax) as refused:
        parse_template(text)
    assert refused.value.offset == offset


@given(st.text().filter(lambda text: "{{" not in text))
def test_text_without_braces_is_itself(text: str) -> None:
    assert "".join(parse_template(text)) == text  # type: ignore[arg-type]
    assert rendered({"text": text}, {})["text"] == text


@given(st.text(st.characters(exclude_characters="{}"), max_size=10), VALUES, st.text(max_size=3))
def test_a_value_in_text_is_its_text(before: str, value: Any, after: str) -> None:
    text = f"x{before}{{{{ a.v }}}}y"
    assert rendered({"text": text}, {"a": {"v": value}})["text"] == f"x{before}{text_of(value)}y"


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_a_whole_template_keeps_the_value(value: Any) -> None:
    found = rendered({"any": " {{ a.v }}\n"}, {"a": {"v": value}})["any"]
    assert found == javascript("a.v", {"a": {"v": value}})


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("text", 5, "5"),
        ("text", None, ""),
        ("text", UNDEFINED, ""),
        ("text", {"a": [1, 2.0]}, '{"a":[1,2]}'),
        ("maybe", None, None),
        ("maybe", UNDEFINED, None),
        ("maybe", True, "true"),
        ("number", 5, 5),
        ("whole", 5.0, 5),
        ("flag", True, True),
        ("any", UNDEFINED, None),
        ("any", "5", "5"),
    ],
)
def test_a_whole_template_takes_the_type_of_its_field(field: str, value: Any, expected: Any) -> None:
    plan = compile_config({field: "{{ a }}"}, TYPE)
    found = plan.render_here({"a": value})
    assert found is not None
    assert found[field] == expected
    assert type(found[field]) is type(expected)
    plan.validate(found)


@pytest.mark.parametrize(("field", "value"), [("number", "5"), ("whole", 5.5), ("flag", 1), ("flag", "true")])
def test_numbers_and_booleans_take_nothing_else(field: str, value: Any) -> None:
    plan = compile_config({field: "{{ a }}"}, TYPE)
    found = plan.render_here({"a": value})
    assert found is not None
    with pytest.raises(NodeError) as refused:
        plan.validate(found)
    assert refused.value.type == "validation"
    assert refused.value.details["errors"][0]["path"] == f"/{field}"


def test_only_templates_are_evaluated() -> None:
    config = {
        "values": {"a": "{{ x }}", "b": [1, {"c": "{{ x }} {{ y }}"}], "d": "plain"},
        "rows": [{"k": "{{ y }}"}],
        "code": "{{ x }}",
        "schema": {"default": "{{ x }}"},
        "where": "{{ x }}",
    }
    assert rendered(config, {"x": 1, "y": 2}) == {
        "values": {"a": 1, "b": [1, {"c": "1 2"}], "d": "plain"},
        "rows": [{"k": "2"}],
        "code": "{{ x }}",
        "schema": {"default": "{{ x }}"},
        "where": "{{ x }}",
    }
    assert config["values"]["a"] == "{{ x }}"  # type: ignore[index]


def test_what_comes_out_is_not_evaluated_again() -> None:
    assert rendered({"text": "{{ x }}", "any": "a {{ x }}"}, {"x": "{{ y }}"}) == {
        "text": "{{ y }}",
        "any": "a {{ y }}",
    }


def test_a_config_without_templates_is_checked_once() -> None:
    plan = compile_config({"text": "plain", "code": "{{ x }}"}, TYPE)
    assert plan.static
    assert plan.model == Everything(text="plain", code="{{ x }}")
    assert not compile_config({"text": 5}, TYPE).static


def test_a_plan_knows_what_it_refers_to() -> None:
    plan = compile_config({"text": "{{ a.b }} {{ c + d }}", "where": "e.map(x => x + f)", "code": "{{ g }}"}, TYPE)
    assert plan.roots == {"a", "c", "d", "e", "f"}
    assert plan.expression_roots == {"e", "f"}
    assert plan.template_roots == {"a", "c", "d"}


async def test_javascript_is_asked_once_for_all() -> None:
    asked: list[list[str]] = []

    async def evaluate(expressions: list[str]) -> list[Any]:
        asked.append(expressions)
        return [len(expression) for expression in expressions]

    plan = compile_config({"text": "{{ a }} {{ a + 1 }}", "any": "{{ a + 1 }}", "number": "{{ b * 2 }}"}, TYPE)
    assert plan.render_here({"a": 1, "b": 2}) is None
    assert await plan.render({"a": 1, "b": 2}, evaluate) == {"text": "1 5", "any": 5, "number": 5}
    assert asked == [["a + 1", "b * 2"]]


def test_a_broken_template_fails_where_it_is_rendered() -> None:
    with pytest.raises(NodeError) as failed:
        compile_config({"text": "{{ a"}, TYPE).render_here({"a": 1})
    assert failed.value.type == "expression"


def test_a_path_through_nothing_fails_as_in_javascript() -> None:
    with pytest.raises(NodeError, match="TypeError: cannot read property 'b' of undefined"):
        rendered({"text": "{{ a.b }}"}, {"a": UNDEFINED})
