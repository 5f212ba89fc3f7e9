"""Workflow files: a law for the round trip, what is left out, and what is refused with its line."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.cost import counted, in_time, stopwatch
from weft.kernel.errors import Invalid, TooLarge
from weft.kernel.ids import new_id
from weft.workflows.text import WorkflowFile, dump_workflow_file, load_workflow_file, read_text
from weft.workflows.text.reading import MAX_YAML

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = """
yes no on off y n null ~ true 1 1.0 1e5 0x1F 0o7 .5 .inf 2020-01-01 12:30 << = - ? : # & * ! | > ' " % @ ` {{a}} []
"""
ODD = [
    "", " ", "  lead", "trail ", "a: b", "a #b", "\n", "\n\n", "a\n", "a\n\n", "\na", "a\n b\n", " a\nb", "\ta\nb",
    "a\r\nb", "a\tb", "a\n\n\nb", "a\n  ", "---\na", "a\n...", "\x85", "\u2028", "\ufeff", "\x7f", "é\nü", "😀",
    "a\\b\"c'd",
]  # fmt: skip
odd = st.sampled_from([*WORDS.split(), *ODD])
lines = st.lists(st.text(characters, max_size=12), max_size=5).map("\n".join)
texts = odd | lines | st.text(characters, max_size=30) | st.text("a \n\t'\":#-", max_size=12)
numbers = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(texts, values, max_size=4)
places = st.fixed_dictionaries({"x": st.floats(-1e6, 1e6) | st.integers(-900, 900).map(float), "y": st.just(0.0)})
IDS = ["a", "b2", "$c", "_d", "get", "Feld", "größe", "می\u200cخ", "𝒳"]
names = st.text(characters, min_size=1, max_size=20).filter(lambda name: name.strip())


@st.composite
def files(draw: st.DrawFn) -> WorkflowFile:
    ids = draw(st.lists(st.sampled_from(IDS), unique=True, max_size=5))
    nodes = []
    for name in ids:
        fields = {
            "name": names | st.none(),
            "config": objects,
            "policy": objects,
            "parent": st.sampled_from([None, "a"]),
            "disabled": st.booleans(),
            "pinned_output": values,
            "pinned_port": st.none() | st.just("true"),
            "note": texts,
            "position": places,
            "type_version": st.none() | st.integers(1, 9),
        }
        chosen = draw(st.lists(st.sampled_from(list(fields)), unique=True))
        nodes.append({"id": name, "type": "set", **{key: draw(fields[key]) for key in fields if key in chosen}})
    edges = [
        {"source": source, **draw(st.sampled_from([{}, {"source_port": "out"}, {"source_port": "on"}])), "target": "a"}
        for source in ids
    ]
    return WorkflowFile(
        draw(st.none() | st.builds(new_id)),
        draw(names),
        draw(texts),
        draw(st.lists(texts.filter(bool), max_size=3)),
        {
            "durability": draw(st.sampled_from(["async", "sync"])),
            "limits": draw(st.sampled_from([{}, {"max_tokens": 5}])),
            "variables": draw(st.dictionaries(texts.filter(bool), values, max_size=3)),
        },
        {"nodes": nodes, "edges": edges},
    )


@pytest.mark.parametrize("format", ["yaml", "json"])
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=files())
def test_export_import_export_is_byte_equal_and_means_the_same(format: str, file: WorkflowFile) -> None:
    text = dump_workflow_file(file, format)
    back = load_workflow_file(text, f"x.{format}")
    assert dump_workflow_file(back, format) == text
    assert meaning(back) == meaning(file)


@settings(max_examples=400, deadline=None)
@given(value=objects)
@example(value={"k" * 2000: {"m" * 1500: [1]}})
@example(value={"a": [[["deep\nlines\n"], []], {}]})
def test_other_readers_of_yaml_find_the_same_values(value: dict[str, Any]) -> None:
    graph = {"nodes": [{"id": "a", "type": "set", "config": value}], "edges": []}
    text = dump_workflow_file(WorkflowFile(None, "x", "", [], {}, graph))
    found = YAML(typ="safe", pure=True).load(text)["graph"]["nodes"][0].get("config", {})
    assert exact(found) == exact(value)
    assert exact(read_text(text, "x.yaml")["graph"]["nodes"][0].get("config", {})) == exact(value)


def exact(value: Any) -> str:
    """JSON text, in which 1, 1.0, true and "1" differ."""
    return json.dumps(value)


def meaning(file: WorkflowFile) -> str:
    """What a file says, with every default filled in."""
    defaults: dict[str, Any] = {
        "name": None, "config": {}, "policy": {}, "parent": None, "disabled": False, "pinned_port": None,
        "note": "", "type_version": None, "position": {"x": 0.0, "y": 0.0},
    }  # fmt: skip
    nodes = [{**defaults, **node} for node in file.graph["nodes"]]
    for node in nodes:
        node["name"] = node["name"] if node["name"] != node["id"] else None
        node["position"] = {axis: float(number) + 0.0 for axis, number in node["position"].items()}
    edges = [{"source_port": "out", **edge} for edge in file.graph["edges"]]
    parts = [str(file.id), file.name, file.description, file.tags, file.settings, nodes, edges]
    return json.dumps(parts, sort_keys=True)


def test_a_file_reads_well() -> None:
    graph = {
        "nodes": [
            {"id": "start", "type": "start", "position": {"x": 0.0, "y": 40.0}},
            {
                "id": "work",
                "type": "code_javascript",
                "policy": {"timeout_s": 5},
                "config": {"code": "const a = 1;\n\nreturn a;\n", "inputs": {"x": '{{ start["y"] }}', "n": 1.0}},
                "pinned_output": None,
                "position": {"x": 280.0, "y": 40.5},
            },
        ],
        "edges": [{"source": "start", "source_port": "out", "target": "work"}],
    }
    settings = {"durability": "sync", "limits": {}, "variables": {}}
    text = dump_workflow_file(WorkflowFile(None, "My flow", "", ["a", "on"], settings, graph))
    assert (
        text
        == """\
weft: 1
name: My flow
tags:
  - a
  - "on"
settings:
  durability: sync

graph:
  nodes:
    - id: start
      type: start

    - id: work
      type: code_javascript
      config:
        code: |
          const a = 1;

          return a;
        inputs:
          x: '{{ start["y"] }}'
          n: 1.0
      policy:
        timeout_s: 5
      pinned_output: null

  edges:
    - {source: start, target: work}

layout:
  start:
    x: 0
    y: 40
  work:
    x: 280
    y: 40.5
"""
    )


def test_the_other_forms_are_read() -> None:
    graph = {"nodes": [{"id": "a", "type": "start"}], "edges": []}
    for value in ({"graph": graph}, graph):
        found = load_workflow_file(json.dumps(value), "my-flow.json")
        assert (found.id, found.name, found.graph) == (None, "my-flow", graph)


@pytest.mark.parametrize(
    ("text", "path", "code", "line"),
    [
        ("name: a\nname: b\ngraph: {}", "/name", "duplicate_key", 2),
        ('{"graph": {\n"nodes": [],\n"nodes": []}}', "/graph/nodes", "duplicate_key", 3),
        ("graph:\n  nodes: &x []\n  edges: *x", "/graph/nodes", "alias", 2),
        ("graph:\n  nodes:\n    - id: a\n      type: 3", "/graph/nodes/0/type", "wrong_type", 4),
        ("graph:\n  nodes:\n    - id: 9a\n      type: set", "/graph/nodes/0/id", "illegal_id", 3),
        ("graph:\n  nodes:\n    - {id: a}", "/graph/nodes/0/type", "missing", 3),
        ("graph: {}\nname: 3", "/name", "string_type", 2),
        ("graph: {}\nname: 2020-01-01\nsurprise: 1", "/surprise", "unknown_field", 3),
        ("graph: {}\nsettings:\n  durability: soon", "/settings/durability", "literal_error", 3),
        ("graph: {nodes: [{id: a, type: set, config: {x: .nan}}]}", "/graph/nodes/0/config/x", "not_json", 1),
        ('{"graph":\n {"nodes": NaN}}', "", "syntax", 2),
        ("graph: {}\nname: !!python/name:os.system x", "/name", "tag", 2),
        ("graph: [", "", "syntax", 1),
        ("graph:\n\t- a", "", "syntax", 2),
        ("", "", "empty", 1),
        ("a: 1", "", "not_a_workflow", 1),
        ("- 1", "", "not_a_workflow", 1),
        ("weft: 2\ngraph: {}", "/weft", "unknown_format", 1),
        ("id: 12\ngraph: {}", "/id", "string_type", 1),
        ("id: abc\ngraph: {}", "/id", "value_error", 1),
        ('name: "\\0"\ngraph: {}', "/name", "nul", 1),
        ('name: "\\ud800"\ngraph: {}', "/name", "not_unicode", 1),
        ("kind: app\napp: {name: x}", "", "unsupported_format", 1),
        ('{"nodes": [], "connections": {}}', "", "unsupported_format", 1),
    ],
)
def test_what_is_wrong_is_refused_with_line_and_pointer(text: str, path: str, code: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        load_workflow_file(text, "flow")
    error = refused.value.errors[0]
    assert (error.path, error.code) == (path, code)
    assert error.message.startswith(f"Line {line}: ")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{n}: &{n} [{','.join(['*' + p] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)),
        "[" * 100_000,
        '{"a":' * 100_000,
        "- " * 100_000,
        "graph: " + "1" * 100_000,
        '{"graph": ' + "1" * 100_000 + "}",
        '{"graph": 1e400}',
        "graph: 1e400",
        "{" + ",".join(f'"{n}": 1' for n in range(10**5)) + "}",
        "x" * 10**6,
    ],
    ids=["laughs", "lists", "objects", "items", "digits", "digits-json", "huge-json", "huge", "keys", "scalar"],
)
def test_bombs_are_refused_at_once(text: str) -> None:
    with counted() as cost, pytest.raises(Invalid):
        load_workflow_file(text, "flow")
    assert cost.calls < 10_000_000


def test_yaml_has_a_limit_of_its_own() -> None:
    with pytest.raises(TooLarge):
        load_workflow_file("#" * (MAX_YAML + 1), "flow.yaml")


def test_bytes_must_be_utf8() -> None:
    with pytest.raises(Invalid) as refused:
        load_workflow_file(b"graph: {}\nname: \xff", "flow.yaml")
    assert refused.value.errors[0].message.startswith("Line 2: ")
    assert load_workflow_file(b"\xef\xbb\xbfgraph: {}\nname: x", "flow").name == "x"


def test_positions_come_from_the_layout() -> None:
    text = "graph: {nodes: [{id: a, type: start, position: {x: 1}}]}\nlayout: {a: {x: 7, y: 8}, gone: {x: 1}}"
    assert load_workflow_file(text, "x").graph["nodes"][0]["position"] == {"x": 7.0, "y": 8.0}


def test_a_key_that_stands_twice_among_many_is_found_in_one_pass() -> None:
    keys = ",".join(f'"k{number}":0' for number in range(60_000))
    with stopwatch() as cost, pytest.raises(Invalid, match="'k59999' stands twice"):
        load_workflow_file(f'{{{keys},"k59999":1}}', "a.json")
    in_time(cost.seconds, 2, "finding the key")
