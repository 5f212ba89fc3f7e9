"""From the end of a node to a client of the event stream: `weft serve` in one process, its watchers in another."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.benchmarks.figures import Figure, median, percentile, report
from tests.server import Server, make_workflow, wait_for_end

ROOT = Path(__file__).parents[2]
REPETITIONS = 3
CONNECT_S = 4.8
"""The first node takes so long: meanwhile the watchers connect."""
PACE = {1: (100, 0.05), 100: (100, 0.05), 500: (60, 0.1)}
"""For so many watchers: how many nodes, of how many seconds each."""
P99_MS = {1: 5, 100: 5, 500: 20}
Arrivals = list[list[tuple[int, int]]]


def steady_chain(length: int, seconds: float) -> dict[str, Any]:
    """start, a pause, and `length` nodes one after the other."""
    pauses = [CONNECT_S] + [seconds] * length
    nodes: list[dict[str, Any]] = [{"id": "start", "type": "start"}]
    nodes += [
        {"id": f"n{number}", "type": "delay", "config": {"seconds": pause}} for number, pause in enumerate(pauses)
    ]
    names = [node["id"] for node in nodes]
    pairs = pairwise(names)
    return {"nodes": nodes, "edges": [{"source": source, "target": target} for source, target in pairs]}


def watch_once(server: Server, client: httpx.Client, workflow_id: str, count: int) -> tuple[str, Arrivals]:
    """One run, watched by `count` streams from before its second node; its id, and when they saw what."""
    answer = client.post(f"/workflows/{workflow_id}/runs", json={"inputs": {}})
    assert answer.status_code == 202, answer.text
    execution_id = answer.json()["execution"]["id"]
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.benchmarks.watchers", str(server.port), server.token, execution_id]
    with subprocess.Popen([*command, str(count)], stdout=subprocess.PIPE, cwd=ROOT, text=True) as watchers:
        assert watchers.stdout is not None
        assert watchers.stdout.readline() == "ready\n"
        assert time.monotonic() - started < CONNECT_S, "the watchers were not connected in time"
        arrivals = orjson.loads(watchers.stdout.readline())
    assert wait_for_end(client, execution_id)["status"] == "completed"
    return execution_id, arrivals


def delays_ms(stamps: Mapping[str, int], arrivals: Arrivals, length: int) -> list[float]:
    """Milliseconds from the stamp of each of the `length` ends to its arrival at each watcher."""
    found = []
    for watcher in arrivals:
        ends = watcher[-length:]
        assert len(ends) == length
        assert [sequence for sequence, _ in watcher] == sorted({sequence for sequence, _ in watcher})
        found += [(arrived - stamps[str(sequence)]) / 1e6 for sequence, arrived in ends]
    return found


def measure() -> list[Figure]:
    """Medians over the repetitions of p50 and p99, from the publication after the commit, and from the node's end."""
    seen: dict[int, list[tuple[str, Arrivals]]] = {count: [] for count in PACE}
    with tempfile.TemporaryDirectory() as folder:
        stamps_path = Path(folder) / "stamps.json"
        environment = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'backend'}", "STAMPS": str(stamps_path)}
        server = Server(Path(folder) / "data", environment=environment, module="tests.benchmarks.stamping")
        server.start()
        try:
            with server.owner() as client:
                workflows = {count: make_workflow(client, steady_chain(*pace)) for count, pace in PACE.items()}
                for _ in range(REPETITIONS):
                    for count, workflow_id in workflows.items():
                        seen[count].append(watch_once(server, client, workflow_id, count))
        finally:
            server.stop()
        stamps = orjson.loads(stamps_path.read_bytes())
    figures = []
    for count, runs in seen.items():
        for since, words in (("published", "commit → client"), ("appended", "node end → client")):
            delays = [delays_ms(stamps[since][run], arrivals, PACE[count][0]) for run, arrivals in runs]
            bar = P99_MS[count] if since == "published" else None
            p50, p99 = (median([percentile(each, percent) for each in delays]) for percent in (50, 99))
            figures.append(Figure(f"{words}, {count} watching, p50", p50, "ms"))
            figures.append(Figure(f"{words}, {count} watching, p99", p99, "ms", at_most=bar))
    return figures


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    report(measure, REPETITIONS)
