"""set, template, transform, filter, aggregate, parse."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.cost import in_time, longest_stop
from tests.nodes.running import Engine

from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.parser import ParserPool


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    pool, parser = JavaScriptPool(2), ParserPool(2)
    yield Engine(pool, parser)
    await pool.close()
    await parser.close()


async def test_set_names_values_of_any_type(engine: Engine) -> None:
    values = {"n": "{{ input.n }}", "text": "n is {{ input.n }}", "sum": "{{ input.n + 1 }}", "fixed": [1, None]}
    node = {"type": "set", "config": {"values": values}}
    assert await engine.output(node, {"n": 2}) == {"n": 2, "text": "n is 2", "sum": 3, "fixed": [1, None]}


EXACT = {"big": 2**53 + 1, "link": {"at": 2**63 - 1}, "id": 2**53 + 3}


@pytest.mark.parametrize(
    ("node", "output"),
    [
        ({"type": "set", "config": {"values": {"v": "{{ input.big }}"}}}, {"v": 2**53 + 1}),
        ({"type": "set", "config": {"values": {"v": "{{ input.big }}", "w": "{{ 1 + 1 }}"}}}, {"v": 2**53 + 1, "w": 2}),
        ({"type": "set", "config": {"values": {"v": "{{ 9007199254740993 }}"}}}, {"v": 2**53 + 1}),
        ({"type": "template", "config": {"template": "{{ input.big }}, {{ input.link }}"}},
         {"text": '9007199254740993, {"at":9223372036854775807}'}),
        ({"type": "transform", "config": {"expression": "input.link.at"}}, 2**63 - 1),
        ({"type": "transform", "config": {"expression": "input.link.toString"}}, None),
        ({"type": "aggregate", "config": {
            "items": "{{ input.items }}", "group_by": "item.at",
            "metrics": {"sum": {"op": "sum", "value": "item.id"}, "n": {"op": "count", "value": "item.id > 0"}}}},
         {"groups": [{"key": 2**53 + 1, "sum": 5, "n": 1}]}),
    ],
)  # fmt: skip
async def test_plain_paths_keep_integers_exact_whatever_their_keys(
    engine: Engine, node: dict[str, Any], output: Any
) -> None:
    assert await engine.output(node, {**EXACT, "items": [{"at": 2**53 + 1, "id": 5}]}) == output


async def test_template_fills_in_values_and_nothing_else(engine: Engine) -> None:
    text = "{{ input.a }} {{ input.missing }} {{ input.o }} ${x} {% y %} {{ '{{' }} {{ 7 * 7 }}"
    node = {"type": "template", "config": {"template": text}}
    inputs = {"a": "{{ 1 + 1 }}", "o": {"k": [1.0, True]}}
    assert await engine.output(node, inputs) == {"text": '{{ 1 + 1 }}  {"k":[1,true]} ${x} {% y %} {{ 49'}


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("input.list.map(x => x * 2)", [2, 4, 6]),
        ("input.list[1]", 2),
        ("{{ {total: input.list.length} }}", {"total": 3}),
        ("input.nothing", None),
        ("'text'", "text"),
    ],
)
async def test_transform_gives_what_the_expression_gives(engine: Engine, expression: str, output: Any) -> None:
    node = {"type": "transform", "config": {"expression": expression}}
    assert await engine.output(node, {"list": [1, 2, 3]}) == output


@pytest.mark.parametrize("expression", ["input.a.b", "0 / 0", "1 / 0", "input.list.nope()", "nope()"])
async def test_transform_fails_with_an_expression_error(engine: Engine, expression: str) -> None:
    node = {"type": "transform", "config": {"expression": f"(() => {expression.replace('nope()', 'input.nope()')})()"}}
    error = await engine.error(node, {"list": []})
    assert error["type"] == "expression"
    assert error["node"] == "n"


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("item.n > 1", [{"n": 2}, {"n": 3}]),
        ("{{ index == 0 }}", [{"n": 1}]),
        ("item.n", [{"n": 1}, {"n": 2}, {"n": 3}]),
        ("item.missing", []),
        ("item.n === input.wanted", [{"n": 3}]),
    ],
)
async def test_filter_keeps_what_holds(engine: Engine, where: str, kept: list[Any]) -> None:
    node = {"type": "filter", "config": {"items": "{{ input.items }}", "where": where}}
    inputs = {"items": [{"n": 1}, {"n": 2}, {"n": 3}], "wanted": 3}
    assert await engine.output(node, inputs) == {"items": kept, "count": len(kept)}


async def test_filter_takes_thousands_of_items(engine: Engine) -> None:
    node = {"type": "filter", "config": {"items": "{{ input.items }}", "where": "item % 2 == 1"}}
    output = await engine.output(node, {"items": list(range(5000))})
    assert output["count"] == 2500
    assert output["items"][:3] == [1, 3, 5]


async def test_filter_wants_a_list(engine: Engine) -> None:
    error = await engine.error(
        {"type": "filter", "config": {"items": "{{ input.items }}", "where": "item"}}, {"items": 5}
    )
    assert error["type"] == "validation"
    assert error["details"]["errors"][0]["path"] == "/items"


ORDERS = [
    {"city": "Bonn", "sum": 10, "note": None},
    {"city": "Kiel", "sum": 5.5, "note": "late"},
    {"city": "Bonn", "sum": None, "note": "early"},
    {"city": 1, "sum": 2},
    {"city": True, "sum": 3},
]
METRICS = {
    "orders": {"op": "count"},
    "paid": {"op": "count", "value": "item.sum"},
    "total": {"op": "sum", "value": "item.sum"},
    "mean": {"op": "avg", "value": "{{ item.sum }}"},
    "least": {"op": "min", "value": "item.sum"},
    "most": {"op": "max", "value": "item.sum"},
    "first": {"op": "first", "value": "item.note"},
    "last": {"op": "last", "value": "item.note"},
    "places": {"op": "list", "value": "index * 2"},
}


async def test_aggregate_of_everything(engine: Engine) -> None:
    node = {"type": "aggregate", "config": {"items": "{{ input.orders }}", "metrics": METRICS}}
    assert await engine.output(node, {"orders": ORDERS}) == {
        "orders": 5, "paid": 4, "total": 20.5, "mean": 5.125, "least": 2, "most": 10,
        "first": "late", "last": "early", "places": [0, 2, 4, 6, 8],
    }  # fmt: skip


async def test_aggregate_by_group_keeps_their_order_and_their_types(engine: Engine) -> None:
    metrics = {"n": {"op": "count"}, "total": {"op": "sum", "value": "item.sum"}}
    config = {"items": "{{ input.orders }}", "group_by": "item.city", "metrics": metrics}
    output = await engine.output({"type": "aggregate", "config": config}, {"orders": ORDERS})
    assert output == {
        "groups": [
            {"key": "Bonn", "n": 2, "total": 10},
            {"key": "Kiel", "n": 1, "total": 5.5},
            {"key": 1, "n": 1, "total": 2},
            {"key": True, "n": 1, "total": 3},
        ]
    }


async def test_aggregate_of_very_many_does_not_hold_the_loop(engine: Engine) -> None:
    metrics = {"sum": {"op": "sum", "value": "item.a"}, "n": {"op": "count"}}
    config = {"items": "{{ input.rows }}", "group_by": "item.a", "metrics": metrics}
    rows = [{"a": number} for number in range(100_000)]
    task = asyncio.create_task(engine.output({"type": "aggregate", "config": config}, {"rows": rows}))
    in_time(await longest_stop(task), 0.3)
    assert (await task)["groups"][7] == {"key": 7, "sum": 7, "n": 1}


async def test_aggregate_of_nothing(engine: Engine) -> None:
    output = await engine.output({"type": "aggregate", "config": {"items": [], "metrics": METRICS}})
    assert output == {
        "orders": 0, "paid": 0, "total": 0, "mean": None, "least": None, "most": None,
        "first": None, "last": None, "places": [],
    }  # fmt: skip


async def test_a_sum_of_more_than_64_bits_is_a_float(engine: Engine) -> None:
    metrics = {op: {"op": op, "value": "item"} for op in ("sum", "avg")}
    config = {"items": "{{ input.items }}", "metrics": metrics}
    for item in (2**63, -(2**63)):
        output = await engine.output({"type": "aggregate", "config": config}, {"items": [item, item, item]})
        assert output == {"sum": 3.0 * item, "avg": item}


@pytest.mark.parametrize("operation", ["sum", "avg", "min"])
async def test_aggregate_tells_what_it_cannot_add(engine: Engine, operation: str) -> None:
    metrics = {"total/~": {"op": operation, "value": "item.v"}}
    items = [{"v": 1}, {"v": "x"}]
    error = await engine.error({"type": "aggregate", "config": {"items": items, "metrics": metrics}})
    assert error["type"] == "validation"
    assert "total" in error["message"]
    assert error["details"]["errors"][0]["path"] == "/metrics/total~1~0"


@pytest.mark.parametrize(
    ("config", "output"),
    [
        ({"format": "json", "text": '{"a": [1, null]}'}, {"a": [1, None]}),
        *(({"format": form, "text": f"\ufeff{text}"}, {"a": "b"})
          for form, text in (("json", '{"a": "b"}'), ("xml", "<a>b</a>"), ("yaml", "a: b"))),
        ({"format": "csv", "text": "a,b\r\n1,x\r\n\r\n2\r\n"}, [{"a": "1", "b": "x"}, {"a": "2", "b": None}]),
        ({"format": "csv", "text": 'a;b\n"x;y";2\n', "options": {"delimiter": ";"}}, [{"a": "x;y", "b": "2"}]),
        ({"format": "csv", "text": "1,2\n", "options": {"header": False}}, [["1", "2"]]),
        (
            {"format": "csv", "text": "a,b,c\n-1.5,007,1e3\n", "options": {"numbers": True}},
            [{"a": -1.5, "b": "007", "c": "1e3"}],
        ),
        ({"format": "csv", "text": ""}, []),
        (
            {"format": "xml", "text": '<?xml version="1.0"?><a x="1"><b>t</b><b/><c>é &amp; f</c></a>'},
            {"a": {"@x": "1", "b": ["t", None], "c": "é & f"}},
        ),
        (
            {"format": "yaml", "text": "a: &x [1, 2.5]\nb: *x\nc: 2020-01-01\n1: yes"},
            {"a": [1, 2.5], "b": [1, 2.5], "c": "2020-01-01", "1": "yes"},
        ),
        (
            {"format": "yaml", "text": "[18446744073709551615, 18446744073709551616, -0x8000000000000001]"},
            [18446744073709551615, 18446744073709551616.0, -9223372036854775809.0],
        ),
    ],
)  # fmt: skip
async def test_parse_reads(engine: Engine, config: dict[str, Any], output: Any) -> None:
    assert await engine.output({"type": "parse", "config": config}) == output


@pytest.mark.parametrize("delimiter", ['"', "\n", "\r", "", ";;"])
async def test_parse_refuses_a_delimiter_that_means_something_else(engine: Engine, delimiter: str) -> None:
    config = {"format": "csv", "text": "a,b\n1,2", "options": {"delimiter": "{{ input.d }}"}}
    error = await engine.error({"type": "parse", "config": config}, {"d": delimiter})
    assert error["type"] == "validation"
    assert error["details"]["errors"][0]["path"] == "/options/delimiter"


BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(10)
)
LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'
OUTSIDE = '<!DOCTYPE l SYSTEM "file:///etc/passwd"><l/>'


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("json", "{a: 1}"),
        ("json", "1" + "0" * 400),
        ("json", "[" * 200 + "]" * 200),
        ("csv", "a,b\n1,2,3\n"),
        ("csv", "a,a\n1,2\n"),
        ("csv", 'a\n"x'),
        ("xml", "<a>"),
        ("xml", LAUGHS),
        ("xml", OUTSIDE),
        ("xml", "<a>" * 200 + "</a>" * 200),
        ("yaml", "a: [1"),
        ("yaml", "a: 1\na: 2"),
        ("yaml", "!!python/object/apply:os.system ['true']"),
        ("yaml", "a: .nan"),
        ("yaml", "a: 1" + "0" * 400),
        ("yaml", '"\\ud800"'),
        ("yaml", '"\\udc00": 1'),
        ("yaml", '"\\ud800": 1\n"\\ud800": 2'),
        ("yaml", '!!int ""'),
        ("yaml", "[!!bool x]"),
        ("yaml", "!!omap [{a: 1}, {b: 2, c: 3}]"),
        ("yaml", "&a [*a]"),
        ("yaml", BOMB),
    ],
)
async def test_parse_refuses(engine: Engine, form: str, text: str) -> None:
    error = await engine.error(
        {"type": "parse", "config": {"format": form, "text": "{{ input.text }}"}}, {"text": text}
    )
    assert error["type"] == "validation"
    assert error["details"]["errors"][0]["path"] == "/text"
    assert len(error["message"]) < 300
