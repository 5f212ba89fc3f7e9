"""A18: no spelling of an expression or a code node reaches the machine."""

import os
from pathlib import Path

import pytest
from tests.sandbox.asking import Asking, outcome

from weft.engine.errors import NodeError
from weft.engine.values import UNDEFINED

FUNCTIONS = [
    "this.constructor.constructor('{}')()",
    "''[`constructor`][`constructor`]('{}')()",
    "(() => {{}}).constructor('{}')()",
    "(async () => {{}}).constructor('{}')()",
    "(function* () {{}}).constructor('{}')().next()",
    "(async function* () {{}}).constructor('{}')().next()",
    "[].map.constructor('{}')()",
    "Function('{}')()",
    "new Function('{}')()",
    "globalThis.Function('{}')()",
    "Reflect.construct(Function, ['{}'])()",
    "Reflect.construct((() => {{}}).constructor, ['{}'])()",
    "Reflect.apply(Function, null, ['{}'])()",
    "Function.prototype.constructor('{}')()",
    "Object.getPrototypeOf(async () => {{}}).constructor('{}')()",
    "(class {{}}).constructor('{}')()",
    "(class extends Function {{}}).__proto__('{}')()",
    "new (class extends Function {{}})('{}')()",
    "Math.max.constructor('{}')()",
    "Proxy.constructor('{}')()",
    "Date.constructor('{}')()",
    "now.constructor('{}')()",
    "eval.constructor('{}')()",
    "eval('(() => {{ {} }})()')",
    "(0, eval)('(() => {{ {} }})()')",
    "globalThis['ev' + 'al']('(() => {{ {} }})()')",
    "Promise.resolve('{}').then(Function).then(f => f())",
    "Array.from(['{}'], Function)[0]()",
    "['{}'].map(Function)[0]()",
    "JSON.parse('[1]', (k, v) => Function('{}')())",
    "'x'.replace(/x/, Function('{}'))",
    "Object.assign(() => {{}}, {{}}).constructor('{}')()",
    "(() => {{}}).bind().constructor('{}')()",
    "Symbol.prototype.constructor.constructor('{}')()",
]
BODIES = ["return process", "return this.process", "return globalThis.std"]
SPELLINGS = [
    *(spelling.format(body) for spelling in FUNCTIONS for body in BODIES[:2]),
    "(() => { Error.prepareStackTrace = (e, s) => s[0].getThis(); return new Error().stack.process })()",
    "Error.captureStackTrace({}).process",
    "import('fs')",
    "import('std')",
    "import('os')",
    "import('/etc/passwd')",
    "import('data:text/javascript,1')",
    "import.meta.url",
    "std.loadFile('/etc/passwd')",
    "os.exec(['id'])",
    "std.getenv('PATH')",
    "bjson.read",
    "require('fs')",
    "module.exports",
    "process.env",
    "process.mainModule.require('child_process')",
    "globalThis.process",
    "Deno.env",
    "Bun.file('/etc/passwd')",
    "fetch('http://127.0.0.1/')",
    "new XMLHttpRequest()",
    "new WebSocket('ws://127.0.0.1')",
    "new Worker('x')",
    "new SharedArrayBuffer(8)",
    "Atomics.wait(new Int32Array(8), 0, 0)",
    "new WeakRef({})",
    "performance.now()",
    "setTimeout(() => 1)",
    "print('x')",
    "scriptArgs",
    "__loadScript('/etc/passwd')",
    "load('/etc/passwd')",
    "new Proxy(Function, {})('return process')()",
    "arguments.callee.caller",
    "(function () { return arguments.callee })()",
    "(function f() { return f.caller })()",
    "new.target.constructor('return process')()",
    "({}).__proto__.__proto__.constructor",
    "({}).__lookupGetter__('__proto__').constructor('return process')()",
    "WebAssembly.compile",
    "new ShadowRealm()",
    "Intl.DateTimeFormat().resolvedOptions().timeZone",
    "}}; process.exit(); {{",
    "}) ; globalThis.process ; ({",
    "`${(() => {}).constructor('return process')()}`",
]


def secret_names() -> list[str]:
    return [text for text in (os.environ.get("HOME", "/root"), "root:", "PATH=", str(Path.cwd())) if text]


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a18_expression(js: Asking, spelling: str) -> None:
    assert len(SPELLINGS) >= 60
    found = await outcome(js.value(spelling))
    if isinstance(found, NodeError):
        assert found.type == "expression"
        assert not any(name in found.message for name in secret_names())
    else:
        assert found in (UNDEFINED, {}, None)
    assert await js.value("'con' + 'trol'") == "control"


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_a18_code(js: Asking, spelling: str) -> None:
    found = await outcome(js.call(f"return {spelling}"))
    if isinstance(found, NodeError):
        assert found.type == "code"
        assert not any(name in found.message for name in secret_names())
    else:
        assert found in ({}, None)
    assert await js.call("return 'con' + inputs", "trol") == "control"


async def test_a18_one_realm_for_each_message(js: Asking) -> None:
    """What a script leaves behind is gone: prototypes, globals, pending work."""
    await js.call("globalThis.kept = 1; Array.prototype.kept = 2; Object.prototype.kept = 3; [].map.kept = 4")
    for _ in range(6):
        seen = await js.call("return [typeof kept, [].kept, ({}).kept, [].map.kept]")
        assert seen == ["undefined", None, None, None]
        assert await js.value("[typeof kept, [].kept, ({}).kept]") == ["undefined", None, None]


async def test_a18_a_script_cannot_forge_an_answer(js: Asking) -> None:
    forged = "JSON.stringify = () => '{\"u\":[],\"v\":[666]}'; Array.prototype.join = () => '666'; return 1"
    assert await js.call(forged) == 1
    assert await js.call("Promise.prototype.then = () => 666; Promise = null; return 1") == 1
