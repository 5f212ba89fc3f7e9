"""The gates that no library checks: sizes, names, and who may do what."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"
WEFT = BACKEND / "weft"
VAGUE = "utils util helpers helper common manager base misc processor enhanced advanced smart v2 new old"
FORBIDDEN_WORDS = set(VAGUE.split())

BROAD_EXCEPT = {
    "weft/cli/doctor.py": "tells of whatever is broken",
    "weft/engine/call.py": "whatever a node raises is that node's failure",
    "weft/engine/catalog.py": "a plugin may raise anything when it is imported",
    "weft/engine/frame.py": "what is no node's failure breaks the run off",
    "weft/engine/loops.py": "what is no round's failure breaks the run off",
    "weft/executions/adapters/journal.py": "what a node gave is not thrown away because the database is away",
    "weft/executions/worker/__init__.py": "a worker outlives one run, and the database's absence",
    "weft/executions/worker/signals.py": "the next renewal reads them again",
    "weft/gateways/edge.py": "the last edge before the client",
    "weft/gateways/operating.py": "readiness tells of whatever is broken",
    "weft/identity/routes/sessions.py": "a workspace stands without its starters",
    "weft/models/adapters/litellm/models.py": "a library's own errors become ours",
    "weft/platform/journal_writer.py": "a bad item does not take its batch with it",
    "weft/platform/sandbox/child/javascript.py": "whatever a script brings about is the script's failure",
    "weft/platform/outbox.py": "one failing subscriber does not stop the others",
}
NOT_IMPORTED = {
    "aiosqlite": "named in the database's URL",
    "python-multipart": "Starlette reads forms with it",
}
COMMITS = {"weft/platform/unit_of_work.py", "weft/platform/journal_writer.py"}


def sources(folder: Path = WEFT) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(BACKEND).as_posix() if path.is_relative_to(BACKEND) else path.name, path


def all_code() -> Iterator[Path]:
    yield from sorted(BACKEND.rglob("*.py"))
    yield from sorted((ROOT / "tests").rglob("*.py"))
    for pattern in ("*.ts", "*.tsx"):
        yield from (p for p in sorted((ROOT / "frontend" / "src").rglob(pattern)) if p.name != "schema.ts")


def test_no_file_is_over_400_lines() -> None:
    long = [f"{path.relative_to(ROOT)}: {n}" for path in all_code() if (n := len(path.read_text().splitlines())) > 400]
    assert long == []


def test_no_function_is_over_40_lines() -> None:
    long = []
    for name, path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                described = ast.get_docstring(node) is not None and len(node.body) > 1
                lines = node.end_lineno - node.body[int(described)].lineno + 1
                if lines > 40:
                    long.append(f"{name}:{node.lineno} {node.name}: {lines}")
    assert long == []


def test_names_say_what_a_thing_is() -> None:
    vague = []
    for path in all_code():
        words = set(re.split(r"[_\-.]", path.stem.lower()))
        if words & FORBIDDEN_WORDS:
            vague.append(str(path.relative_to(ROOT)))
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    parts = {part.lower() for part in re.findall(r"[A-Z][a-z0-9]*", node.name)}
                    if parts & FORBIDDEN_WORDS:
                        vague.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert vague == []


def test_a_node_type_is_one_file() -> None:
    from weft.engine.catalog import types_in

    for path in sorted((WEFT / "nodes").glob("*.py")):
        if path.stem == "__init__":
            continue
        module = __import__(f"weft.nodes.{path.stem}", fromlist=["*"])
        assert [t.type for t in types_in(module)] == [path.stem], path.name


def test_only_the_unit_of_work_and_the_journal_writer_commit() -> None:
    pattern = re.compile(r"(connection|session|engine)\w*\.commit\(\)")
    found = {name for name, path in sources() if pattern.search(path.read_text())}
    assert found <= COMMITS


def test_broad_excepts_stand_at_listed_edges_only() -> None:
    found = set()
    for name, path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Name) and node.type.id == "Exception":
                found.add(name)
    assert found <= set(BROAD_EXCEPT), found - set(BROAD_EXCEPT)


def test_contexts_raise_our_errors_never_http_ones() -> None:
    found = {name for name, path in sources() if "HTTPException" in path.read_text()}
    assert {name for name in found if not name.startswith("weft/gateways/")} == set()


def test_importing_the_application_is_light() -> None:
    code = (
        "import sys, time; t = time.perf_counter(); import weft.main; s = time.perf_counter() - t;"
        "print([m for m in ('litellm', 'langgraph', 'pymilvus', 'alembic') if m in sys.modules], s)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.startswith("[] "), loaded


BUILT = {"frontend/out"}
"""What the documentation may name though a fresh checkout has not made it yet."""


@pytest.mark.parametrize("page", [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
def test_paths_in_the_documentation_exist(page: Path) -> None:
    text = page.read_text() if page.exists() else pytest.fail(f"{page.name} is missing")
    named = set(re.findall(r"`((?:backend|frontend|tests|docs|examples|deploy)/[\w./\-]+)`", text))
    linked = set(re.findall(r"\]\(([^)#:\s]+)\)", text))
    missing = [name for name in named - BUILT if not (ROOT / name).exists()]
    missing += [target for target in linked if not (page.parent / target).exists()]
    assert missing == []


def test_every_dependency_is_used() -> None:
    """What nothing imports is not installed for everybody."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [line for lines in (project["dependencies"], project["optional-dependencies"]["ai"]) for line in lines]
    names = {re.split(r"[\[<>=~!;]", line)[0].lower().replace("_", "-") for line in wanted}
    pattern = re.compile(r"^ *(?:import|from) (\w+)", re.MULTILINE)
    modules = {found for _, path in sources(BACKEND) for found in pattern.findall(path.read_text("utf-8"))}
    brought = packages_distributions()
    used = {each.lower().replace("_", "-") for module in modules for each in [module, *brought.get(module, ())]}
    assert names - used == set(NOT_IMPORTED)
