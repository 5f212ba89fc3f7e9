"""What JavaScript code nodes may do, and how they fail."""

from typing import Any

import pytest
from tests.cost import in_time, stopwatch
from tests.sandbox.asking import Asking, outcome

from weft.engine.errors import NodeError

VALUES: list[tuple[str, Any, Any]] = [
    ("return inputs.a + 1", {"a": 1}, 2),
    ("", None, None),
    ("// nothing", None, None),
    ("return undefined", None, None),
    ("return [undefined, {a: undefined}]", None, [None, {}]),
    ("const x = await Promise.resolve(3)\nreturn x", None, 3),
    ("return new Promise(done => done([1]))", None, [1]),
    ("function f(n) { return n < 2 ? 1 : n * f(n - 1) }\nreturn f(10)", None, 3628800),
    ("class Odd extends Error { constructor(m) { super(m); this.name = 'Odd' } }\n"
     "try { throw new Odd('x') } catch (e) { return `${e}` }", None, "Odd: x"),
    ("Array.prototype.last = function () { return this[this.length - 1] }\nreturn [1, 2].last()", None, 2),
    ("total = 0\nfor (const n of inputs) total += n\nreturn total", [1, 2, 3], 6),
    ("'use strict'\nreturn this === undefined", None, True),
    ("return inputs.map(({a, ...rest}) => ({...rest, a: a ** 2}))", [{"a": 3, "b": 1}], [{"b": 1, "a": 9}]),
    ("const f = async () => { throw new Error('x') }\nreturn f().catch(e => e.message)", None, "x"),
    ("return inputs", "😀\0\u2028", "😀\0\u2028"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "inputs", "value"), VALUES, ids=[case[0][:40] for case in VALUES])
async def test_value(js: Asking, code: str, inputs: Any, value: Any) -> None:
    assert await js.call(code, inputs) == value


ERRORS = [
    ("let a = 1;\n  foo()", 2, 3, "ReferenceError"),
    ("\n\n  return inputs.a.b", 3, None, "TypeError"),
    ("return 1 +", None, None, "SyntaxError"),
    ("const a = 1;\nconst b = = 2", 2, 11, "SyntaxError"),
    ("throw new RangeError('no')", 1, None, "RangeError"),
    ("function f() {\n  throw new Error('deep')\n}\nf()", 2, None, "Error"),
    ("throw 'text'", None, None, "Error"),
    ("return NaN", None, None, "TypeError"),
    ("return {a: [1n]}", None, None, "TypeError"),
    ("const a = {}; a.a = a; return a", None, None, "TypeError"),
    ("await new Promise(() => {})", None, None, "TypeError"),
    ("return (function f() { return f() + 1 })()", 1, None, "RangeError"),
    ("return eval('1')", 1, None, "TypeError"),
]


@pytest.mark.parametrize(("code", "line", "column", "name"), ERRORS, ids=[case[0][:40] for case in ERRORS])
async def test_error(js: Asking, code: str, line: int | None, column: int | None, name: str) -> None:
    with pytest.raises(NodeError) as caught:
        await js.call(code, {"a": None})
    error = caught.value
    assert error.type == "code"
    assert error.details.keys() == {"line", "column", "name"}
    assert error.details["name"] == name
    if line is not None:
        assert error.details["line"] == line
    if column is not None:
        assert error.details["column"] == column


@pytest.mark.parametrize(
    "code",
    ["const a = []; for (;;) a.push('x'.repeat(1e5) + a.length)", "return 'x'.repeat(2 ** 28)", "[...Array(1e9)]",
     "const a = []; for (;;) a.push({})"],
)  # fmt: skip
async def test_memory(js: Asking, code: str) -> None:
    with pytest.raises(NodeError) as caught:
        await js.call(code, memory_mb=32)
    assert caught.value.type == "memory"
    assert await js.call("return 'x'.repeat(4e6).length", memory_mb=32) == 4_000_000


async def test_memory_is_what_is_asked_for(js: Asking) -> None:
    code = "const a = []; for (let i = 0; i < 60; i++) a.push('x'.repeat(1e6) + i); return a.length"
    with pytest.raises(NodeError) as caught:
        await js.call(code, memory_mb=16)
    assert caught.value.type == "memory"
    assert await js.call(code, memory_mb=256) == 60
    with pytest.raises(NodeError) as caught:
        await js.call("return inputs.length", "x" * 3_000_000, memory_mb=2)
    assert caught.value.type == "memory"


@pytest.mark.parametrize("code", ["for (;;);", "[].reverse.call({length: 2 ** 53 - 1})", "for (;;) await null"])
async def test_time(js: Asking, code: str) -> None:
    await js.call("return 1")
    with stopwatch() as cost, pytest.raises(NodeError) as caught:
        await js.call(code, timeout_s=0.5)
    assert caught.value.type == "timeout"
    assert cost.seconds > 0.4
    in_time(cost.seconds, 1.5)
    assert await js.call("let n = 0; for (let i = 0; i < 1e6; i++) n++; return n", timeout_s=5) == 1_000_000


async def test_console_goes_to_the_log(js: Asking) -> None:
    lines: list[str] = []
    code = "console.log('a', {b: 1}, null, undefined)\nconsole.error('two\\nlines')\nreturn 1"
    assert await js.call(code, log=lines.append) == 1
    assert lines == ['a {"b":1} null undefined', "two\nlines"]
    lines.clear()
    assert await js.call("for (let i = 0; i < 1e5; i++) console.log('x'.repeat(100)); return 1", log=lines.append) == 1
    assert 60_000 < sum(map(len, lines)) <= 65_536


async def test_chance_is_the_runs_seed(js: Asking) -> None:
    draw = "return [Math.random(), Date.now(), new Date().toISOString(), now().getTime()]"
    first = await js.call(draw)
    assert first == await js.call(draw)
    assert first[1:] == [1_700_000_000_000, "2023-11-14T22:13:20.000Z", 1_700_000_000_000]


FORGED = (
    "Object.prototype.toJSON = () => 666; return {a: 1}",
    "Object.prototype.toJSON = () => 666; console.log('x'); return 1",
    "Array.prototype.toJSON = () => ({v: 1}); return [1]",
    "Object.prototype.toJSON = () => ({e: 1}); throw new Error('x')",
    "Object.prototype.toJSON = () => 'x'; throw {a: 1}",
    "Object.defineProperty(Array.prototype, 0, {set() {}}); return 7",
    "Object.defineProperty(Array.prototype, 0, {set() {}}); console.log('x'); throw new Error('y')",
    "String.prototype.slice = () => ({}); throw new Error('x'.repeat(2000))",
    "String.prototype.slice = () => ({}); console.log('x'); return 1",
    "Array.prototype.join = () => '}'; JSON.stringify = () => '{'; return [1]",
)


@pytest.mark.parametrize("code", FORGED)
async def test_code_cannot_write_what_is_around_its_value(js: Asking, code: str) -> None:
    """Whatever it does to its realm: it gives a value, or is an error of the code, and what it printed is lines."""
    lines: list[str] = []
    found = await outcome(js.call(code, log=lines.append))
    assert not isinstance(found, NodeError) or (found.type, type(found.details["name"])) == ("code", str)
    assert lines in ([], ["x"])
    assert await js.call("return [1, {a: 2}]") == [1, {"a": 2}]


async def test_a_value_is_written_as_its_own_code_says(js: Asking) -> None:
    assert await js.call("Object.prototype.toJSON = () => 666; return {a: 1}") == 666
    assert await js.call("Object.defineProperty(Array.prototype, 0, {set() {}}); return 7") == 7
