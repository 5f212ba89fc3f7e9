"""A42 in part, A46: what a client says about itself is not believed, and every answer is armoured."""

import io
import json
import re
from contextlib import redirect_stderr
from pathlib import Path

import pytest
import structlog
from tests.gateway.house import OWNER, House, open_house
from tests.gateway.sockets import exchange, listening

from weft.platform.settings import Settings
from weft.platform.telemetry import configure_logging

PATHS = ["/healthz", "/api/v1/auth/status", "/api/v1/auth/me", "/api/v1/nope", "/", "/mcp", "/api/v1/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_is_armoured_and_names_its_request(house: House, path: str) -> None:
    for method in ("GET", "POST", "OPTIONS"):
        headers = (await house.client().request(method, path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["x-request-id"]
        assert not {"server", "x-powered-by", "via"} & set(headers)


@pytest.mark.parametrize(
    "given",
    [
        "x" * 10_000,
        b"a\x1b[31mred",
        "${jndi:ldap://evil.test/a}",
        "a b",
        "a\tb",
        "../../etc",
        "",
        b"\xff",
        "é".encode(),
        "<script>",
        "-dash",
    ],
)
async def test_a42_an_odd_request_id_is_replaced(house: House, given: str | bytes) -> None:
    answer = await house.client().get("/api/v1/nope", headers=[("X-Request-ID", given)])
    made = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f-]{36}", made)
    assert answer.json()["request_id"] == made


async def test_a42_control_a_sane_request_id_is_kept(house: House) -> None:
    answer = await house.client().get("/api/v1/nope", headers={"X-Request-ID": "trace-01.A_b"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "trace-01.A_b"


async def test_a42_a_raw_socket_sees_one_answer_without_what_it_injected(house: House) -> None:
    async with listening(house) as port:
        head = b"GET /api/v1/nope HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: a\rSet-Cookie: x=1\r\n"
        for raw in (head + b"\r\n", head.replace(b"a\r", b"a\n") + b"\r\n", head.replace(b"a\r", b"a\0") + b"\r\n"):
            answer = await exchange(port, raw)
            assert answer.count(b"HTTP/1.1") == 1
            assert b"set-cookie" not in answer.lower()


@pytest.mark.parametrize("log_format", ["json", "console"])
async def test_a42_one_line_a_record_and_keys_by_prefix(tmp_path: Path, log_format: str) -> None:
    written = io.StringIO()
    with redirect_stderr(written):
        configure_logging(Settings(log_format=log_format, _env_file=None))  # type: ignore[arg-type]
        log = structlog.get_logger()
        secret = "weft_AbCdEfG" + "s" * 40
        log.info("first\nforged line\x1b[31m\r\n\u2028end", value=f"Bearer {secret}", nested={"k": [secret]})
        try:
            raise ValueError("over\nmany\nlines " + secret)
        except ValueError:
            log.exception("failed")
    lines = written.getvalue().splitlines()
    assert len(lines) == 2, lines
    assert "ssssssss" not in written.getvalue()
    assert "weft_AbCdEfG" in lines[0]
    assert "\x1b[31m" not in written.getvalue()
    if log_format == "json":
        assert all(json.loads(line)["timestamp"] for line in lines)


async def test_log_lines_carry_the_request_id_and_no_path(tmp_path: Path) -> None:
    written = io.StringIO()
    url = f"sqlite+aiosqlite:///{tmp_path}/log.db"
    with redirect_stderr(written):
        async with open_house(url, tmp_path, log_format="json", log_level="info") as house:
            configure_logging(house.settings)
            owner = await house.owner()
            name = {"X-Request-ID": "look-for-me"}
            await owner.get("/api/v1/variables/01890a5d-ac96-774b-bcce-b302099a8057?q=SEKRET", headers=name)
    records = [json.loads(line) for line in written.getvalue().splitlines()]
    found = next(record for record in records if record.get("request_id") == "look-for-me")
    assert found["route"] == "/api/v1/variables/{id}"
    assert found["status"] == 404
    assert OWNER["password"] not in written.getvalue()
    assert "SEKRET" not in written.getvalue()


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "", "127.0.0.2", "[::2]", "localhost@evil.test"])
async def test_a_host_that_is_not_ours(house: House, host: str) -> None:
    answer = await house.client().get("/api/v1/auth/status", headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_host")


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]", "[::1]:8000", "LOCALHOST"])
async def test_control_our_hosts(house: House, host: str) -> None:
    assert (await house.client().get("/api/v1/auth/status", headers={"Host": host})).status_code == 200


async def test_hosts_off_loopback_and_with_a_public_url(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/host.db"
    async with open_house(url, tmp_path, host="0.0.0.0") as house:
        any_host = await house.client().get("/api/v1/auth/status", headers={"Host": "weft.lan:8000"})
        assert any_host.json() == {"setup_required": True, "setup_token_required": True, "signup": "closed"}
        refused = await house.client().post("/api/v1/auth/setup", json=OWNER)
        wrong = await house.client().post("/api/v1/auth/setup", json={**OWNER, "setup_token": "x"})
        assert {refused.status_code, wrong.status_code} == {403}
        assert refused.json()["code"] == "setup_token"
        token = house.app.state.setup_token
        made = await house.client(headers={"Host": "weft.lan"}).post(
            "/api/v1/auth/setup", json={**OWNER, "setup_token": token}
        )
        assert made.status_code == 201
        assert all("Secure" in cookie for cookie in made.headers.get_list("set-cookie"))
    async with open_house(url, tmp_path, host="0.0.0.0", public_url="https://weft.example.com") as house:
        for host, status in (("weft.example.com", 200), ("localhost", 200), ("weft.lan", 400)):
            assert (await house.client().get("/healthz", headers={"Host": host})).status_code == status


SPOOFS = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"]


async def flood(house: House, count: int, path: str = "/api/v1/auth/status", **options: object) -> list[int]:
    codes = []
    for number in range(count):
        address = f"203.0.113.{number % 250}"
        headers = {**dict.fromkeys(SPOOFS, address), "Forwarded": f"for={address}"}
        paths = [path, path + "/", path.replace("/v1", "//v1")]
        client = house.client(**options)  # type: ignore[arg-type]
        codes.append((await client.get(paths[number % 3], headers=headers)).status_code)
    return codes


async def test_a46_headers_give_no_new_window(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/rate.db"
    async with open_house(url, tmp_path, rate_limit_anonymous="20/minute") as house:
        codes = await flood(house, 60)
        assert codes.count(429) == 40
        answer = await house.client().get("/api/v1/auth/status")
        assert answer.status_code == 429
        assert answer.json()["code"] == "rate_limited"
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert answer.headers["ratelimit-limit"] == "20"
        assert answer.headers["ratelimit-remaining"] == "0"
        assert (await house.client().get("/healthz")).status_code == 200
        other = await house.client("198.51.100.1").get("/api/v1/auth/status")
        assert (other.status_code, other.headers["ratelimit-remaining"]) == (200, "19")


async def test_a46_an_ipv6_network_is_one_address(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/rate6.db"
    async with open_house(url, tmp_path, rate_limit_anonymous="20/minute") as house:
        codes = [
            (await house.client(f"2001:db8::{number:x}").get("/api/v1/auth/status")).status_code
            for number in range(1, 31)
        ]
        assert codes.count(429) == 10
        assert (await house.client("2001:db8:0:1::1").get("/api/v1/auth/status")).status_code == 200


async def test_a46_a_trusted_proxy_is_believed_from_the_right(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/proxy.db"
    trust = ("127.0.0.1", "10.0.0.0/8")
    async with open_house(url, tmp_path, rate_limit_anonymous="5/minute", trusted_proxies=trust) as house:

        async def ask(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return (await house.client().get("/api/v1/auth/status", headers=headers)).status_code

        codes = [await ask(f"192.0.2.{number}, 198.51.100.7, 10.0.0.3") for number in range(10)]
        assert codes == [200] * 5 + [429] * 5
        assert await ask("198.51.100.7, 198.51.100.8") == 200


async def test_a46_a_principal_has_its_own_window(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/principal.db"
    async with open_house(url, tmp_path, rate_limit="10/minute") as house:
        key = await house.bearer("workflows:read")
        codes = [(await key.get("/api/v1/variables")).status_code for _ in range(15)]
        assert codes == [200] * 10 + [429] * 5
        assert (await house.client().get("/api/v1/auth/status")).status_code == 200
