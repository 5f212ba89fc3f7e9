"""A51 and the headers of a whole server: every answer says as little as it may, and in one form."""

import base64
import hashlib
import random
import re
import time

import httpx
import pytest
from tests.security.stage import unharmed
from tests.server import Json, Server

COUNT = 300
LEAKING = re.compile(
    r"Traceback|File \"|site-packages|\.py\b|sqlite|postgres|asyncpg|sqlalchemy|SELECT |INSERT |UPDATE |pydantic|"
    r"starlette|fastapi|uvicorn|weft\.[a-z]+\.|/backend/|<class|object at 0x|Error\(|<html",
    re.IGNORECASE,
)
PATHS = ["../../etc/passwd", "%2e%2e", "01890a5d-ac96-774b-bcce-b302099a8057", "' OR 1=1 --", "%00", "%0d%0aX: y", "ü"]
VALUES: list[object] = [None, True, -1, 2**63, 1.5, "", "x" * 300, "\ud7ff", "'; DROP TABLE users; --", [], [[]], {},
                        {"$ne": 1}, ["a"], {"a": {"b": None}}]  # fmt: skip
PARAMETERS = "limit cursor q after from to status since label format under type depth".split()
BODIES = [b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b'{"a":1,"a":2}', b"<x/>", b"a=b", b"{}", b'{"name":}']
TYPES = ["application/json", "text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16",
         "x", "", "application/x-www-form-urlencoded"]  # fmt: skip


def malformed(document: Json, chance: random.Random) -> tuple[str, str, bytes, dict[str, str]]:
    """A wrong request of one operation: parameters, headers and body by chance."""
    path = chance.choice([path for path in document["paths"] if path.startswith("/api/v1/") and "/auth/" not in path])
    method = chance.choice(
        [name for name in document["paths"][path] if name != "parameters"] * 3 + ["put", "patch", "trace"]
    )
    filled = re.sub(r"\{\w+\}", lambda _: chance.choice(PATHS).replace(" ", "%20").replace("ü", "%C3%BC"), path)
    chosen = chance.sample(PARAMETERS, 3)
    query = "&".join(f"{name}={chance.choice(['%00', 'x', '-1', '%ff', '1e9', ''])}" for name in chosen)
    body = chance.choice(BODIES)
    if chance.random() < 0.6:
        names = ["name", "graph", "data", "type", "inputs", "mode", "settings", "scopes", "value", "expression", "tags"]
        body = httpx.Request(
            "POST", "http://x", json={n: chance.choice(VALUES) for n in chance.sample(names, 4)}
        ).read()
    kind = "application/json" if chance.random() < 0.6 else chance.choice(TYPES)
    headers = {"Content-Type": kind, "If-Match": chance.choice(['"1"', "*", "x", '"' + "9" * 50 + '"', ""])}
    if chance.random() < 0.3:
        headers |= {"Last-Event-ID": "x", "Idempotency-Key": "y" * chance.choice([1, 300]), "Accept": "text/html"}
    return method.upper(), f"{filled}?{query}", body, headers


@pytest.mark.parametrize("seed", [51, 510, 5100])
def test_a51_malformed_requests_tell_nothing(server: Server, owner: httpx.Client, seed: int) -> None:
    document = owner.get("/openapi.json").json()
    chance = random.Random(seed)
    refused = 0
    with unharmed(server), httpx.Client(base_url=server.url, headers=owner.headers, timeout=30) as client:
        for _ in range(COUNT):
            method, path, body, headers = malformed(document, chance)
            answer = client.request(method, path, content=body, headers=headers)
            shown = (method, path, body[:80], headers, answer.status_code, answer.text[:600])
            assert answer.status_code < 500, shown
            if answer.status_code < 400:
                continue
            refused += 1
            assert answer.headers["content-type"] == "application/problem+json", shown
            problem = answer.json()
            assert problem["status"] == answer.status_code, shown
            assert re.fullmatch(r"[a-z_]+", problem["code"]), shown
            assert problem["request_id"] == answer.headers["x-request-id"], shown
            assert not LEAKING.search(answer.text), shown
            assert not {"server", "x-powered-by", "via"} & set(answer.headers), shown
        assert refused > COUNT * 0.7
        sound(client, document)


def sound(client: httpx.Client, document: Json) -> None:
    """The control: the same doors, asked as they want to be, with the headers and bodies of the same client."""
    plain = [path for path, found in document["paths"].items() if "get" in found and "{" not in path]
    asked = [client.get(path) for path in plain if path.startswith("/api/v1/")]
    assert len(asked) > 10
    assert {answer.status_code for answer in asked} == {200}, [str(a.url) for a in asked if a.status_code != 200]
    name = f"v{time.time_ns()}"
    graph = {"nodes": [{"id": "start", "type": "start"}], "edges": []}
    made = client.post("/api/v1/workflows", json={"name": name, "graph": graph})
    path = f"/api/v1/workflows/{made.json()['id']}"
    answers = [
        made,
        client.put(path, json={"graph": graph}, headers={"If-Match": made.headers["etag"]}),
        client.post("/api/v1/variables", json={"name": name, "value": {"a": [None]}}),
        client.post(f"{path}/publish", json={}),
        client.post(f"{path}/runs", json={"inputs": {}, "mode": "wait"}, headers={"Idempotency-Key": name}),
        client.post("/api/v1/expressions/evaluate", json={"expression": "1 + 1"}),
        client.delete(path, headers={"If-Match": "*"}),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 201, 201, 200, 200, 204]


API_PATHS = ["/api/v1/workflows", "/api/v1/auth/status", "/api/v1/openapi.json", "/healthz", "/readyz", "/metrics",
             "/api/v1/nope", "/v1/models", "/mcp"]  # fmt: skip
PAGES = ["/", "/login", "/workflows", "/nope", "/favicon.ico"]


@pytest.mark.parametrize("path", API_PATHS + PAGES)
def test_every_answer_is_armoured(server: Server, path: str) -> None:
    answer = httpx.get(f"{server.url}{path}")
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-request-id"]
    assert not {"server", "x-powered-by", "access-control-allow-origin"} & set(headers)
    policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] in ("'none'", "'self'")
    scripts = policy.get("script-src", policy["default-src"])
    assert "unsafe-inline" not in scripts
    assert "unsafe-eval" not in scripts
    assert "*" not in headers["content-security-policy"]
    if path in API_PATHS:
        assert policy["default-src"] == "'none'"
        assert headers["cache-control"] == "no-store"


def test_a_signed_in_answer_is_not_kept(owner: httpx.Client) -> None:
    answer = owner.get("/workflows")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_inline_scripts_of_the_pages_are_named_by_hash(server: Server) -> None:
    """The browser runs what the build put there, and nothing that got into a page later."""
    page = httpx.get(f"{server.url}/")
    if page.status_code == 404:
        assert "<script" not in page.text
        return
    inline = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page.text, re.DOTALL)
    policy = page.headers["content-security-policy"]
    for script in inline:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
