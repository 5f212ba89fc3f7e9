"""A22, A23 through the front door: what a code node of a whole server reaches and costs."""

import time

import httpx
from tests.sandbox.test_code_python import A22, A23
from tests.security.stage import Canary, patience, unharmed
from tests.server import Json, Server, run_node

LIMIT_S = 1.0
SCRIPTS: list[tuple[str, set[str]]] = [
    ("while (true) {}", {"timeout"}),
    ("return 'x'.repeat(2 ** 28).length", {"memory", "code"}),
    ("const a = []; for (;;) a.push('x'.repeat(1e5) + a.length)", {"memory", "timeout"}),
    ("await new Promise(() => {})", {"code", "timeout"}),
    ("return 'a'.repeat(3e6).indexOf('a'.repeat(1.5e6) + 'b')", {"timeout"}),
    ("throw new Error('mine')", {"code"}),
    ("return process.env", {"code"}),
    ("return std.loadFile('/etc/passwd')", {"code"}),
]


def run_code(owner: httpx.Client, kind: str, code: str, **config: object) -> Json:
    config = {"code": code, "timeout_s": LIMIT_S, **config}
    return run_node(owner, kind, config, policy={"retry": {"max_attempts": 1}})


def test_a22_python_reaches_nothing(server: Server, owner: httpx.Client, canary: Canary) -> None:
    reaching = [
        f"import socket\nreturn socket.create_connection(('127.0.0.1', {canary.port}))",
        f"import urllib.request\nreturn urllib.request.urlopen('{canary.url}').read()",
        f"import httpx\nreturn httpx.get('{canary.url}').text",
        f"import asyncio\nreturn await asyncio.open_connection('127.0.0.1', {canary.port})",
    ]
    with unharmed(server):
        for code in A22 + reaching:
            execution = run_code(owner, "code_python", code)
            shown = str(execution["nodes"]) + str(execution["outputs"]) + str(execution["error"])
            assert "root:" not in shown, code
            assert "SEKRET-environment" not in shown, code
            if execution["status"] == "failed":
                assert execution["error"]["type"] == "code", (code, execution["error"])
            else:
                assert execution["outputs"]["value"] in (None, {}, [], ""), (code, execution["outputs"])
        assert run_code(owner, "code_python", "return 6 * 7")["outputs"] == {"value": 42}
    assert canary.connections == 0


def test_a23_python_is_ended_in_time(server: Server, owner: httpx.Client) -> None:
    with unharmed(server):
        for code, kinds in A23:
            ends_in_time(owner, "code_python", code, kinds)
        assert run_code(owner, "code_python", "return inputs", inputs={"a": 1})["outputs"] == {"value": {"a": 1}}


def test_a23_javascript_is_ended_in_time(server: Server, owner: httpx.Client) -> None:
    with unharmed(server):
        for code, kinds in SCRIPTS:
            ends_in_time(owner, "code_javascript", code, kinds)
        assert run_code(owner, "code_javascript", "return 6 * 7")["outputs"] == {"value": 42}


def ends_in_time(owner: httpx.Client, kind: str, code: str, kinds: set[str]) -> None:
    began = time.monotonic()
    execution = run_code(owner, kind, code)
    took = time.monotonic() - began
    assert execution["status"] == "failed", (code, execution["outputs"])
    assert execution["error"]["type"] in kinds | {"limit_exceeded", "timeout"}, (code, execution["error"])
    assert took < LIMIT_S + 1 + patience(), (code, took)
    assert "Traceback" not in str(execution)
    assert "/backend/" not in str(execution)
