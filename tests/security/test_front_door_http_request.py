"""A25, A31 through the front door: an `http_request` node of a whole server and the hosts it may not reach."""

import httpx
from tests.security.stage import Canary, unharmed
from tests.security.test_ssrf import DIRECT, SCHEMES
from tests.server import Json, Server, run_node
from tests.servers.recorder import Answer

NEEDS_NAMES = ("meta.test", "two.test", "six.test", "canary.test", "pub.test")
HOSTS = [host for host in DIRECT if not any(name in host for name in NEEDS_NAMES)]
REFUSED = {"blocked_host", "validation"}


def refused(owner: httpx.Client, url: str, **config: object) -> str:
    """The error's type, of a run that failed as it should."""
    execution = run_node(owner, "http_request", {"url": url, **config}, policy={"retry": {"max_attempts": 1}})
    assert execution["status"] == "failed", (url, execution["outputs"])
    error: Json = execution["error"]
    assert "Traceback" not in error["message"]
    return str(error["type"])


def spellings(canary: Canary) -> list[str]:
    """Ways to write the canary's own address and port."""
    names = ["127.0.0.1", "localhost", "localhost.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
             "①②⑦.0.0.1", "[::ffff:127.0.0.1]", "a.localhost"]  # fmt: skip
    return [f"http://{name}:{canary.port}/latest/meta-data" for name in names]


def test_a25_private_hosts_are_refused(server: Server, owner: httpx.Client, canary: Canary, friend: Canary) -> None:
    headers = {"Metadata-Flavor": "Google"}
    two_readings = f"http://127.0.0.1:{friend.port}#@127.0.0.1:{canary.port}/"
    assert refused(owner, two_readings, headers=headers) == "blocked_host"
    with unharmed(server):
        kinds = {url: refused(owner, url, headers=headers) for url in spellings(canary)}
        kinds |= {host: refused(owner, f"http://{host}/") for host in HOSTS}
    assert {url: kind for url, kind in kinds.items() if kind not in REFUSED} == {}
    plain = {url: kind for url, kind in kinds.items() if "@" not in url and "%" not in url}
    assert set(plain.values()) == {"blocked_host"}
    assert canary.connections == 0


def test_a25_control_the_one_that_the_operator_opened(owner: httpx.Client, friend: Canary) -> None:
    for name in ("127.0.0.1", "127.1", "0x7f000001"):
        execution = run_node(owner, "http_request", {"url": f"http://{name}:{friend.port}/hello"})
        assert execution["status"] == "completed", execution["error"]
    assert friend.hits[-3:] == ["GET /hello"] * 3


def test_a31_schemes(owner: httpx.Client, server: Server) -> None:
    with unharmed(server):
        assert {refused(owner, url) for url in SCHEMES} == {"blocked_scheme"}


def test_a31_what_is_no_url(owner: httpx.Client) -> None:
    texts = (
        "no url",
        "/path",
        "http://",
        "http://127.0.0.1:99999/",
        "http://a\r\nX: y/",
        "http://u:p@127.0.0.1/",
        "{{ 5 }}",
    )
    assert {refused(owner, text) for text in texts} <= {"validation", "blocked_host", "blocked_scheme"}


def test_a31_redirects_are_checked(server: Server, owner: httpx.Client, friend: Canary, canary: Canary) -> None:
    targets = {
        "http://10.0.0.5": "blocked_host",
        "//169.254.169.254/latest": "blocked_host",
        canary.url: "blocked_host",
        f"http://localhost:{canary.port}/": "blocked_host",
        "file:///etc/passwd": "blocked_scheme",
        "gopher://127.0.0.1:6379/_FLUSHALL": "blocked_scheme",
    }
    with unharmed(server):
        for status in (301, 302, 303, 307, 308):
            for target, kind in targets.items():
                url = friend.script("/go", Answer.redirect(target, status))
                assert refused(owner, url) == kind, (status, target)
        loop = friend.script("/loop", Answer.redirect("/loop"))
        assert refused(owner, loop) == "too_many_redirects"
        head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\nLocation: /x"
        broken = friend.script("/crlf", Answer(raw=head + b"%0d%0aX-Evil:%201\r\n\r\n"))
        assert run_node(owner, "http_request", {"url": broken})["status"] == "completed"
        assert friend.arrivals[-1].path == "/x%0d%0aX-Evil:%201"
        assert "x-evil" not in friend.arrivals[-1].headers
        bare = friend.script("/cr", Answer(raw=head + b"\rX-Evil: 1\r\n\r\n"))
        assert refused(owner, bare) in ("validation", "network")
        page = f'<meta http-equiv="refresh" content="0;url={canary.url}">'.encode()
        shown = friend.script("/page", Answer(headers={"content-type": "text/html"}, body=page))
        assert run_node(owner, "http_request", {"url": shown})["outputs"]["value"]["body"] == page.decode()
    assert canary.connections == 0
    final = friend.script("/again", Answer.redirect("/hello"))
    assert run_node(owner, "http_request", {"url": final})["status"] == "completed"


def test_a31_a_credential_stays_behind_when_the_host_changes(
    owner: httpx.Client, friend: Canary, neighbour: Canary, canary: Canary
) -> None:
    """It names one host and port; on another, and after a redirect to one, its header is not sent."""
    body = {"name": "b", "type": "bearer", "data": {"token": "SEKRET-a31-token"}}
    made = owner.post("/credentials", json=body | {"allowed_hosts": [f"127.0.0.1:{friend.port + 1}"]})
    assert made.status_code == 201, made.text
    other = made.json()["id"]
    right = owner.post("/credentials", json=body | {"allowed_hosts": [f"127.0.0.1:{friend.port}"]}).json()["id"]
    for credential, sent in ((other, False), (right, True)):
        execution = run_node(owner, "http_request", {"url": f"{friend.url}/who", "credential_id": credential})
        arrived = [a for a in friend.arrivals if a.path == "/who"]
        if execution["status"] == "completed":
            assert ("authorization" in arrived[-1].headers) is sent
        else:
            assert not sent
        assert "SEKRET-a31-token" not in str(execution)
    friend.script("/away", Answer.redirect(f"{canary.url}/stolen"))
    assert refused(owner, f"{friend.url}/away", credential_id=right) == "blocked_host"
    assert canary.connections == 0
    wide = body | {"allowed_hosts": [f"127.0.0.1:{friend.port}", f"127.0.0.1:{neighbour.port}"]}
    both = owner.post("/credentials", json=wide).json()["id"]
    plain = {"X-Api-Key": "plain", "X-Kept": "yes"}
    for status in (301, 302, 303, 307, 308):
        for place, arrivals, sent in (("/who", friend.arrivals, True), (neighbour.url, neighbour.arrivals, False)):
            friend.script("/elsewhere", Answer.redirect(place, status))
            config = {"url": f"{friend.url}/elsewhere", "credential_id": both, "headers": plain}
            assert run_node(owner, "http_request", config)["status"] == "completed"
            arrived = arrivals[-1].headers
            assert ("authorization" in arrived, "x-api-key" in arrived) == (sent, sent), (status, place)
            assert arrived["x-kept"] == "yes"
