"""The static web app: shells for ids, HEAD, caching, a policy for each page, nothing outside the export."""

import base64
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.gateway.house import House, open_house

SCRIPT = "self.__next_f=self.__next_f||[]"
PAGE = f'<!doctype html><script src="/a.js"></script><script>{SCRIPT}</script><p>{{}}</p>'
FILES = {
    "index.html": PAGE.replace("{}", "home"),
    "404.html": PAGE.replace("{}", "missing"),
    "workflows.html": PAGE.replace("{}", "list"),
    "workflows.txt": "list data",
    "workflows/new.html": PAGE.replace("{}", "new"),
    "workflows/_.html": PAGE.replace("{}", "shell"),
    "workflows/_.txt": "shell data",
    "workflows/_/__next._tree.txt": "shell tree",
    "workflows/_/runs.html": PAGE.replace("{}", "runs"),
    "_next/static/chunks/a-1.js": "1",
    "favicon.ico": "icon",
}
ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[House]:
    out = tmp_path / "out"
    for name, content in FILES.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (tmp_path / "secret.txt").write_text("SEKRET")
    (out / "link.txt").symlink_to(tmp_path / "secret.txt")
    async with open_house(f"sqlite+aiosqlite:///{tmp_path}/weft.db", tmp_path, web_dir=out) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/", "home"),
        ("/workflows", "list"),
        ("/workflows/", "list"),
        ("/workflows.txt", "list data"),
        ("/workflows/new", "new"),
        (f"/workflows/{ID}", "shell"),
        (f"/workflows/{ID}.html", "shell"),
        (f"/workflows/{ID}.txt", "shell data"),
        (f"/workflows/{ID}/__next._tree.txt", "shell tree"),
        (f"/workflows/{ID}/runs", "runs"),
        ("/favicon.ico", "icon"),
    ],
)
async def test_pages_and_their_shells(web: House, path: str, content: str) -> None:
    client = web.client()
    answer = await client.get(path)
    assert answer.status_code == 200
    assert content in answer.text
    head = await client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(answer.content))


async def test_each_page_allows_its_own_inline_scripts_only(web: House) -> None:
    answer = await web.client().get("/")
    expected = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"script-src 'self' 'sha256-{expected}';" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_caching(web: House) -> None:
    client = web.client()
    chunk = await client.get("/_next/static/chunks/a-1.js")
    assert chunk.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert chunk.headers["content-type"].startswith("text/javascript")
    page = await client.get("/workflows")
    assert page.headers["cache-control"] == "no-cache"
    again = await client.get("/workflows", headers={"If-None-Match": page.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/workflows/..%2f..%2fsecret.txt",
        "/workflows/%2e%2e/%2e%2e/secret.txt",
        "/..\\secret.txt",
        "/..%5csecret.txt",
        "/secret.txt%00.html",
        "/link.txt",
        "/%2fsecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/weft.db",
        "/missing.png",
        "/workflows/x.png",
    ],
)
async def test_nothing_outside_the_export(web: House, path: str) -> None:
    answer = await web.client().get(path)
    assert answer.status_code == 404
    assert "SEKRET" not in answer.text
    assert "SQLite" not in answer.text


async def test_the_web_takes_no_writes_and_hides_no_api(web: House) -> None:
    client = web.client()
    written = await client.post("/workflows", json={})
    assert (written.status_code, written.headers["allow"]) == (405, "GET, HEAD")
    assert (await client.get("/api/nope")).headers["content-type"] == "application/problem+json"
    assert (await client.get("/hooks/nope")).status_code == 404


async def test_without_an_export_a_page_says_what_to_do(house: House, tmp_path: Path) -> None:
    async with open_house(f"sqlite+aiosqlite:///{tmp_path}/n.db", tmp_path, web_dir=tmp_path / "none") as bare:
        answer = await bare.client().get("/")
        assert answer.status_code == 404
        assert "make web" in answer.text
