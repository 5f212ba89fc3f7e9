"""Files in git: an edit of one node shows as that node alone, and two branches that edit different nodes merge."""

import random
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from weft.workflows.text import WorkflowFile, dump_workflow_file, load_workflow_file

SETTINGS: dict[str, Any] = {"durability": "async", "limits": {}, "variables": {}}


def base() -> dict[str, Any]:
    """A chain of eight nodes with config, notes, policies and positions."""
    nodes = [
        {
            "id": f"n{i}",
            "type": "template",
            "config": {"template": f"one {i}\ntwo\n", "kept": [1, 2]},
            "policy": {"timeout_s": i + 1},
            "note": f"note {i}",
            "position": {"x": 280.0 * i, "y": 40.0},
        }
        for i in range(8)
    ]
    return {"nodes": nodes, "edges": [{"source": f"n{i}", "target": f"n{i + 1}"} for i in range(7)]}


def edit(graph: dict[str, Any], index: int, seed: random.Random) -> None:
    """Change one node in several ways at once."""
    node = graph["nodes"][index]
    changes = [
        lambda: node["config"].update(template=f"{seed.random()}\nlines\n"),
        lambda: node["config"].update(added={"deep": [seed.random()]}),
        lambda: node.update(note=f"{seed.random()}"),
        lambda: node.pop("note"),
        lambda: node.update(name="Renamed", disabled=True),
        lambda: node.update(pinned_output=None),
        lambda: node["policy"].update(timeout_s=99, on_error="continue"),
        lambda: node.update(position={"x": seed.randint(-500, 500), "y": seed.randint(-500, 500)}),
        lambda: node.update(type="set"),
    ]
    for change in seed.sample(changes, 4):
        if node.get("note") is not None or change is not changes[3]:
            change()


def text_of(graph: dict[str, Any]) -> str:
    return dump_workflow_file(WorkflowFile(None, "Flow", "", [], SETTINGS, graph))


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", *identity, *arguments], cwd=self.folder, capture_output=True, text=True, check=False
        )

    def commit(self, branch: str, text: str) -> None:
        self.git("checkout", "-q", "-B", branch, "main") if branch != "main" else None
        (self.folder / "flow.yaml").write_text(text)
        self.git("add", "flow.yaml")
        assert self.git("commit", "-q", "-m", branch).returncode == 0

    def merged(self, ours: str, theirs: str) -> dict[str, Any]:
        """The graph after `ours` and `theirs`, each from main, are merged."""
        self.commit("main", text_of(base()))
        self.commit("ours", ours)
        self.commit("theirs", theirs)
        answer = self.git("merge", "-q", "ours")
        text = (self.folder / "flow.yaml").read_text()
        assert answer.returncode == 0, answer.stdout + text
        return load_workflow_file(text, "flow.yaml").graph


@pytest.mark.parametrize("seed", range(20))
def test_branches_that_edit_different_nodes_merge(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    first = chance.randrange(8)
    second = (first + chance.choice([1, -1, 2])) % 8
    ours, theirs, both = base(), base(), base()
    edit(ours, first, random.Random(seed))
    edit(theirs, second, random.Random(seed + 1000))
    both["nodes"][first], both["nodes"][second] = deepcopy(ours["nodes"][first]), deepcopy(theirs["nodes"][second])
    merged = Repository(tmp_path).merged(text_of(ours), text_of(theirs))
    assert text_of(merged) == text_of(both)


def test_branches_that_insert_nodes_at_different_places_merge(tmp_path: Path) -> None:
    ours, theirs = insert(base(), 1, "x"), insert(base(), 5, "y")
    merged = Repository(tmp_path).merged(text_of(ours), text_of(theirs))
    assert [node["id"] for node in merged["nodes"]] == ["n0", "n1", "x", "n2", "n3", "n4", "n5", "y", "n6", "n7"]
    assert {"source": "n1", "target": "x"} in merged["edges"]
    assert {"source": "y", "target": "n6"} in merged["edges"]
    assert len(merged["edges"]) == 9


def insert(graph: dict[str, Any], after: int, name: str) -> dict[str, Any]:
    graph["nodes"].insert(after + 1, {"id": name, "type": "set", "position": {"x": 5.0, "y": 5.0}})
    graph["edges"][after : after + 1] = [
        {"source": f"n{after}", "target": name},
        {"source": name, "target": f"n{after + 1}"},
    ]
    return graph


def test_one_changed_field_is_one_changed_line(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    graph = base()
    repository.commit("main", text_of(graph))
    graph["nodes"][3]["policy"]["timeout_s"] = 60
    (tmp_path / "flow.yaml").write_text(text_of(graph))
    changed = [line for line in repository.git("diff", "-U0").stdout.splitlines() if line[:1] in "+-"][2:]
    assert changed == ["-        timeout_s: 4", "+        timeout_s: 60"]
