"""The `http_request` node against a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import pytest
from tests.cost import in_time, longest_stop
from tests.nodes.attempt import Attempt, call
from tests.servers.recorder import Answer, Recorder

from weft.credentials.adapters.vault import EnvironmentVault
from weft.engine.capabilities import Capabilities
from weft.engine.errors import NodeError
from weft.nodes.http_request import http_request
from weft.platform.http import Guard, GuardedHttp, PrivateHosts
from weft.platform.sandbox.parser import ParserPool

TYPE = http_request.node_type  # type: ignore[attr-defined]


NO_CHARSETS = ["unicode_escape", "raw_unicode_escape", "utf-7", "punycode", "idna", "undefined", "rot13", "hex"]
"""Codecs of Python that are no encodings of texts."""


@pytest.fixture
async def world() -> AsyncIterator[Recorder]:
    async with Recorder() as recorder:
        yield recorder


@pytest.fixture
async def run(world: Recorder) -> AsyncIterator[Attempt]:
    http = GuardedHttp(Guard(private_hosts=PrivateHosts.parse([f"127.0.0.1:{world.port}"])))
    credentials = {
        "BEARER": {"type": "bearer", "data": {"token": "SEKRET"}, "allowed_hosts": ["127.0.0.1"]},
        "BASIC": {"type": "basic", "data": {"username": "u", "password": "p"}, "allowed_hosts": ["127.0.0.1"]},
        "HEADER": {"type": "header", "data": {"name": "X-K", "value": "SEKRET"}, "allowed_hosts": ["127.0.0.1"]},
        "MODEL": {"type": "openai_compatible", "data": {"base_url": world.url, "api_key": "SEKRET"}},
        "OTHER": {"type": "bearer", "data": {"token": "SEKRET"}, "allowed_hosts": ["other.test"]},
    }
    vault = EnvironmentVault({f"WEFT_CREDENTIAL_{name}": json.dumps(value) for name, value in credentials.items()})
    parser = ParserPool(2)
    yield Attempt(Capabilities(http=http, credentials=vault, parser=parser))
    await parser.close()
    await http.aclose()


async def test_a_large_json_body_does_not_hold_the_loop(run: Attempt, world: Recorder) -> None:
    rows = [{"id": n, "name": f"name {n}", "tags": ["a", "b"]} for n in range(150_000)]
    url = world.script("/large", Answer.json(rows))
    broken = Answer(headers={"content-type": "application/json"}, body=b"[" + b"1," * 600_000)
    assert run.capabilities.parser is not None
    await run.capabilities.parser.parse("json", "[]", {}, workspace="w")
    task = asyncio.create_task(call(http_request, run, url=url))
    in_time(await longest_stop(task), 0.1)
    assert (await task)["body"] == rows
    world.script("/large", broken)
    assert (await call(http_request, run, url=url))["body"] == broken.body.decode()
    assert (await failure(run, url=url, response="json")).message == "body: the answer is not JSON"


async def failure(run: Attempt, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await call(http_request, run, **config)
    return caught.value


async def test_the_output_has_these_keys(run: Attempt, world: Recorder) -> None:
    url = world.script("/a", Answer.json({"x": [1, None]}, headers={"X-Two": "2"}))
    output = await call(http_request, run, url=url)
    assert set(output) == {"status", "headers", "body", "url", "elapsed_ms"}
    assert (output["status"], output["body"], output["url"]) == (200, {"x": [1, None]}, url)
    assert output["headers"]["x-two"] == "2"
    assert 0 < output["elapsed_ms"] < 60_000


@pytest.mark.parametrize(
    ("config", "content_type", "sent"),
    [
        ({"body": {"a": [1]}}, "application/json", b'{"a":[1]}'),
        ({"body": [1, "ä"]}, "application/json", '[1,"ä"]'.encode()),
        ({"body": False}, "application/json", b"false"),
        ({"body": "grüß"}, "text/plain; charset=utf-8", "grüß".encode()),
        ({"body": "x", "body_type": "json"}, "application/json", b'"x"'),
        ({"body": None, "body_type": "json"}, "application/json", b"null"),
        ({"body": {"a": 1}, "body_type": "text"}, "text/plain; charset=utf-8", b'{"a":1}'),
        ({"body": {"a": ["x y", 2], "b": None, "c": True}, "body_type": "form"},
         "application/x-www-form-urlencoded", b"a=x+y&a=2&c=true"),
        ({"body": {"a": 1}, "body_type": "none"}, None, b""),
        ({}, None, b""),
        *(({"body_type": kind}, None, b"") for kind in ("json", "text", "form", "multipart")),
        ({"body": "<a/>", "headers": {"content-type": "text/xml"}}, "text/xml", b"<a/>"),
    ],
)  # fmt: skip
async def test_bodies(run: Attempt, world: Recorder, config: Any, content_type: str | None, sent: bytes) -> None:
    await call(http_request, run, method="POST", url=world.url, **config)
    assert world.arrivals[0].headers.get("content-type") == content_type
    assert world.arrivals[0].body == sent


async def test_multipart_names_cannot_break_out(run: Attempt, world: Recorder) -> None:
    body = {"a": ["1", 2], 'q"\r\nX: y': "v", "f": {"filename": 'n"\n.txt', "content": "text", "mime": "text/plain"}}
    await call(http_request, run, method="POST", url=world.url, body=body, body_type="multipart")
    arrival = world.arrivals[0]
    boundary = arrival.headers["content-type"].split("boundary=")[1]
    parts = arrival.body.decode().split(f"--{boundary}")
    assert parts[1] == '\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    assert parts[3] == '\r\nContent-Disposition: form-data; name="q%22%0D%0AX: y"\r\n\r\nv\r\n'
    assert 'name="f"; filename="n%22%0A.txt"\r\nContent-Type: text/plain\r\n\r\ntext' in parts[4]
    assert parts[5] == "--\r\n"


@pytest.mark.parametrize(
    ("url", "query", "path"),
    [
        ("/a", {"x": "1 2&", "y": None, "z": [1, True]}, "/a?x=1%202%26&z=1&z=true"),
        ("/a?b=1", {"x": 1.5}, "/a?b=1&x=1.5"),
        ("/a?", {"x": "ä"}, "/a?x=%C3%A4"),
        ("/a#part", {"x": 1}, "/a?x=1"),
        ("/ä b?c=d e", {}, "/%C3%A4%20b?c=d%20e"),
        ("/%2e%2E/x", {}, "/%2e%2E/x"),
    ],
)
async def test_queries(run: Attempt, world: Recorder, url: str, query: Any, path: str) -> None:
    await call(http_request, run, url=world.url + url, query=query)
    assert world.arrivals[0].path == path


@pytest.mark.parametrize(
    ("answer", "response", "expected"),
    [
        (Answer.json({"a": 1}), "auto", {"a": 1}),
        (Answer.json({"a": 1}), "text", '{"a": 1}'),
        *((Answer(headers={"content-type": "application/json"}, body=b"\xef\xbb\xbf[1]"), response, [1])
          for response in ("auto", "json")),
        (Answer(body=b"[1]"), "json", [1]),
        (Answer(body=b"[1]"), "auto", "[1]"),
        (Answer(headers={"content-type": "application/problem+json"}, body=b'"x"'), "auto", "x"),
        (Answer(headers={"content-type": "application/json"}, body=b"{broken"), "auto", "{broken"),
        (Answer(headers={"content-type": "text/plain; charset=iso-8859-1"}, body=b"gr\xfc\xdf"), "auto", "grüß"),
        (Answer(headers={"content-type": "text/plain; charset=nonsense"}, body=b"x"), "auto", "x"),
        (Answer(headers={"content-type": "text/plain; charset=Shift_JIS"}, body=b"\x93\xfa"), "auto", "日"),
        (Answer(headers={"content-type": "text/plain; charset=utf-16"}, body=b"\xff\xfea\0"), "auto", "a"),
        *((Answer(headers={"content-type": f"text/plain; charset={name}"}, body=b"\\ud800-+2AA-"), "auto",
           "\\ud800-+2AA-") for name in NO_CHARSETS),
        (Answer(headers={"content-type": "text/html"}, body=b"\xff<"), "auto", "\ufffd<"),
        (Answer(headers={"content-type": "image/png"}, body=b"\x89PNG"), "auto",
         {"base64": "iVBORw==", "mime": "image/png", "size": 4}),
        (Answer(headers={"content-type": "image/png"}, body=b"\x89PNG"), "text", "\ufffdPNG"),
        (Answer(204), "auto", None),
        (Answer(204), "text", ""),
    ],
)  # fmt: skip
async def test_answers(run: Attempt, world: Recorder, answer: Answer, response: str, expected: Any) -> None:
    output = await call(http_request, run, url=world.script("/a", answer), response=response)
    assert output["body"] == expected


async def test_an_answer_that_should_be_json_and_is_not(run: Attempt, world: Recorder) -> None:
    url = world.script("/a", Answer(body=b"<html>"))
    assert (await failure(run, url=url, response="json")).type == "validation"
    assert (await failure(run, url=url, response="file")).type == "unavailable"


async def test_a_status_of_400_and_more_fails(run: Attempt, world: Recorder) -> None:
    url = world.script("/a", Answer.json({"why": "no"}, 503, {"Retry-After": "7"}))
    error = await failure(run, url=url)
    assert (error.type, error.status, error.retry_after_s, error.may_pass) == ("http_status", 503, 7.0, True)
    assert set(error.details) == {"status", "headers", "body"}
    assert error.details["body"] == {"why": "no"}
    assert (await call(http_request, run, url=url, fail_on_status=False))["status"] == 503
    long = await failure(run, url=world.script("/b", Answer(404, {"content-type": "text/plain"}, b"x" * 100_000)))
    assert (len(long.details["body"]), long.may_pass) == (65_536, False)


@pytest.mark.parametrize(
    ("mime", "body", "response", "shown"),
    [
        ("application/json", b"[1]", "text", "[1]"),
        ("application/json", b"", "text", ""),
        ("application/json", b"", "auto", None),
        ("text/plain", b"[1]", "json", [1]),
        ("text/html", b"<p>", "json", "<p>"),
        ("application/json", b"{broken", "auto", "{broken"),
        ("image/png", b"\x89", "json", {"base64": "iQ==", "mime": "image/png", "size": 1}),
    ],
)  # fmt: skip
async def test_an_error_shows_the_body_as_the_output_would(
    run: Attempt, world: Recorder, mime: str, body: bytes, response: str, shown: Any
) -> None:
    url = world.script("/a", Answer(500, {"content-type": mime}, body))
    assert (await failure(run, url=url, response=response)).details["body"] == shown


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0.0), (" 12 ", 12.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0), ("soon", None), ("-1", None),
     ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None), ("Mon, 01 Jan 2026 00:00:00 +9999", None)],
)  # fmt: skip
async def test_whatever_retry_after_says_the_status_is_told(
    run: Attempt, world: Recorder, header: str, seconds: float | None
) -> None:
    error = await failure(run, url=world.script("/a", Answer(503, {"Retry-After": header})))
    assert (error.type, error.status, error.retry_after_s) == ("http_status", 503, seconds)


@pytest.mark.parametrize(
    ("credential", "header", "value"),
    [("bearer", "authorization", "Bearer SEKRET"), ("basic", "authorization", "Basic dTpw"),
     ("header", "x-k", "SEKRET"), ("model", "authorization", "Bearer SEKRET"), ("other", "authorization", None)],
)  # fmt: skip
async def test_credentials(run: Attempt, world: Recorder, credential: str, header: str, value: str | None) -> None:
    await call(http_request, run, url=world.url, credential_id=credential)
    assert world.arrivals[0].headers.get(header) == value
    assert (await failure(run, url=world.url, credential_id="none")).type == "not_found"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
async def test_methods_effects_and_the_idempotency_key(run: Attempt, world: Recorder, method: str) -> None:
    output = await call(http_request, run, url=world.url, method=method)
    reads = method in ("GET", "HEAD", "OPTIONS")
    assert world.arrivals[0].method == method
    assert world.arrivals[0].headers.get("idempotency-key") == run.idempotency_key
    assert TYPE.effect_for({"method": method, "url": "x"}) == ("read" if reads else "write")
    assert output["status"] == 200
    await call(http_request, run, url=world.url, method="POST", headers={"idempotency-key": "mine"})
    assert world.arrivals[1].headers["idempotency-key"] == "mine"


async def test_the_idempotency_key_is_ascii_and_one_for_each_path(run: Attempt, world: Recorder) -> None:
    paths = ["l[3].größe", "l[3].gr\u200dx", "$l[3]._a.b$", "größe", "𝒳"]
    for run.path in (*paths, paths[0]):
        await call(http_request, run, url=world.url, method="POST")
    sent = [arrival.headers["idempotency-key"].removeprefix(run.execution_id) for arrival in world.arrivals]
    assert sent[0] == sent.pop() == ":l[3].gr%C3%B6%C3%9Fe"
    assert sent[2] == ":$l[3]._a.b$"
    assert len(set(sent)) == len(paths)
    assert all(key.isascii() for key in sent)
    assert [unquote(key) for key in sent] == [f":{path}" for path in paths]


def test_the_effect_of_what_is_not_known_yet_is_write() -> None:
    assert TYPE.effect_for({"url": "x"}) == "read"
    assert TYPE.effect_for({"method": "{{ input.method }}"}) == "write"


async def test_redirects_can_be_left_alone(run: Attempt, world: Recorder) -> None:
    url = world.script("/go", Answer.redirect("/there"))
    assert (await call(http_request, run, url=url))["url"] == f"{world.url}/there"
    assert (await call(http_request, run, url=url, follow_redirects=False))["status"] == 302


@pytest.mark.parametrize("location", ["http://[::1/x", "//[v1.x]/", "http://\u2100.test/"])
async def test_a_redirect_to_what_is_no_url_is_a_validation_error(run: Attempt, world: Recorder, location: str) -> None:
    url = world.script("/go", Answer(302, {"Location": location}))
    assert (await failure(run, url=url)).type in ("validation", "network")


@pytest.mark.parametrize(
    "config",
    [{"url": ""}, {}, {"url": "http://x", "method": "CONNECT"}, {"url": "http://x", "timeout_s": 0},
     {"url": "http://x", "headers": {"a": 1}}, {"url": "http://x", "nope": 1},
     {"url": "http://x", "query": {"a": {"b": 1}}}, {"url": "http://x", "body": "x", "body_type": "form"},
     {"url": "http://x", "headers": {"A": "b\r\nc"}}, {"url": "no url"},
     {"url": "http://x", "body": {"a": {"b": 1}}, "body_type": "form"}],
)  # fmt: skip
async def test_wrong_config_is_a_validation_error(run: Attempt, config: Any) -> None:
    assert (await failure(run, **config)).type == "validation"


@pytest.mark.parametrize("body_type", ["form", "multipart"])
async def test_an_error_says_where_in_a_pointer(run: Attempt, body_type: str) -> None:
    fields: dict[str, Any] = {"a/b~c": {}}
    for place, config in (("query", {"query": fields}), ("body", {"body": fields, "body_type": body_type})):
        error = await failure(run, url="http://x", method="POST", **config)
        assert error.details["errors"][0]["path"] == f"/{place}/a~1b~0c"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(Answer(reset=True), "network"), (Answer(body=b"0123456789", cut=4), "network"), (Answer(hang=True), "timeout")],
)
async def test_what_may_pass(run: Attempt, world: Recorder, answer: Answer, kind: str) -> None:
    error = await failure(run, url=world.script("/a", answer), timeout_s=0.3)
    assert (error.type, error.may_pass) == (kind, True)
    assert (await call(http_request, run, url=world.url))["status"] == 200
