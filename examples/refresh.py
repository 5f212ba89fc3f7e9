"""Writes the data that the starters carry into them, from examples/data and Weft's own documentation.

python examples/refresh.py           write the files anew, in their canonical form
python examples/refresh.py --check   change nothing; exit 1 where a file is not what would be written
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from weft.workflows.text import dump_workflow_file, load_workflow_file

EXAMPLES = Path(__file__).parent
DOCUMENTS = 12
LONGEST = 20_000


def documents() -> list[dict[str, str]]:
    """Weft's own documentation, as `{name, text}`: the first of its pages, those that are not too long."""
    root = EXAMPLES.parent
    pages = [root / "README.md", EXAMPLES / "README.md", *sorted((root / "docs").rglob("*.md"))]
    texts = [(page.relative_to(root).as_posix(), page.read_text("utf-8")) for page in pages if page.exists()]
    return [{"name": name, "text": text} for name, text in texts if 0 < len(text) <= LONGEST][:DOCUMENTS]


def defaults() -> dict[str, dict[str, Any]]:
    """For each starter the inputs whose defaults are data."""
    return {
        "weather-digest": {"observations": (EXAMPLES / "data/seattle-weather.csv").read_text("utf-8")},
        "text-statistics": {"documents": documents()},
        "message-triage": {"messages": json.loads((EXAMPLES / "data/messages.json").read_text("utf-8"))},
    }


def refreshed(path: Path) -> str:
    """The canonical text of a starter, with its data."""
    file = load_workflow_file(path.read_bytes(), path.name)
    graph = json.loads(json.dumps(file.graph))
    start = next(node for node in graph["nodes"] if node["type"] == "start")
    for name, value in defaults().get(path.stem, {}).items():
        start["config"]["inputs_schema"]["properties"][name]["default"] = value
    return dump_workflow_file(replace(file, graph=graph))


def main() -> int:
    """Refresh or check every starter. Returns the exit code."""
    stale = 0
    for path in sorted(EXAMPLES.glob("*.yaml")):
        text = refreshed(path)
        if text == path.read_text("utf-8"):
            continue
        if "--check" in sys.argv[1:]:
            print(f"{path.name} is not up to date: run 'python examples/refresh.py'")
            stale += 1
        else:
            path.write_text(text, "utf-8")
            print(f"{path.name} written")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
