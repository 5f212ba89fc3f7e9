"""start, end, condition, switch, join, delay, stop."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.nodes.running import Engine

from weft.platform.sandbox.javascript import JavaScriptPool


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    pool = JavaScriptPool(2)
    yield Engine(pool)
    await pool.close()


def marks(*names: str) -> dict[str, dict[str, Any]]:
    return {name: {"type": "set", "config": {"values": {"name": name}}} for name in names}


async def test_start_gives_the_inputs_and_end_names_the_outputs(engine: Engine) -> None:
    end = {"type": "end", "config": {"outputs": {"x": "{{ s.x }}", "same": "{{ s.x[0] === input.x[0] }}"}}}
    outcome = await engine.run({"s": {"type": "start"}, "e": end}, "s>e", {"x": [1]})
    assert outcome.outputs == {"x": [1], "same": True}


@pytest.mark.parametrize(
    ("value", "port"), [(1, "yes"), ("0", "yes"), ([], "yes"), (0, "no"), ("", "no"), (None, "no")]
)
async def test_condition_takes_the_port_of_what_holds(engine: Engine, value: Any, port: str) -> None:
    condition = {"type": "condition", "config": {"expression": "input.v"}}
    nodes = {"s": {"type": "start"}, "c": condition, **marks("yes", "no")}
    outcome = await engine.run(nodes, "s>c c.true>yes c.false>no", {"v": value})
    assert outcome.outputs == {port: {"name": port}}


@pytest.mark.parametrize(("value", "port"), [(5, "small"), (50, "middle"), (500, "rest")])
async def test_condition_takes_the_first_case_that_holds(engine: Engine, value: int, port: str) -> None:
    cases = [{"id": "small", "expression": "input.v < 10"}, {"id": "middle", "expression": "{{ input.v < 100 }}"}]
    nodes = {"s": {"type": "start"}, "c": {"type": "condition", "config": {"cases": cases}}}
    edges = "s>c c.small>small c.middle>middle c.else>rest"
    outcome = await engine.run({**nodes, **marks("small", "middle", "rest")}, edges, {"v": value})
    assert outcome.outputs == {port: {"name": port}}


async def test_a_case_behind_the_one_that_holds_is_not_asked(engine: Engine) -> None:
    cases = [{"id": "a", "expression": "true"}, {"id": "b", "expression": "input.x.y.z"}]
    assert await engine.output({"type": "condition", "config": {"cases": cases}}) == {"case": "a"}


async def test_a_case_before_the_one_that_holds_fails_the_node(engine: Engine) -> None:
    cases = [{"id": "a", "expression": "input.x.y.z + 1"}, {"id": "b", "expression": "1 + 1"}]
    assert (await engine.error({"type": "condition", "config": {"cases": cases}}))["type"] == "expression"


class Counting(JavaScriptPool):
    """Remembers how many expressions each message had."""

    def __init__(self) -> None:
        super().__init__(2)
        self.asked: list[int] = []

    async def evaluate(self, expressions: Sequence[str], scope: Mapping[str, Any], **more: Any) -> list[Any]:
        self.asked.append(len(expressions))
        return await super().evaluate(expressions, scope, **more)


async def test_all_cases_are_asked_in_one_message() -> None:
    pool = Counting()
    cases = [{"id": f"c{n}", "expression": f"input.v === {n} + 0"} for n in range(20)]
    try:
        node = {"type": "condition", "config": {"cases": cases}}
        assert await Engine(pool).output(node, {"v": 17}) == {"case": "c17"}
    finally:
        await pool.close()
    assert pool.asked == [20]


@pytest.mark.parametrize(
    ("value", "case"),
    [
        (1, "one"),
        (1.0, "one"),
        ("1", "text"),
        (True, "yes"),
        ({"b": [1], "a": None}, "object"),
        (2, "else"),
        (None, "else"),
    ],
)
async def test_switch_compares_as_json(engine: Engine, value: Any, case: str) -> None:
    cases = [
        {"id": "text", "equals": "1"},
        {"id": "yes", "equals": True},
        {"id": "one", "equals": 1},
        {"id": "object", "equals": {"a": None, "b": [1]}},
    ]
    config = {"value": "{{ input.v }}", "cases": cases}
    assert await engine.output({"type": "switch", "config": config}, {"v": value}) == {"case": case}


async def test_join_names_the_sources_that_were_taken(engine: Engine) -> None:
    nodes = {"s": {"type": "start"}, **marks("a", "b"), "c": {"type": "condition", "config": {"expression": "false"}}}
    nodes |= {**marks("never"), "j": {"type": "join"}}
    outcome = await engine.run(nodes, "s>a s>b s>c c.true>never never>j b>j a>j c.false>j")
    assert outcome.outputs == {"j": {"taken": ["b", "a", "c"]}}


async def test_delay_waits(engine: Engine) -> None:
    before = datetime.now(UTC)
    output = await engine.output({"type": "delay", "config": {"seconds": 0.2}})
    assert datetime.now(UTC) - before >= timedelta(seconds=0.2)
    resumed = datetime.fromisoformat(output["resumed_at"])
    assert abs((resumed - before).total_seconds() - 0.2) < 1


@pytest.mark.parametrize(
    "until",
    ["2001-01-01T00:00:00Z", "2001-01-01T00:00:00.5+02:00", "2001-01-01t00:00:00z", "0001-01-01T00:00:00+10:00"],
)
async def test_delay_until_what_is_past_goes_on_at_once(engine: Engine, until: str) -> None:
    assert "resumed_at" in await engine.output({"type": "delay", "config": {"until": "{{ input.t }}"}}, {"t": until})


@pytest.mark.parametrize(
    "until",
    ["tomorrow", "2030-01-01", "2030-01-01T00:00:00", 5, "", "2030-W05-4T09:00:00Z", "2030-01-31T090000+0000",
     "9999-12-31T23:59:59-01:00", "9999-12-31T23:59:59.999999Z"],
)  # fmt: skip
async def test_delay_refuses_what_is_no_time(engine: Engine, until: Any) -> None:
    error = await engine.error({"type": "delay", "config": {"until": "{{ input.t }}"}}, {"t": until})
    assert error["type"] == "validation"
    assert error["details"]["errors"][0]["path"] == "/until"


async def test_stop_fails_the_run_past_every_policy(engine: Engine) -> None:
    config = {"message": "Sold out: {{ input.item }}", "type": "sold_out"}
    error = await engine.error({"type": "stop", "config": config, "policy": {"on_error": "continue"}}, {"item": "tea"})
    assert (error["type"], error["message"], error["node"]) == ("sold_out", "Sold out: tea", "n")


async def test_a_long_delay_puts_the_run_away_until_its_time(engine: Engine) -> None:
    before = datetime.now(UTC).timestamp()
    outcome = await engine.run({"s": {"type": "start"}, "d": {"type": "delay", "config": {"seconds": 3600}}}, "s>d")
    assert outcome.status == "waiting"
    assert outcome.due_at is not None
    assert before + 3600 <= outcome.due_at + 0.01
    assert outcome.due_at < before + 3660


async def test_a_loop_and_a_parallel_with_all_their_expressions(engine: Engine) -> None:
    loop = {
        "over": "{{ input.items }}", "state": {"sum": "{{ input.first }}"}, "update": {"sum": "state.sum + double.v"},
        "break_if": "state.sum > 10", "result": "double.v",
    }  # fmt: skip
    double = {"type": "set", "parent": "l", "config": {"values": {"v": "{{ item * 2 }}"}}}
    nodes = {
        "s": {"type": "start"}, "l": {"type": "loop", "config": loop}, "double": double,
        "p": {"type": "parallel"}, "a": {"type": "template", "parent": "p", "config": {"template": "a{{ l.count }}"}},
        "b": {"type": "template", "parent": "p", "config": {"template": "b"}},
        "e": {"type": "end", "config": {"outputs": {"l": "{{ l }}", "p": "{{ p.results }}"}}},
    }  # fmt: skip
    outcome = await engine.run(nodes, "s>l l>p p>e", {"items": [1, 2, 3, 4, 5, 6], "first": 1})
    assert outcome.status == "completed", outcome.error
    assert outcome.outputs == {
        "l": {"results": [2, 4, 6, 8], "errors": [], "count": 4, "state": {"sum": 21}},
        "p": {"a": {"text": "a4"}, "b": {"text": "b"}},
    }


@pytest.mark.parametrize(
    ("config", "path", "message"),
    [
        ({"seconds": "{{ input.none }}"}, "", "give exactly one of 'seconds' and 'until'"),
        ({"until": "{{ 'soon' }}"}, "/until", "should be a time with its zone, as 2030-01-31T09:00:00Z"),
        ({"seconds": "{{ 'a' }}"}, "/seconds", "Input should be a valid number"),
    ],
)
async def test_a_rendered_config_that_does_not_fit_says_where(
    engine: Engine, config: dict[str, Any], path: str, message: str
) -> None:
    error = await engine.error({"type": "delay", "config": config})
    assert error["type"] == "validation"
    assert error["message"] == f"config{path}: {message}"
    assert error["details"]["errors"] == [{"path": path, "message": message}]
