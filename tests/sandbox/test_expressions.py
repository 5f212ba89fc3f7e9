"""What expressions see and give."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.asking import MOMENT, Asking

from weft.engine.capabilities import Moment
from weft.engine.errors import NodeError
from weft.engine.values import UNDEFINED
from weft.platform.sandbox.javascript import JavaScriptPool

VALUES = [
    ("1 + 1", {}, 2),
    ("a.b[0].c", {"a": {"b": [{"c": "x"}]}}, "x"),
    ("(a ?? b).x", {"a": UNDEFINED, "b": {"x": 3}}, 3),
    ("a", {"a": UNDEFINED}, UNDEFINED),
    ("undefined", {}, UNDEFINED),
    ("() => 1", {}, UNDEFINED),
    ("Symbol('x')", {}, UNDEFINED),
    ("({a: undefined, b: [undefined, () => 1], c: null})", {}, {"b": [None, None], "c": None}),
    ("new Date(0)", {}, "1970-01-01T00:00:00.000Z"),
    ("now()", {}, "2023-11-14T22:13:20.000Z"),
    ("[new Date().getTime(), Date.now(), new Date(2020, 0, 1).getHours()]", {}, [1_700_000_000_000] * 2 + [0]),
    ("new Date() instanceof Date && typeof Date() === 'string'", {}, True),
    ("({b: 1, a: 2, 1: 3})", {}, {"1": 3, "b": 1, "a": 2}),
    ("a", {"a": 2**53}, 2**53),
    ("a", {"a": -(2**53)}, -(2**53)),
    ("a", {"a": 2**53 + 1}, 2**53),
    ("a > 1e20", {"a": 10**30}, True),
    ("a.length", {"a": "\ud800"}, 1),
    ("'\\ud83d\\ude00'[0]", {}, "\ufffd"),
    ("({['\\ud800']: '\\ud800x'})", {}, {"\ufffd": "\ufffdx"}),
    ("'null' + a", {"a": "\0\u2028😀"}, "null\0\u2028😀"),
    ("Promise.resolve([1])", {}, [1]),
    ("(async () => { await null; return a })()", {"a": 4}, 4),
    ("get + of + async + set", {"get": 1, "of": 2, "async": 3, "set": 4}, 10),
    ("$x + _y", {"$x": 1, "_y": 2, "not a name": 3}, 3),
    ("'\\u0061' + \\u0061b", {"ab": 1}, "a1"),
    ("a // the rest", {"a": 1}, 1),
    ("`${a}`.replace('1', '2')", {"a": 1}, "2"),
    ("{}.x", {}, None),
    ("[3, 1, 2].sort().map(x => x * 2).reduce((s, x) => s + x, 0)", {}, 12),
    ("typeof process + typeof std + typeof os + typeof require + typeof fetch", {}, "undefined" * 5),
    ("[1, [2, [3]]].flat(2)", {}, [1, 2, 3]),
    ("'x'.repeat(20000) + 'y'.repeat(20000)", {}, "x" * 20000 + "y" * 20000),
    ("new Map([[1, 2]])", {}, {}),
    ("JSON.parse('{\"__proto__\": 1}')", {}, {"__proto__": 1}),
    ("a.__proto__", {"a": {"__proto__": 5}}, 5),
]


@pytest.mark.parametrize(("expression", "scope", "value"), VALUES, ids=[case[0][:40] for case in VALUES])
async def test_value(js: Asking, expression: str, scope: dict[str, Any], value: Any) -> None:
    if expression == "{}.x":
        assert await js.value(expression) is UNDEFINED
        return
    found = await js.value(expression, scope)
    assert found == value
    assert type(found) is type(value) or isinstance(value, float)
    if isinstance(value, dict):
        assert list(found) == list(value)


ERRORS = [
    "1 +", "", " ", "1; 2", "1);(2", "1],[2", "return 1", "if (1) 2", "a b", "x.y", "null.x", "undefined.x.y",
    "throw 1", "(() => { throw new Error('no') })()", "(() => { throw null })()", "(() => { throw {a: 1} })()",
    "NaN", "[1, NaN]", "({a: {b: -Infinity}})", "1 / 0", "new Number(NaN)", "1n", "[10n]",
    "(() => { const a = []; a.push(a); return a })()", "new Promise(() => {})", "Promise.reject(1)",
    "({get a() { throw 1 }})", "new Proxy({}, {ownKeys() { throw 1 }})", "({toJSON() { throw 1 }})", "y = 1",
    "Array.prototype.map = 1", "(function f() { return f() + 1 })()", "/*", "'", "`", "\ud800",
    "(() => { throw {get name() { throw 1 }, toString() { throw 2 }} })()",
    "(() => { let a = []; for (let i = 0; i < 2000; i++) a = [a]; return a })()",
]  # fmt: skip


@pytest.mark.parametrize("expression", ERRORS)
async def test_error(js: Asking, expression: str) -> None:
    error = await js.error(expression)
    assert error.type == "expression"
    assert len(error.message) < 1200
    assert "Traceback" not in error.message


async def test_an_error_says_where(js: Asking) -> None:
    error = await js.error("1 +\n  foo.bar")
    assert error.message == "ReferenceError: foo is not defined"
    assert error.details == {"expression": "1 +\n  foo.bar", "line": 2, "column": 3}


async def test_several_expressions_do_not_see_each_other(pool: JavaScriptPool) -> None:
    expressions = ["a.push(9), a.length", "a.length", "globalThis.x === undefined", "a.sort()"]
    values = await pool.evaluate(expressions, {"a": [2, 1]}, workspace="w", moment=MOMENT)
    assert values == [3, 2, True, [1, 2]]
    with pytest.raises(NodeError):
        await pool.evaluate(["globalThis.x = 1"], {}, workspace="w", moment=MOMENT)
    assert await pool.evaluate([], {}, workspace="w", moment=MOMENT) == []


@pytest.mark.parametrize(
    "object_",
    ["Array.prototype", "Object", "JSON", "Math", "globalThis", "String.prototype", "[][Symbol.iterator]().__proto__",
     "(async () => {}).__proto__", "Int8Array.__proto__.prototype", "Promise", "Date", "Date.prototype", "Error"],
)  # fmt: skip
async def test_intrinsics_are_frozen(js: Asking, object_: str) -> None:
    assert await js.value(f"Object.isFrozen({object_})") is True


async def test_chance_and_time_follow_the_moment(pool: JavaScriptPool) -> None:
    async def draw(seed: int) -> Any:
        expression = "[Math.random(), Math.random(), Date.now()]"
        return (await pool.evaluate([expression], {}, workspace="w", moment=Moment(5, seed)))[0]

    first = await draw(1)
    assert first == await draw(1)
    assert first[:2] != (await draw(2))[:2]
    assert first[0] != first[1]
    assert all(0 <= value < 1 for value in first[:2])
    assert first[2] == 5


async def test_each_is_evaluate_for_each(pool: JavaScriptPool) -> None:
    expressions = ["item?.v ?? extra", "list.sort()[0]", "list.length + index", "list.push(1), list.length", "item"]
    scopes = [{"item": {"v": 1}, "index": 0}, {"item": UNDEFINED, "index": 1}, {"index": 2, "extra": "own"}]
    shared = {"list": [3, 1, 2], "extra": "shared", "item": {"v": "outer"}}
    each = await pool.evaluate_each(expressions, scopes, shared, workspace="w", moment=MOMENT)
    alone = [await pool.evaluate(expressions, {**shared, **scope}, workspace="w", moment=MOMENT) for scope in scopes]
    assert each == alone
    assert each[0] == [1, 1, 3, 4, {"v": 1}]
    assert each[1] == ["shared", 1, 4, 4, UNDEFINED]
    assert await pool.evaluate_each(["1"], [], {}, workspace="w", moment=MOMENT) == []
    assert await pool.evaluate_each([], [{}, {}], {}, workspace="w", moment=MOMENT) == [[], []]


async def test_each_takes_many_scopes(pool: JavaScriptPool) -> None:
    scopes = [{"item": {"v": index}} for index in range(5_000)]
    rows = await pool.evaluate_each(["item.v % 2 === 0", "Math.random()"], scopes, {}, workspace="w", moment=MOMENT)
    assert [row[0] for row in rows] == [index % 2 == 0 for index in range(5_000)]
    assert len({row[1] for row in rows}) > 4_990


async def test_each_names_the_failing_expression(pool: JavaScriptPool) -> None:
    with pytest.raises(NodeError) as caught:
        await pool.evaluate_each(["1", "item.v.w"], [{"item": {}}], {}, workspace="w", moment=MOMENT)
    assert caught.value.details["expression"] == "item.v.w"


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=25,
)


def same(left: Any, right: Any) -> bool:
    """Equal as JSON: 1 is 1.0, but not true."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, int | float) and isinstance(right, int | float):
        return float(left) == float(right)  # JavaScript's numbers, which write 2.5e16 as 25000000000000000
    return bool(left == right)


async def test_values_come_back_as_they_went_in(js: Asking) -> None:
    """A law: every JSON value passes through an expression, a code node and evaluate_each unchanged."""
    values: list[Any] = []

    @settings(max_examples=150, deadline=None, database=None)
    @given(JSON)
    def collect(value: Any) -> None:
        values.append(value)

    collect()
    for value in values:
        assert same(await js.value("a", {"a": value}), value)
        assert same(await js.call("return inputs", value), value)
    rows = await js.pool.evaluate_each(
        ["[item][0]", "other"], [{"item": value} for value in values], {"other": values}, workspace="w", moment=MOMENT
    )
    assert same([row[0] for row in rows], values)
    assert same(rows[-1][1], values)
