"""A25, A31 at the level of the capability: where outgoing calls may go. Each case has its positive control.

The internet is 127.0.0.2 (`pub.test`) and 127.0.0.3 (`other.test`): loopback addresses declared public by
these tests. 127.0.0.9 is a private host; whatever arrives there is a failure.
"""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import pytest
from tests.servers.certificates import server_context, trusting_context
from tests.servers.recorder import Answer, Recorder

from weft.engine.capabilities import Authorization, HttpAnswer
from weft.engine.errors import NodeError
from weft.platform.http import Guard, GuardedHttp, IPAddress, PrivateHosts, is_public

PUBLIC = {ip_address("127.0.0.2"), ip_address("127.0.0.3")}
NAMES = {
    "pub.test": ["127.0.0.2"],
    "other.test": ["127.0.0.3"],
    "canary.test": ["127.0.0.9"],
    "meta.test": ["169.254.169.254"],
    "two.test": ["127.0.0.2", "127.0.0.9"],
    "six.test": ["::ffff:127.0.0.9"],
    "xn--bcher-kva.test": ["127.0.0.2"],
}


def declared_public(address: IPAddress) -> bool:
    return address in PUBLIC or is_public(address)


class Names:
    """A resolver from a table; `rebind.test` is public once, then private."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        if host == "rebind.test":
            return ["127.0.0.2"] if self.asked.count(host) == 1 else ["127.0.0.9"]
        if host not in NAMES:
            raise OSError("unknown name")
        return NAMES[host]


@dataclass
class Stage:
    http: GuardedHttp
    names: Names
    public: Recorder
    other: Recorder
    canary: Recorder

    def at(self, name: str, path: str = "/") -> str:
        return f"http://{name}:{self.public.port}{path}"

    async def get(self, url: str, **options: Any) -> HttpAnswer:
        return await self.http.send("GET", url, **options)


def client(names: Names, *private: str) -> GuardedHttp:
    guard = Guard(private_hosts=PrivateHosts.parse(private), resolver=names, public=declared_public)
    return GuardedHttp(guard)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    names = Names()
    async with (
        Recorder("127.0.0.2") as public,
        Recorder("127.0.0.3", public.port) as other,
        Recorder("127.0.0.9", public.port) as canary,
    ):
        http = client(names)
        yield Stage(http, names, public, other, canary)
        await http.aclose()


async def failure(call: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await call
    return caught.value


DIRECT = [
    "127.0.0.1", "127.0.0.9", "localhost", "localhost.", "a.localhost", "0.0.0.0", "127.1", "2130706433",
    "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "10.0.0.5", "172.16.0.1", "192.168.0.1",
    "100.64.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.170",
    "meta.test", "two.test", "six.test", "canary.test.", "user@10.0.0.5", "user:pass@canary.test",
    "①②⑦.0.0.1", "127。0。0。1", "%31%32%37.0.0.1", "[::1]", "[::]", "[::ffff:127.0.0.9]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::ffff:ffff]",
    "[2001:0:5db8:d822:0:0:80ff:fffe]", "[fe80::1]", "[fd00::5]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]",
    "[::ffff:0:127.0.0.1]", "[2606:4700::5efe:7f00:1]", "pub.test#@10.0.0.5", "pub.test@x@127.0.0.2",
]  # fmt: skip


@pytest.mark.parametrize("host", DIRECT)
async def test_a25_closed_hosts_are_refused(stage: Stage, host: str) -> None:
    error = await failure(stage.get(f"http://{host}/latest/meta-data"))
    assert error.type == "blocked_host"
    assert "pass" not in error.message
    assert stage.canary.connections == 0
    assert (await stage.get(stage.at("pub.test"))).status == 200


PORTED = ["127.0.0.9", "127.9", "0x7f000009", "2130706441", "0177.0.0.011", "canary.test", "[::ffff:127.0.0.9]"]


@pytest.mark.parametrize("host", PORTED)
async def test_a25_the_canary_is_never_connected_to(stage: Stage, host: str) -> None:
    error = await failure(stage.get(stage.at(host), headers={"Metadata-Flavor": "Google"}))
    assert error.type == "blocked_host"
    assert stage.canary.connections == 0
    opened = client(stage.names, "127.0.0.9", "canary.test")
    if not host.startswith("["):
        assert (await opened.send("GET", stage.at(host))).status == 200
        assert len(stage.canary.arrivals) == 1
    await opened.aclose()


@pytest.mark.parametrize(
    "url",
    ["", "pub.test", "/path", "http://", "http:///x", "http:pub.test", "http://pub.test:0/", "http://pub.test:99999/",
     "http://pub.test:x/", "http://pu b.test/", "http://pub.test\\@canary.test/", "http://pub.test/\r\nX: y",
     "http://pub.test/\x00", "http://256.1.1.1/", "http://1.2.3.4.5/", "http://[::1/", "http://[fe80::1%25eth0]/",
     "http://-/", "http://a..b/", "http://user:geheim@pub.test/"],
)  # fmt: skip
async def test_what_is_no_url_is_refused(stage: Stage, url: str) -> None:
    error = await failure(stage.get(url))
    assert error.type == "validation"
    assert error.details["errors"][0]["path"] == "/url"
    assert "geheim" not in error.message
    assert not stage.public.arrivals
    assert not stage.canary.connections


SCHEMES = ["file:///etc/passwd", "gopher://127.0.0.1:6379/_FLUSHALL", "dict://x/", "ftp://x/", "data:,x",
           "jar:http://x!/", "unix:///run/x", "javascript:1"]  # fmt: skip


@pytest.mark.parametrize("url", SCHEMES)
async def test_a31_other_schemes_are_refused(stage: Stage, url: str) -> None:
    assert (await failure(stage.get(url))).type == "blocked_scheme"
    stage.public.script("/go", Answer.redirect(url))
    assert (await failure(stage.get(stage.at("pub.test", "/go")))).type == "blocked_scheme"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["http://10.0.0.5", "//169.254.169.254", "http://user@127.0.0.9:{port}/",
                                      "http://canary.test:{port}/", "http:\\\\127.0.0.9:{port}/"])  # fmt: skip
async def test_a31_redirects_are_checked(stage: Stage, status: int, location: str) -> None:
    stage.public.script("/go", Answer.redirect(location.format(port=stage.public.port), status))
    error = await failure(stage.get(stage.at("pub.test", "/go")))
    assert error.type == ("validation" if "\\" in location else "blocked_host")
    assert stage.canary.connections == 0
    stage.public.script("/go", Answer.redirect(stage.at("other.test"), status))
    assert (await stage.get(stage.at("pub.test", "/go"))).url == stage.at("other.test")


async def test_a31_a_loop_of_redirects_ends(stage: Stage) -> None:
    stage.public.script("/loop", Answer.redirect("/loop"))
    assert (await failure(stage.get(stage.at("pub.test", "/loop")))).type == "too_many_redirects"
    assert len(stage.public.arrivals) == 11
    answer = await stage.get(stage.at("pub.test", "/loop"), follow_redirects=False)
    assert answer.status == 302


async def test_a31_a_location_with_line_breaks_sets_no_header(stage: Stage) -> None:
    raw = b"HTTP/1.1 302 Found\r\nLocation: /next%0d%0aX-Evil:%201\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    stage.public.script("/go", Answer(raw=raw))
    await stage.get(stage.at("pub.test", "/go"))
    assert "x-evil" not in stage.public.arrivals[-1].headers
    stage.public.script("/go", Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: /a\rb\r\nContent-Length: 0\r\n\r\n"))
    assert (await failure(stage.get(stage.at("pub.test", "/go")))).type in ("validation", "network")


async def test_a31_meta_refresh_is_only_text(stage: Stage) -> None:
    page = f'<meta http-equiv="refresh" content="0;url={stage.at("canary.test")}">'.encode()
    stage.public.script("/page", Answer(headers={"content-type": "text/html"}, body=page))
    assert (await stage.get(stage.at("pub.test", "/page"))).body == page
    assert stage.canary.connections == 0


@pytest.mark.parametrize(
    ("status", "method", "expected"),
    [(301, "POST", "GET"), (302, "POST", "GET"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"), (301, "PUT", "PUT"),
     (307, "POST", "POST"), (308, "POST", "POST")],
)  # fmt: skip
async def test_methods_after_redirects(stage: Stage, status: int, method: str, expected: str) -> None:
    stage.public.script("/go", Answer.redirect("/next", status))
    await stage.http.send(method, stage.at("pub.test", "/go"), headers={"Content-Type": "text/plain"}, body=b"hi")
    last = stage.public.arrivals[-1]
    assert (last.path, last.method) == ("/next", expected)
    assert last.body == (b"hi" if expected not in ("GET", "HEAD") or method == "HEAD" else b"")
    assert ("content-type" in last.headers) == (method == expected)


SECRETS = {"Authorization": "Bearer plain", "Cookie": "a=b", "X-Api-Key": "k", "X-Goog-Api-Key": "g",
           "Ocp-Apim-Subscription-Key": "o", "PRIVATE-TOKEN": "t", "X-Amz-Security-Token": "z", "X-Session-Id": "s",
           "X-Hub-Signature-256": "h", "X-My-Password": "p", "X-Kept": "yes", "Idempotency-Key": "i"}  # fmt: skip
KEPT = ("x-kept", "idempotency-key")


async def test_a31_secrets_stay_behind_when_the_host_changes(stage: Stage) -> None:
    secret = Authorization({"X-Secret": "SEKRET"}, ("pub.test",))
    stage.public.script("/same", Answer.redirect("/here"))
    await stage.get(stage.at("pub.test", "/same"), headers=SECRETS, authorization=secret)
    assert stage.public.arrivals[-1].headers["x-secret"] == "SEKRET"
    assert {name.lower() for name in SECRETS} <= set(stage.public.arrivals[-1].headers)
    stage.public.script("/away", Answer.redirect(stage.at("other.test", "/back")))
    stage.other.script("/back", Answer.redirect(stage.at("pub.test", "/home")))
    await stage.get(stage.at("pub.test", "/away"), headers=SECRETS, authorization=secret)
    assert stage.public.arrivals[-1].path == "/home"
    for arrival in (stage.other.arrivals[-1], stage.public.arrivals[-1]):
        assert "x-secret" not in arrival.headers
        assert {name.lower() for name in SECRETS} & set(arrival.headers) == set(KEPT)


@pytest.mark.parametrize(
    ("hosts", "sent"),
    [(("pub.test",), True), (("PUB.test.",), True), (("pub.test:{port}",), True), (("pub.test:1",), False),
     (("other.test",), False), (("test",), False), ((), False)],
)  # fmt: skip
async def test_a_credential_goes_to_its_own_hosts_only(stage: Stage, hosts: tuple[str, ...], sent: bool) -> None:
    named = tuple(host.format(port=stage.public.port) for host in hosts)
    await stage.get(stage.at("pub.test"), authorization=Authorization({"X-Secret": "SEKRET"}, named))
    assert ("x-secret" in stage.public.arrivals[-1].headers) is sent


async def test_a_changed_dns_answer_does_not_move_a_connection(stage: Stage) -> None:
    for _ in range(3):
        assert (await stage.get(stage.at("rebind.test"))).status == 200
    assert stage.public.connections == 1
    stage.public.script("/bye", Answer(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))
    await stage.get(stage.at("rebind.test", "/bye"))
    assert (await failure(stage.get(stage.at("rebind.test")))).type == "blocked_host"
    assert stage.canary.connections == 0


async def test_names_do_not_share_connections(stage: Stage) -> None:
    await stage.get(stage.at("pub.test"))
    await stage.get(stage.at("bücher.test"))
    assert stage.public.connections == 2
    assert [a.headers["host"] for a in stage.public.arrivals] == [
        f"pub.test:{stage.public.port}",
        f"xn--bcher-kva.test:{stage.public.port}",
    ]


@pytest.mark.parametrize(
    ("entries", "opened"),
    [(["127.0.0.9"], True), (["127.0.0.8/30"], True), (["canary.test"], True), (["canary.test:{port}"], True),
     (["127.0.0.9:{port}"], True), (["canary.test:1"], False), (["127.0.0.10"], False), (["test"], False)],
)  # fmt: skip
async def test_a27_the_operator_opens_exactly_what_is_named(stage: Stage, entries: list[str], opened: bool) -> None:
    http = client(stage.names, *(entry.format(port=stage.canary.port) for entry in entries))
    call = http.send("GET", stage.at("canary.test"))
    if opened:
        assert (await call).status == 200
    else:
        assert (await failure(call)).type == "blocked_host"
    assert (await failure(http.send("GET", "http://10.0.0.5/"))).type == "blocked_host"
    assert len(stage.canary.arrivals) == int(opened)
    await http.aclose()


@pytest.mark.parametrize("entry", ["", "a b", "10.0.0.0/99", "host:99999", "http://host", "[::1"])
def test_a_wrong_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="is not a host"):
        PrivateHosts.parse([entry])


async def test_tls_uses_the_name_for_sni_and_the_certificate(stage: Stage) -> None:
    async with Recorder("127.0.0.3", tls=server_context("pub.test")) as secure:
        names = {"pub.test": ["127.0.0.3"], "other.test": ["127.0.0.3"]}

        async def resolve(host: str) -> Sequence[str]:
            return names[host]

        http = GuardedHttp(Guard(resolver=resolve, public=declared_public), ssl_context=trusting_context())
        answer = await http.send("GET", f"https://pub.test:{secure.port}/")
        assert answer.status == 200
        assert secure.arrivals[0].headers["host"] == f"pub.test:{secure.port}"
        error = await failure(http.send("GET", f"https://other.test:{secure.port}/"))
        assert error.type == "network"
        assert "certificate" in error.message
        await http.aclose()


@pytest.mark.parametrize(
    "headers",
    [{"X-A": "a\r\nX-B: b"}, {"X-A": "a\nb"}, {"X-A": "a\0b"}, {"X A": "b"}, {"X-A\r\nY": "b"}, {"": "b"},
     {"Host": "10.0.0.5"}, {"Transfer-Encoding": "chunked"}, {"content-length": "3"}],
)  # fmt: skip
async def test_a42_headers_cannot_break_out(stage: Stage, headers: dict[str, str]) -> None:
    error = await failure(stage.get(stage.at("pub.test"), headers=headers))
    assert error.type == "validation"
    assert error.details["errors"][0]["path"].startswith("/headers")
    assert not stage.public.arrivals
    assert (await stage.get(stage.at("pub.test"), headers={"X-A": "grüß"})).status == 200


BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB_BODY = BOMB.compress(bytes(64 * 1024 * 1024)) + BOMB.flush()


async def test_a36_a_gzip_bomb_ends_at_the_limit(stage: Stage) -> None:
    stage.public.script("/bomb", Answer(headers={"content-encoding": "gzip"}, body=BOMB_BODY))
    error = await failure(stage.get(stage.at("pub.test", "/bomb"), max_bytes=1_000_000))
    assert error.type == "output_too_large"
    stage.public.script("/ok", Answer(headers={"content-encoding": "gzip"}, body=gzip.compress(b"hello")))
    answer = await stage.get(stage.at("pub.test", "/ok"))
    assert (answer.body, "content-encoding" in answer.headers) == (b"hello", False)


async def test_a36_an_endless_answer_ends_at_the_limit(stage: Stage) -> None:
    stage.public.script("/stream", Answer(endless=b"x" * 65536))
    error = await failure(stage.get(stage.at("pub.test", "/stream"), max_bytes=1_000_000))
    assert error.type == "output_too_large"


@pytest.mark.parametrize("encode", [zlib.compress, lambda b: zlib.compress(b)[2:-4], lambda b: b])
async def test_deflate_in_both_spellings(stage: Stage, encode: Any) -> None:
    plain = b"hello" * 100
    encoding = "deflate" if encode(plain) != plain else "identity"
    stage.public.script("/d", Answer(headers={"content-encoding": encoding}, body=encode(plain)))
    assert (await stage.get(stage.at("pub.test", "/d"))).body == plain


@pytest.mark.parametrize(
    "answer",
    [Answer(headers={"content-encoding": "gzip"}, body=b"no gzip"),
     Answer(headers={"content-encoding": "br"}, body=b"x"),
     Answer(headers={"content-encoding": "gzip"}, body=gzip.compress(b"hello" * 999)[:20]),
     Answer(headers={"content-encoding": "gzip, gzip"}, body=b"x"),
     Answer(body=b"0123456789", cut=3), Answer(reset=True), Answer(raw=b"SSH-2.0\r\n\r\n")],
)  # fmt: skip
async def test_a_broken_answer_is_a_network_error(stage: Stage, answer: Answer) -> None:
    stage.public.script("/b", answer)
    error = await failure(stage.get(stage.at("pub.test", "/b")))
    assert error.type == "network"


async def test_the_time_limit_is_for_the_whole_call(stage: Stage) -> None:
    stage.public.script("/hang", Answer(hang=True))
    error = await failure(stage.get(stage.at("pub.test", "/hang"), timeout_s=0.2))
    assert error.type == "timeout"
    await asyncio.wait_for(stage.public.arrivals[0].closed.wait(), 60)


async def test_unknown_names_and_closed_ports_are_network_errors(stage: Stage) -> None:
    assert (await failure(stage.get("http://nowhere.test/"))).type == "network"
    assert (await failure(stage.get("http://127.0.0.3:1/"))).type == "network"


async def test_no_cookie_passes_from_one_call_to_the_next(stage: Stage) -> None:
    stage.public.script("/set", Answer(headers={"set-cookie": "session=SEKRET; Path=/"}))
    await stage.get(stage.at("pub.test", "/set"))
    await stage.get(stage.at("pub.test"))
    assert "cookie" not in stage.public.arrivals[-1].headers


async def test_proxies_of_the_environment_are_not_used(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", stage.canary.url)
    monkeypatch.setenv("ALL_PROXY", stage.canary.url)
    http = client(stage.names)
    assert (await http.send("GET", stage.at("pub.test"))).status == 200
    assert stage.canary.connections == 0
    await http.aclose()
