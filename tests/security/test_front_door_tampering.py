"""What a client may tamper with: scopes, cursors, hosts, paths, log lines, stream frames, patterns."""

import base64
import hashlib
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import httpx
import orjson
import pytest
from tests.cost import in_time
from tests.security.stage import asked, health_limit_s, unharmed
from tests.server import Json, Server, events_of, make_workflow, run_workflow

SECRET = "OUTPUT-of-a-run"


def graph_of(**config: Json) -> Json:
    nodes = [{"id": "start", "type": "start", "config": config},
             {"id": "n", "type": "set", "config": {"values": {"v": SECRET}}},
             {"id": "end", "type": "end", "config": {"outputs": {"v": "{{ n.v }}"}}}]  # fmt: skip
    return {"nodes": nodes, "edges": [{"source": "start", "target": "n"}, {"source": "n", "target": "end"}]}


WITHOUT_READING = [["workflows:read", "workflows:write"], ["executions:write"], ["agents:read"]]


@pytest.mark.parametrize("scopes", WITHOUT_READING, ids=" ".join)
def test_a_key_without_executions_read_sees_no_value_of_a_run(
    server: Server, owner: httpx.Client, scopes: list[str]
) -> None:
    """Neither by a door that reads, nor by one that does something with it. With the scope each of them shows it."""
    run = run_workflow(owner, make_workflow(owner, graph_of()))["id"]
    preview = {"expression": "n.v", "execution": run, "node": "end"}
    doors: list[tuple[str, str, Json | None]] = [
        ("GET", f"/executions/{run}", None),
        ("GET", f"/executions/{run}/events", None),
        ("GET", f"/executions/{run}/state", None),
        ("POST", "/expressions/evaluate", preview),
        ("POST", f"/executions/{run}/retry", {}),
    ]

    def opened(*extra: str) -> list[bool]:
        made = owner.post("/api-keys", json={"name": "small", "scopes": [*scopes, *extra]})
        with server.client(made.json()["key"]) as client:
            answers = [client.request(method, path, json=body) for method, path, body in doors]
        assert all(answer.status_code in (200, 202, 403, 404) for answer in answers)
        return [SECRET in answer.text for answer in answers]

    assert opened() == [False] * len(doors)
    expected = [True, True, False, "workflows:write" in scopes, "executions:write" in scopes]
    assert opened("executions:read") == expected


def test_a_cursor_that_was_made_by_hand_is_refused(server: Server, owner: httpx.Client) -> None:
    """Its parts are what the database is asked for: PostgreSQL takes no NUL, and no time before its first."""
    workspace = UUID(owner.get("/auth/me").json()["workspace"]["id"])
    name = f"v{workspace.hex}"
    owner.post("/variables", json={"name": f"a{name}", "value": 1})
    owner.post("/variables", json={"name": f"b{name}", "value": 1})

    def forged(filters: object, *parts: object) -> str:
        binding = hashlib.sha256(orjson.dumps([workspace, filters], default=str)).hexdigest()[:16]
        return base64.urlsafe_b64encode(orjson.dumps([binding, *parts])).decode().rstrip("=")

    variables, keys, nobody = ["variables", None], "api-keys", str(UUID(int=0))
    wrong = [("/variables", forged(variables, part)) for part in ("a\0b", 1, None, [], {"a": 1}, True)]
    times = ("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "2020-01-01", "x\0", 5)
    wrong += [("/api-keys", forged(keys, moment, nobody)) for moment in times]
    wrong += [("/api-keys", forged(keys, "2020-01-01T00:00:00+00:00", part)) for part in ("x", 5, "\0", [])]
    with unharmed(server):
        for path, cursor in wrong:
            answer = owner.get(path, params={"cursor": cursor})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), (path, cursor, answer.text)
    sound = owner.get("/variables", params={"cursor": forged(variables, f"a{name}")})
    assert f"b{name}" in [item["name"] for item in sound.json()["items"]]


def test_a_path_with_nul_leads_nowhere(owner: httpx.Client) -> None:
    """An address with a text that the database is asked for."""
    run = run_workflow(owner, make_workflow(owner, graph_of()))["id"]
    for path in (f"/executions/{run}/blobs/", "/workflows/", "/variables/"):
        answer = owner.get(f"{path}%00")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    assert owner.get(f"/executions/{run}/nodes?under=%00").status_code == 400
    assert owner.get(f"/executions/{run}/nodes?under=n").status_code == 200


def exchanged(server: Server, head: bytes) -> bytes:
    """What a raw request line and its headers are answered."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


HOSTS = [
    b"evil.test",
    b"localhost:x@evil.test",
    b"localhost:80.evil.test",
    b"[::1",
    b"localhost\r\nHost: evil.test",
    b"localhost@evil.test",
    b"localhost.evil.test",
    b"",
    b"[::1]@evil.test",
]


@pytest.mark.parametrize("host", HOSTS)
def test_another_host_is_not_served(server: Server, host: bytes) -> None:
    request = b"GET /api/v1/auth/status HTTP/1.1\r\nHost: "
    assert exchanged(server, request + host).startswith(b"HTTP/1.1 400 ")
    for ours in (b"localhost", b"LOCALHOST:8000", b"127.0.0.1:80", b"[::1]", b"[::1]:8000"):
        assert exchanged(server, request + ours).startswith(b"HTTP/1.1 200 ")


TRAVERSING = [b"/../../etc/passwd", b"/%2e%2e/%2e%2e/etc/passwd", b"/..%2f..%2fetc/passwd", b"/..%5c..%5cetc/passwd",
              b"/_next/../../../weft.db", b"/_next/static/%2e%2e/%2e%2e/%2e%2e/pyproject.toml", b"/%00",
              b"/....//....//etc/passwd", b"/%c0%ae%c0%ae/etc/passwd", b"//etc/passwd", b"/server.log"]  # fmt: skip
LEAVING = [b"//evil.test/", b"//evil.test/%2e%2e", b"/\\evil.test", b"/login?next=//evil.test", b"/workflows/",
           b"http://evil.test/"]  # fmt: skip


def test_no_path_leads_out_of_the_web_files_or_away(server: Server) -> None:
    for path in TRAVERSING + LEAVING:
        answer = exchanged(server, b"GET " + path + b" HTTP/1.1\r\nHost: localhost")
        status = int(answer.split(b" ", 2)[1])
        assert status in ((404, 400) if path in TRAVERSING else (200, 400, 404)), (path, status)
        assert b"root:" not in answer
        assert b"[project]" not in answer
        assert b"\r\nlocation:" not in answer.lower(), path


def test_a_log_line_stays_one_line(server: Server, owner: httpx.Client) -> None:
    logged = len(server.log())
    forged = b'%0d%0a{"level":"error","event":"FORGED"}'
    with unharmed(server):
        for path in (b"/api/v1/" + forged, b"/api/v1/workflows/" + forged, b"/api/v1/%1b%5b31mred"):
            head = (
                b"GET " + path + b" HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a\x1b[31m\tb\r\nX-Request-ID: a\x1b[3m"
            )
            exchanged(server, head)
        text = 'x\r\n{"level":"error","event":"FORGED"}\x1b[31m\u2028'
        owner.post("/workflows", json={"name": text})
        owner.post("/auth/login", json={"email": f"{text}@example.com", "password": text})
    written = server.log()[logged:]
    records = [json.loads(line) for line in written.split("\n") if line]
    assert len(records) >= 5
    assert "\x1b" not in written
    assert "FORGED" not in [record.get("event") for record in records]


def test_a_stream_frame_stays_one_frame(owner: httpx.Client) -> None:
    breaking = "a\r\n\r\nid: 99\r\nevent: evil\r\ndata: {}\r\n\r\n"
    for id in (breaking, "a\nb", "a b", "a\u2028", "__proto__"):
        graph = {"nodes": [{"id": id, "type": "set"}], "edges": []}
        assert owner.post("/workflows", json={"name": "x", "graph": graph}).status_code == 422
    graph = graph_of()
    graph["nodes"][1] |= {"name": breaking, "config": {"values": {breaking: breaking}}}
    graph["nodes"][2]["config"] = {}
    workflow = make_workflow(owner, graph)
    body = {"mode": "stream", "inputs": {breaking: breaking}, "labels": {"a": "b\r\nc"}}
    with owner.stream("POST", f"/workflows/{workflow}/runs", json=body) as answer:
        assert answer.status_code == 200
        execution_id = answer.headers["location"].rpartition("/")[2]
        frames = answer.read().decode().replace("\r", "\n").split("\n\n")
    seen = [frame for frame in frames if frame and not frame.startswith((":", "retry:"))]
    events = events_of(owner, execution_id)
    assert [frame.split("\n")[0] for frame in seen] == [f"id: {event['sequence']}" for event in events]
    assert [frame.split("\n")[1] for frame in seen] == [f"event: {event['type']}" for event in events]
    assert all(len(frame.split("\n")) == 3 for frame in seen)
    assert any(breaking in str(event["data"]) or repr(breaking)[1:-1] in str(event["data"]) for event in events)


def test_a_slow_pattern_holds_nobody_up(server: Server, owner: httpx.Client) -> None:
    """The inputs' schema of a workflow is its author's: what it costs to check must not stop the loop."""

    def workflow(pattern: str) -> str:
        schema = {"type": "object", "properties": {"a": {"type": "string", "pattern": pattern}}}
        return make_workflow(owner, graph_of(inputs_schema=schema))

    slow, quick = workflow("(a+)+$"), workflow("^a+b$")
    text = "a" * 40 + "b"

    def run(path: str) -> int:
        with server.client(server.token) as client:
            return client.post(f"/workflows/{path}/runs", json={"mode": "wait", "inputs": {"a": text}}).status_code

    with asked(server) as pulse, ThreadPoolExecutor(4) as pool:
        assert set(pool.map(run, [slow] * 24)) == {422}
        p99 = pulse.end()
    in_time(p99, health_limit_s(), "/healthz")
    assert run(quick) == 200
