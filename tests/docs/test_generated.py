"""What is generated is up to date, and what is listed by hand is what the code has."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.docs.pages import ROOT
from weft.engine.graph import Policy
from weft.platform.settings import Settings

DOCS = ROOT / "docs"
EVENT = re.compile(r"\"((?:execution|node|step|iteration|compensation|signal)\.[a-z_]+)\"")
COMPOSED = {"execution.failed", "execution.cancelled"}


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_generated_pages_are_up_to_date(generate: ModuleType) -> None:
    for path, text in generate.pages().items():
        assert path.read_text() == text, f"{path.name} is stale: run 'make docs'"


def test_a_stale_page_is_found(generate: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(generate.SETTINGS, "data_dir", "Something else")
    changed = generate.pages()[DOCS / "operating.md"]
    assert changed != (DOCS / "operating.md").read_text()
    monkeypatch.delitem(generate.SETTINGS, "data_dir")
    with pytest.raises(KeyError):
        generate.settings_table()


def test_the_errors_of_a_node_are_found_in_its_code(generate: ModuleType) -> None:
    found = {node_type.type: generate.errors_of(node_type) for node_type in generate.load_catalog(generate.weft.nodes)}
    assert {"blocked_host", "http_status", "network"} <= set(found["http_request"])
    assert {"code", "memory", "timeout"} == set(found["code_python"])
    assert found["template"] == []


def test_every_setting_stands_in_the_page() -> None:
    named = set(re.findall(r"`WEFT_(\w+)`", (DOCS / "operating.md").read_text()))
    assert {name.upper() for name in Settings.model_fields} <= named


def sources() -> Iterator[str]:
    for folder in ("engine", "executions"):
        for path in (ROOT / "backend" / "weft" / folder).rglob("*.py"):
            yield path.read_text()


def test_every_type_of_event_stands_in_the_page() -> None:
    told = set(re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", (DOCS / "concepts.md").read_text(), re.MULTILINE))
    written = {name for text in sources() for name in EVENT.findall(text)}
    assert told == {name for name in written | COMPOSED if name not in {"node.config"}}


def test_every_field_of_a_policy_stands_in_the_page() -> None:
    page = (DOCS / "concepts.md").read_text().split("| field | default | meaning |")[1].split("\n\n")[0]
    told = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert told == set(Policy.model_fields) - {"cache"}


def test_the_metrics_that_are_told_of_are_there() -> None:
    importlib.import_module("weft.platform.cache")
    from weft.platform.telemetry import metrics

    text = metrics()[0].decode()
    told = set(re.findall(r"`(weft_\w+)`", (DOCS / "operating.md").read_text()))
    assert len(told) == 4
    assert all(f"# HELP {name} " in text for name in told)


def test_the_starters_carry_what_they_should() -> None:
    command = [sys.executable, str(ROOT / "examples" / "refresh.py"), "--check"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_targets_of_make_that_are_told_of_are_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages: list[Path] = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "tests" / "README.md",
        *DOCS.rglob("*.md"),
    ]
    told = {name for page in pages for name in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(), re.MULTILINE)}
    assert {"run", "test", "check", "docs"} <= told <= targets


def test_the_commands_of_weft_that_are_told_of_are_there() -> None:
    from weft.cli import app, users

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {"user"} | {f"user {command.name}" for command in users.registered_commands}
    pages = [path.read_text().split("## Not yet")[0] for path in (ROOT / "README.md", *DOCS.glob("*.md"))]
    told = {name for page in pages for name in re.findall(r"(?:^|[`/])weft ([a-z]+)\b", page, re.MULTILINE)}
    assert {"run", "serve", "doctor", "migrate", "export"} <= told <= known
