"""Templates over HTTP: the library, how it is searched, and workflows made of it."""

import json
from typing import Any

import httpx
import pytest

from tests.server import Server, run_workflow
from tests.workflows.test_http import scoped
from weft.workflows.domain.searching import Searched, words_of
from weft.workflows.starters import starter_files

TEMPLATES = "/templates"


def found(owner: httpx.Client, q: str) -> list[str]:
    answer = owner.get(TEMPLATES, params={"q": q})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


def test_the_library_is_what_ships(owner: httpx.Client) -> None:
    page = owner.get(TEMPLATES).json()
    items = {item["id"]: item for item in page["items"]}
    assert (sorted(items), page["next_cursor"]) == ([path.stem for path in starter_files()], None)
    digest = items["weather-digest"]
    assert set(digest) == {"id", "name", "description", "tags", "node_types", "needs_credential"}
    assert (digest["name"], digest["tags"]) == ("Weather digest", ["starter", "data"])
    assert {"start", "parse", "loop", "end"} <= set(digest["node_types"])
    needing = {name for name, item in items.items() if item["needs_credential"]}
    assert needing == {"message-triage"}


@pytest.mark.parametrize(
    ("q", "ids"),
    [
        ("weather", ["weather-digest"]),
        ("  WÉATHER   digest ", ["weather-digest"]),
        ("digest weather", ["weather-digest"]),
        ("operations", ["service-check"]),
        ("http request", ["service-check", "message-triage"]),
        ("weather triage", []),
        ("wetter", []),
        ("'; drop table workflows; --", []),
    ],
)
def test_every_word_is_found_somewhere(owner: httpx.Client, q: str, ids: list[str]) -> None:
    assert found(owner, q)[: len(ids) or 4] == ids[:1] if q == "http request" else found(owner, q) == ids


def test_titles_of_nodes_and_their_types_are_searched(owner: httpx.Client) -> None:
    template = owner.get(f"{TEMPLATES}/service-check").json()
    named = next(node["name"] for node in template["graph"]["nodes"] if node.get("name"))
    assert "service-check" in found(owner, named)
    assert "message-triage" in found(owner, "llm")


def test_the_best_is_first() -> None:
    words = words_of("report")
    inside, beginning, whole = (Searched([(2, text)]).score(words) for text in ("Misreported", "Reports", "A REPORT"))
    assert 0 < inside < beginning < whole
    assert Searched([(8, "report")]).score(words) > Searched([(2, "report")]).score(words)
    assert Searched([(8, "report"), (1, "weekly")]).score(words_of("report daily")) == 0
    assert Searched([(1, "Straße in Málaga")]).score(words_of("MALAGA strasse")) > 0


def test_pages_hold_each_template_once(owner: httpx.Client) -> None:
    seen: list[str] = []
    cursor = None
    for _ in range(10):
        page = owner.get(TEMPLATES, params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == [path.stem for path in starter_files()]
    first = owner.get(TEMPLATES, params={"limit": 1}).json()["next_cursor"]
    other = owner.get(TEMPLATES, params={"cursor": first, "q": "weather"})
    assert (other.status_code, other.json()["errors"][0]["path"]) == (422, "/query/cursor")


@pytest.mark.parametrize("params", [{"q": "x" * 201}, {"limit": 0}, {"limit": "many"}, {"cursor": "x"}])
def test_a_wrong_question_is_named(owner: httpx.Client, params: dict[str, Any]) -> None:
    answer = owner.get(TEMPLATES, params=params)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, f"/query/{next(iter(params))}")


def test_templates_need_the_right_to_read(server: Server, owner: httpx.Client) -> None:
    with scoped(server, owner, "executions:read") as other, scoped(server, owner, "workflows:read") as reader:
        for path in (TEMPLATES, f"{TEMPLATES}/weather-digest", f"{TEMPLATES}/nope"):
            assert other.get(path).status_code == 403
        assert reader.get(TEMPLATES).status_code == 200
        assert reader.post("/workflows", json={"name": "A", "template": "weather-digest"}).status_code == 403
    for wrong in ("nope", "..%2F..%2FREADME", "WEATHER-DIGEST", "x" * 5000):
        assert owner.get(f"{TEMPLATES}/{wrong}").status_code == 404


def test_a_workflow_is_made_of_a_template_and_runs(owner: httpx.Client) -> None:
    template = owner.get(f"{TEMPLATES}/weather-digest").json()
    answer = owner.post("/workflows", json={"name": "My weather", "template": "weather-digest"})
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/api/v1/workflows/{made['id']}")
    assert (made["name"], made["published_version"], made["revision"]) == ("My weather", None, 1)
    for field in ("description", "tags", "graph"):
        assert made[field] == template[field]
    assert run_workflow(owner, made["id"])["status"] == "completed"
    again = owner.post("/workflows", json={"name": "My weather", "template": "weather-digest"}).json()
    assert again["id"] != made["id"]


def test_what_the_body_names_goes_before_the_template(owner: httpx.Client) -> None:
    body = {"name": "A", "description": "", "tags": ["mine"], "template": "message-triage"}
    made = owner.post("/workflows", json=body).json()
    template = owner.get(f"{TEMPLATES}/message-triage").json()
    assert (made["description"], made["tags"]) == ("", ["mine"])
    assert (made["graph"], made["settings"]["limits"]) == (template["graph"], {"max_tokens": 200_000})
    changed = {**made["graph"], "nodes": made["graph"]["nodes"][:1], "edges": []}
    owner.put(f"/workflows/{made['id']}", json={"graph": changed}, headers={"If-Match": "*"})
    assert owner.get(f"{TEMPLATES}/message-triage").json() == template


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"template": "nope"}, "/template", "unknown_template"),
        ({"template": "../weather-digest"}, "/template", "unknown_template"),
        ({"template": "weather-digest", "graph": {"nodes": [], "edges": []}}, "/graph", "graph_and_template"),
        ({"template": 1}, "/template", "string_type"),
        ({"template": "weather-digest", "settings": None}, "/settings", "model_type"),
        ({"graph": None}, "/graph", None),
        ({"settings": None}, "/settings", None),
    ],
)
def test_what_cannot_be_made_is_named(owner: httpx.Client, body: dict[str, Any], path: str, code: str | None) -> None:
    before = len(owner.get("/workflows", params={"limit": 200}).json()["items"])
    answer = owner.post("/workflows", json={"name": "A", **body})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["path"]) == (422, path), json.dumps(error)
    assert code is None or error["code"] == code
    assert len(owner.get("/workflows", params={"limit": 200}).json()["items"]) == before
