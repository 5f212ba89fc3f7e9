"""A38 and A39 (bodies): too much, too slow, too deep."""

import asyncio
import os
import resource
import time
from typing import Any

import httpx
import pytest
from tests.cost import in_time
from tests.gateway.house import House
from tests.gateway.sockets import exchange, listening, status_of

MB = 1024 * 1024
REFUSED = {0, 400, 408, 413, 431}
HEAD = b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"


def endless(chunk: bytes, count: int) -> tuple[bytes, ...]:
    return (chunk,) * count


async def test_a38_bodies_and_heads_that_are_too_large(house: House) -> None:
    piece = b"x" * MB
    async with listening(house) as port:
        cases = {
            "1 GB announced": (HEAD + b"Content-Length: 1000000000\r\n\r\n", *endless(piece, 100)),
            "chunked without end": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n",
                                    *endless(b"%x\r\n%s\r\n" % (MB, piece), 200)),
            "header of 1 MB": (GET + b"X-Large: " + piece + b"\r\n\r\n",),
            "100k headers": (GET, *endless(b"X-A: b\r\n", 100_000), b"\r\n"),
            "101 headers": (GET + b"".join(b"X-%d: b\r\n" % n for n in range(101)) + b"\r\n",),
            "a million parameters": (b"GET /healthz?" + b"a=1&" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",),
            "length that is no number": (HEAD + b"Content-Length: ten\r\n\r\n",),
            "two lengths": (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",),
            "length and chunks": (HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",),
            "length that is too short": (HEAD + b"Content-Length: 2\r\n\r\n{}" + piece,),
            "multipart, a text of 1 GB": (HEAD.replace(b"application/json", b"multipart/form-data; boundary=b")
                                          + b"Content-Length: 1000000000\r\n\r\n"
                                          + b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n',
                                          *endless(piece, 100)),
            "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 10,),
        }  # fmt: skip
        for name, parts in cases.items():
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            answer = await exchange(port, *parts)
            assert status_of(answer) in REFUSED, f"{name}: {answer[:200]!r}"
            if answer:
                assert b"application/problem+json" in answer, f"{name}: {answer[:300]!r}"
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            assert grown < 100 * 1024, f"{name}: grew by {grown} KiB"
        assert status_of(await exchange(port, GET + b"\r\n")) == 200
        ninety = GET + b"".join(b"X-%d: b\r\n" % n for n in range(90)) + b"\r\n"
        assert status_of(await exchange(port, ninety)) == 200


async def test_a38_slow_heads_and_bodies_are_cut_while_others_are_served(house: House) -> None:
    """200 connections; with limits of 1 s and 10 bytes a second, and with WEFT_SOAK=1 with the real ones."""
    soak = bool(os.environ.get("WEFT_SOAK"))
    times, pause_s, within_s = ({}, 1.0, 30.0) if soak else ({"head_s": 1.0, "body_s": 1.0}, 0.1, 15.0)
    async with listening(house, **times) as port, httpx.AsyncClient(base_url=f"http://localhost:{port}") as client:
        quiet = await _p99(client, asyncio.create_task(asyncio.sleep(1)))
        beginnings = [GET + b"X-Slow: "] * 90 + [HEAD + b"Content-Length: 100000\r\n\r\n{"] * 90 + [b""] * 20
        slow = asyncio.gather(*(_drip(port, each, pause_s, within_s) for each in beginnings))
        attacked = await _p99(client, slow)
        answers = await slow
        assert {status_of(answer) for answer in answers} <= {0, 408}
        assert sum(status_of(answer) == 408 for answer in answers) >= 170
        in_time(attacked, max(0.5, 5 * quiet))


async def _p99(client: httpx.AsyncClient, until: "asyncio.Future[Any]") -> float:
    """Seconds that a normal client waits while `until` lasts."""
    waits = []
    while not until.done():
        started = time.perf_counter()
        assert (await client.get("/healthz")).status_code == 200
        waits.append(time.perf_counter() - started)
        await asyncio.sleep(0.005)
    return sorted(waits)[int(len(waits) * 0.99)]


async def _drip(port: int, beginning: bytes, pause_s: float, within_s: float) -> bytes:
    """A byte, a pause, a byte, until the server has had enough. Raises TimeoutError where it never has."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = asyncio.create_task(reader.read(65536))
    try:
        async with asyncio.timeout(within_s):
            if beginning:
                writer.write(beginning)
            while not answer.done():
                await asyncio.wait({answer}, timeout=pause_s)
                if beginning and not writer.is_closing():
                    writer.write(b"x")
            return await answer
    except ConnectionError:
        return b""
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), answer, return_exceptions=True)


async def test_a_body_that_comes_in_pieces_but_steadily_is_read(house: House) -> None:
    await house.owner()
    body = b'{"email": "owner@example.com", "password": "' + b"p" * 900 + b'"}'
    async with listening(house, head_s=1.0, body_s=0.5) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 4096))
        for piece in (b" " * 2048, b" " * 2048, body[:500], body[500:]):
            writer.write(piece)
            await asyncio.sleep(0.3)
        assert status_of(await reader.read(65536)) == 401
        writer.close()


NESTED = b"[" * 100_000 + b"]" * 100_000
BOMBS = {
    "deep": b'{"name": "a", "value": ' + NESTED + b"}",
    "deep objects": b'{"name": "a", "value": ' + b'{"a":' * 101 + b"1" + b"}" * 101 + b"}",
    "huge number": b'{"name": "a", "value": 1e400}',
    "not a number": b'{"name": "a", "value": NaN}',
    "infinity": b'{"name": "a", "value": -Infinity}',
    "long integer": b'{"name": "a", "value": ' + b"9" * 100_000 + b"}",
    "doubled key": b'{"name": "a", "name": "b", "value": 1}',
    "doubled key below": b'{"name": "a", "value": {"x": {"k": 1, "k": 2}}}',
    "lone surrogate": b'{"name": "a", "value": "\\ud800"}',
    "nul in a value": b'{"name": "a", "value": ["x", {"y": "a\\u0000b"}]}',
    "nul in a key": b'{"name": "a", "value": {"a\\u0000b": 1}}',
    "not utf-8": b'{"name": "a", "value": "\xff"}',
    "cut off": b'{"name": "a", "value": ',
    "two values": b'{"name": "a", "value": 1} {}',
    "byte order mark": b'\xef\xbb\xbf{"name": "a", "value": 1}',
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "key of 9 MB": b'{"name": "a", "value": 1, "' + b"k" * 9_000_000 + b'": 1}',
    "a million keys": b'{"name": "a", "value": 1,' + b",".join(b'"k%d":1' % n for n in range(600_000)) + b"}",
    "over 10 MiB": b'{"name": "a", "value": "' + b"x" * (10 * MB) + b'"}',
}


@pytest.fixture
async def owner(house: House) -> httpx.AsyncClient:
    return await house.owner()


@pytest.mark.parametrize("name", BOMBS)
async def test_a39_json_bombs(owner: httpx.AsyncClient, name: str) -> None:
    started = time.perf_counter()
    answer = await owner.post("/api/v1/variables", content=BOMBS[name], headers={"Content-Type": "application/json"})
    elapsed = time.perf_counter() - started
    assert answer.status_code in (400, 413, 422), answer.text[:300]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 10_000
    in_time(elapsed, 5)
    if answer.status_code == 422:
        assert all("path" in error for error in answer.json()["errors"])
    if name == "nul in a value":
        assert answer.json()["errors"][0]["path"] == "/value/1/y"


async def test_a39_control_what_is_large_but_sound_passes(owner: httpx.AsyncClient) -> None:
    sound = {
        "deep": b'{"name": "deep", "value": ' + b"[" * 98 + b"]" * 98 + b"}",
        "keys": b'{"name": "keys", "value": {' + b",".join(b'"k%d":1' % n for n in range(50_000)) + b"}}",
        "quoted": b'{"name": "quoted", "value": "{\\"a\\":1,\\"a\\":2} and \\\\\\"a\\": x"}',
        "same": b'{"name": "same", "value": [{"a": 1}, {"a": 1}, "\\": "]}',
        "long": b'{"name": "long", "value": "' + b"x" * (9 * MB) + b'"}',
    }
    for name, body in sound.items():
        answer = await owner.post("/api/v1/variables", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201, f"{name}: {answer.text[:300]}"


async def test_encoded_bodies_and_nul_in_the_query_are_refused(owner: httpx.AsyncClient) -> None:
    packed = await owner.post("/api/v1/variables", content=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    assert packed.status_code == 415
    assert (await owner.get("/api/v1/variables?q=%00")).status_code == 400
    assert (await owner.get("/api/v1/variables/%00")).status_code == 404
    assert (await owner.get("/api/v1/variables?q=%ff%fe")).status_code == 200
