"""docs/extending.md: the plugin works as printed, and the table about Python is true."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, blocks
from weft.engine.errors import NodeError
from weft.platform.sandbox.python import PythonPool

PAGE = ROOT / "docs" / "extending.md"
WORKS = {
    "closures": "def f():\n n = 0\n def g():\n  nonlocal n\n  n += 1\n  return n\n return g()\nreturn f()",
    "decorators": "def d(f):\n    return f\n@d\ndef g(*a):\n    return len(a)\nreturn g(1)",
    "await": "async def f():\n    return 1\nreturn await f()",
    "generator expressions": "return sum(x for x in [1])",
    "classes": "class A:\n def __init__(self):\n  self.x = 1\n def f(self):\n  return self.x\nreturn A().f()",
    "dataclass": "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\nreturn A(1).x",
    "match": "match 1:\n    case 1:\n        return 1\n    case _:\n        return 2",
    "unpacking": "a, *b = [2, 1]\nreturn [y for x in b if (y := x)][0]",
    "strings": "return int('%s' % f'{1.0:.0f}')",
}
FAILS = {
    "yield": "def f():\n    yield 1\nreturn list(f())",
    "inheritance": "class A:\n    pass\nclass B(A):\n    pass",
    "metaclasses": "class A(metaclass=type):\n    pass",
    "del": "d = {1: 2}\ndel d[1]",
}


@pytest.fixture
async def python() -> AsyncIterator[PythonPool]:
    pool = PythonPool(1)
    yield pool
    await pool.close()


async def run(pool: PythonPool, code: str) -> object:
    return await pool.call(code, None, workspace="w", timeout_s=5, memory_mb=64)


def modules() -> list[set[str]]:
    """The modules that the page says work, and those that it says do not."""
    (row,) = (line for line in PAGE.read_text().splitlines() if line.startswith("| `asyncio`"))
    return [set(re.findall(r"`(\w+)`", cell)) for cell in row.strip("|").split("|")]


async def test_what_python_code_may_say(python: PythonPool) -> None:
    for name, code in WORKS.items():
        assert await run(python, code) == 1, name
    for name, code in FAILS.items():
        with pytest.raises(NodeError) as caught:
            await run(python, code)
        assert (caught.value.type, "not yet support" in caught.value.message) == ("code", True), name
    there, missing = modules()
    assert len(there) > 10
    for name in there:
        assert await run(python, f"import {name}\nreturn 1") == 1, name
    for name in missing:
        with pytest.raises(NodeError, match="ModuleNotFoundError"):
            await run(python, f"import {name}\nreturn 1")


def install(folder: Path) -> None:
    """What installing the page's package leaves: its module, and its entry points."""
    (code,), (project,) = blocks(PAGE, "python"), blocks(PAGE, "toml")
    (folder / "word_count.py").write_text(code)
    named = tomllib.loads(project)["project"]
    groups = "".join(
        f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in points.items())
        for group, points in named["entry-points"].items()
    )
    information = folder / f"{named['name'].replace('-', '_')}-{named['version']}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {named['name']}\nVersion: {named['version']}\n"
    )
    (information / "entry_points.txt").write_text(groups)


def weft(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command `weft` where the package is installed."""
    path = os.pathsep.join(part for part in (str(folder), os.environ.get("PYTHONPATH", "")) if part)
    settings = {**os.environ, "PYTHONPATH": path, "WEFT_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "weft.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=settings, timeout=60, check=False)


def test_the_plugin_works_as_printed(tmp_path: Path) -> None:
    (workflow,), (line,), (printed,) = blocks(PAGE, "yaml"), blocks(PAGE, "shell"), blocks(PAGE, "json")
    (tmp_path / "count.yaml").write_text(workflow)
    given = re.search(r"--input '(.*)'", line)
    assert given
    without = weft(tmp_path, "validate", "count.yaml")
    assert without.returncode == 2
    assert "word_count" in without.stderr
    install(tmp_path)
    ended = weft(tmp_path, "run", "count.yaml", "--input", given[1])
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == printed
    empty = weft(tmp_path, "run", "count.yaml", "--input", json.dumps({"text": " "}))
    assert (empty.returncode, "there are no words in it" in empty.stderr) == (1, True)


def test_what_the_page_says_of_run_is_there() -> None:
    from weft.engine.node import NodeRun

    named = set(re.findall(r"`run\.(\w+)", PAGE.read_text()))
    assert len(named) > 8
    assert all(hasattr(NodeRun, name) for name in named), named
