"""The nodes code_javascript and code_python over real sandboxes."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
from pydantic import ValidationError

from weft.engine.capabilities import Moment
from weft.engine.errors import NodeError
from weft.engine.node import NodeRun, NodeType
from weft.nodes import code_javascript, code_python
from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.python import PythonPool


class Attempt:
    """As much of a NodeRun as the code nodes touch."""

    workspace = "one"
    moment = Moment(1_700_000_000_000, 7)

    def __init__(self) -> None:
        self.javascript = JavaScriptPool(2)
        self.python = PythonPool(2)
        self.lines: list[tuple[str, Any]] = []

    def log(self, message: str, **fields: Any) -> None:
        self.lines.append((message, fields["text"]))


@pytest.fixture
async def attempt() -> AsyncIterator[Attempt]:
    found = Attempt()
    yield found
    await found.javascript.close()
    await found.python.close()


TYPES: dict[str, NodeType] = {
    "code_javascript": cast(Any, code_javascript.code_javascript).node_type,
    "code_python": cast(Any, code_python.code_python).node_type,
}


async def run(attempt: Attempt, type_: str, config: dict[str, Any]) -> Any:
    node_type = TYPES[type_]
    return await node_type.function(node_type.config.model_validate(config), cast(NodeRun, attempt))


@pytest.mark.parametrize(
    ("type_", "code", "output"),
    [
        ("code_javascript", "return {sum: inputs.a + inputs.b}", {"sum": 3}),
        ("code_javascript", "return undefined", None),
        ("code_javascript", "return '{{ not a template }}'", "{{ not a template }}"),
        ("code_python", "return {'sum': inputs['a'] + inputs['b']}", {"sum": 3}),
        ("code_python", "x = 1", None),
        ("code_python", "return '{{ not a template }}'", "{{ not a template }}"),
    ],
)
async def test_output_is_what_the_code_returns(attempt: Attempt, type_: str, code: str, output: Any) -> None:
    assert await run(attempt, type_, {"code": code, "inputs": {"a": 1, "b": 2}}) == output


@pytest.mark.parametrize(
    ("type_", "code", "line"),
    [("code_javascript", "let a = 1\nthrow new Error('no')", 2), ("code_python", "a = 1\nraise ValueError('no')", 2)],
)
async def test_an_error_names_the_line(attempt: Attempt, type_: str, code: str, line: int) -> None:
    with pytest.raises(NodeError) as caught:
        await run(attempt, type_, {"code": code})
    assert caught.value.type == "code"
    assert caught.value.details["line"] == line


@pytest.mark.parametrize(("type_", "code"), [("code_javascript", "for (;;);"), ("code_python", "while True: pass")])
async def test_the_time_limit_holds(attempt: Attempt, type_: str, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        await run(attempt, type_, {"code": code, "timeout_s": 0.2})
    assert caught.value.type == "timeout"


@pytest.mark.parametrize(
    ("type_", "code"), [("code_javascript", "console.log('hi', 1)"), ("code_python", "print('hi', 1)")]
)
async def test_what_is_printed_goes_to_the_log(attempt: Attempt, type_: str, code: str) -> None:
    assert await run(attempt, type_, {"code": code}) is None
    assert [text for _, text in attempt.lines] == ["hi 1"]


@pytest.mark.parametrize("type_", TYPES)
@pytest.mark.parametrize(
    "config",
    [{}, {"code": 1}, {"code": "", "inputs": []}, {"code": "", "timeout_s": 0}, {"code": "", "timeout_s": 301},
     {"code": "", "memory_mb": 513}, {"code": "", "memory_mb": 0}, {"code": "", "other": 1}],
)  # fmt: skip
def test_a_bad_config_is_refused(type_: str, config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TYPES[type_].config.model_validate(config)


@pytest.mark.parametrize("type_", TYPES)
def test_what_the_catalog_shows(type_: str) -> None:
    node_type = TYPES[type_]
    config = node_type.config.model_validate({"code": "return 1"})
    assert config.model_dump() == {"code": "return 1", "inputs": {}, "timeout_s": 5, "memory_mb": 64}
    assert node_type.effect_for({}) == "pure"
    assert node_type.ports_for({}) == ("out",)
    assert node_type.output_schema_for({}) == {}
    assert node_type.config_schema["properties"]["code"]["x-literal"] is True
