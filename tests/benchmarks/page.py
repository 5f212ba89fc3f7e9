"""docs/performance.md, written from the lines that the benchmarks print, and holding them."""

import re
from pathlib import Path
from typing import Any, Final

import orjson

PAGE: Final = Path(__file__).parents[2] / "docs" / "performance.md"
BENCHMARKS: Final = {
    "engine_overhead": "Engine overhead a node: a chain of 100, in memory, with events",
    "durable_overhead": "Engine overhead a node: the same chain, durable on SQLite (`async` durability)",
    "makespan": "Makespan of an uneven graph, over its critical path",
    "many_runs": "1,000 small runs at once, in memory",
    "event_stream": "From the end of a node to the clients of the event stream",
    "start": "Import and start",
}
_FENCE = re.compile(r"```json\n(.*?)```", re.DOTALL)
Line = dict[str, Any]


def read_lines() -> dict[str, Line]:
    """The lines that the page holds now, by benchmark."""
    found = _FENCE.search(PAGE.read_text()) if PAGE.exists() else None
    lines = [orjson.loads(text) for text in found[1].splitlines()] if found else []
    return {line["benchmark"]: line for line in lines if line["benchmark"] in BENCHMARKS}


def write_page(lines: dict[str, Line]) -> None:
    """Write the page anew."""
    parts = [
        "# Performance",
        "This page is written by `make bench` (`python -m tests.benchmarks`; `--only NAME` measures one anew). "
        "Each figure is a median over several repetitions; what is compared ran in turn, in one process, on one "
        "machine. The bars are the project's own. The load is the system's, before and after: of a busy machine "
        "only the ratios mean much.",
    ]
    shown = [name for name in BENCHMARKS if name in lines]
    for name in shown:
        parts += [f"## {BENCHMARKS[name]}", _table(lines[name]), _circumstances(name, lines[name])]
    texts = "\n".join(orjson.dumps(lines[name]).decode() for name in shown)
    parts += ["## The lines", f"As the benchmarks printed them.\n\n```json\n{texts}\n```"]
    PAGE.write_text("\n\n".join(parts) + "\n")


def _table(line: Line) -> str:
    rows = ["| figure | measured | bar | met |", "| --- | ---: | ---: | --- |"]
    for figure in line["figures"]:
        unit = figure["unit"]
        bar, met = "", ""
        if "met" in figure:
            sign, limit = ("≤", figure["at_most"]) if "at_most" in figure else ("≥", figure["at_least"])
            bar, met = f"{sign} {limit:,} {unit}", "yes" if figure["met"] else "**no**"
        rows.append(f"| {figure['name']} | {figure['value']:,} {unit} | {bar} | {met} |")
    return "\n".join(rows)


def _circumstances(name: str, line: Line) -> str:
    versions = ", ".join(f"{package} {version}" for package, version in line["versions"].items())
    return (
        f"`tests/benchmarks/{name}.py`, {line['repetitions']} repetitions, {line['at'][:16].replace('T', ' ')} UTC, "
        f"load {line['load'][0]} before and {line['load'][1]} after. {line['machine']}. {versions}."
    )
