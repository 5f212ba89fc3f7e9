"""What strangers see of a graph: literal secrets become dots, what only names its source stays readable."""

import time
from typing import Any

import pytest

from tests.cost import in_time
from weft.engine.catalog import Catalog
from weft.workflows.domain import shown_graph


def shown(catalog: Catalog, type: str, config: dict[str, Any], **node: Any) -> dict[str, Any]:
    graph = {"nodes": [{"id": "a", "type": type, "config": config, **node}], "edges": []}
    return dict(shown_graph(graph, catalog)["nodes"][0])


@pytest.mark.parametrize(
    ("name", "text", "seen"),
    [
        ("Authorization", "Bearer abc", "•••"),
        ("authorization", "Bearer {{ vars.token }}", "Bearer {{ vars.token }}"),
        ("authorization", "Bearer abc{{ input.x }}", "•••"),
        ("X-API-Key", "abc", "•••"),
        ("apiKey", "abc", "•••"),
        ("clientSecret", "abc", "•••"),
        ("db_password", "abc", "•••"),
        ("Set-Cookie", "abc", "•••"),
        ("password", "{{ input.password }}", "{{ input.password }}"),
        ("password", "{{ 'abc' }}", "•••"),
        ("authorization", "{{ 'Bearer ' + vars.token }}", "•••"),
        ("tokens", "many", "many"),
        ("secretary", "Ada", "Ada"),
        ("author", "Ada", "Ada"),
        ("url", "https://a.test/?page=2&key=abc#top", "https://a.test/?page=2&key=•••#top"),
        ("url", "postgresql://me:abc@db.test/x", "postgresql://•••@db.test/x"),
        ("url", "https://a.test/?key={{ vars.key }}", "https://a.test/?key={{ vars.key }}"),
        (
            "url",
            "https://a.test/?X-Amz-Signature=abc&sig=abc&size=5",
            "https://a.test/?X-Amz-Signature=•••&sig=•••&size=5",
        ),
        ("mail", "ada@a.test", "ada@a.test"),
    ],
)
def test_literal_secrets_become_dots(catalog: Catalog, name: str, text: str, seen: str) -> None:
    for config in ({"values": {name: text}}, {"values": {"deep": [{name: text}]}}):
        found = shown(catalog, "set", config)["config"]["values"]
        assert (found["deep"][0] if "deep" in found else found) == {name: seen}


def test_lists_and_numbers_under_a_secret_name_become_dots(catalog: Catalog) -> None:
    values = {"Cookie": ["a=b", "{{ vars.cookie }}"], "password": 123456, "max_tokens": 5, "token": {"kind": "x"}}
    seen = {"Cookie": ["•••", "{{ vars.cookie }}"], "password": "•••", "max_tokens": 5, "token": {"kind": "x"}}
    assert shown(catalog, "set", {"values": values})["config"]["values"] == seen


def test_what_a_text_costs_grows_with_its_length(catalog: Catalog) -> None:
    """A regular expression lets nobody else work: one that took the square of this would hold Weft up for hours."""
    began = time.process_time()
    values = {"password": "{{" * 1_000_000, "token": "{{ a" * 1_000_000, "url": "://?a_&key" * 100_000}
    found = shown(catalog, "set", {"values": values})["config"]["values"]
    in_time(time.process_time() - began, 10)
    assert (found["password"], found["token"]) == ("•••", "•••")


def test_ids_of_credentials_go_and_models_stay(catalog: Catalog) -> None:
    config = {"model": "openai/gpt-4o", "credential_id": "0190", "prompt": "Hi"}
    assert shown(catalog, "llm", config)["config"] == {"model": "openai/gpt-4o", "prompt": "Hi"}
    assert shown(catalog, "a_plugins_own", config)["config"] == {}


def test_pins_go_and_what_draws_the_node_stays(catalog: Catalog) -> None:
    drawn = {"name": "A", "parent": "b", "disabled": True, "note": "n", "position": {"x": 1, "y": 2}}
    kept = {**drawn, "policy": {"timeout_s": 3}}
    assert shown(catalog, "set", {}, **kept, pinned_output=None, pinned_port="out") == {
        "id": "a", "type": "set", "config": {}, **kept
    }  # fmt: skip
