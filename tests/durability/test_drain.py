"""SIGTERM and SIGINT: what runs may end, the rest is handed over, the exit code is 0; and who may work beside."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

import tests
from tests.cost import Late, in_time, wait_until
from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, Reader, World, start_run
from tests.server import Json, Server, make_workflow, running, wait_for_end
from tests.servers.recorder import Answer

DRAIN_S = 5
MARGIN_S = 5
"""A drain ends within `drain_s` and this, whatever runs."""
ROUNDS = 4_000
RESUMED = "execution.resumed"
ROOT = str(Path(tests.__file__).parents[1])


def _call(world: World, name: str) -> Json:
    config = {"url": f"{world.url}/{name}", "method": "POST", "timeout_s": 300}
    return {
        "nodes": [{"id": "start", "type": "start"}, {"id": "call", "type": "http_request", "config": config},
                  {"id": "after", "type": "set", "config": {"values": {"x": 1}}}],
        "edges": [{"source": "start", "target": "call"}, {"source": "call", "target": "after"}],
    }  # fmt: skip


def _await_arrivals(world: World, count: int) -> None:
    wait_until(lambda: len(world.arrivals) >= count, f"the arrival of {count} requests")


def _endless() -> Json:
    code = {"code_python": "while True: pass", "code_javascript": "while (1) {}"}
    nodes: list[Json] = [{"id": name, "type": name, "config": {"code": text, "timeout_s": 60}}
                         for name, text in code.items()]  # fmt: skip
    nodes += [{"id": "l", "type": "loop", "config": {"times": ROUNDS, "max_iterations": ROUNDS}},
              {"id": "x", "type": "set", "parent": "l", "config": {"values": {"x": "{{ index }}"}}}]  # fmt: skip
    edges = [{"source": "start", "target": name} for name in (*code, "l")]
    return {"nodes": [{"id": "start", "type": "start"}, *nodes], "edges": edges}


def _drains(server: Server, number: int, within_s: float) -> float:
    """Send the signal; the seconds to the end, which is in time, in order and without a trace."""
    before = time.monotonic()
    server.signal(number)
    assert server.wait(within_s + 60) == 0
    took = time.monotonic() - before
    in_time(took, within_s, "the end")
    assert "Traceback" not in server.log()
    return took


def _starts(client: httpx.Client, execution_id: str) -> int:
    """How often the run's `call` began; the run is held against the invariants."""
    events = check_run(client, execution_id)
    return sum(event["type"] == "node.started" and event["path"] == "call" for event in events)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_drain_lets_short_nodes_end_and_hands_long_ones_over(tmp_path: Path, world: World, number: int) -> None:
    world.recorder.script("/short", Answer(delay_s=3))
    world.recorder.script("/long", Answer(delay_s=120), Answer())
    server = Server(tmp_path / "weft", environment={**LOOPBACK, "WEFT_DRAIN_S": str(DRAIN_S)})
    with running(server), server.owner() as client:
        short = start_run(client, make_workflow(client, _call(world, "short")))
        long = start_run(client, make_workflow(client, _call(world, "long")))
        _await_arrivals(world, 2)
        _drains(server, number, within_s=DRAIN_S + MARGIN_S)
        server.start()
        for execution_id, calls in ((short, 1), (long, 2)):
            assert wait_for_end(client, execution_id, 20)["status"] == "completed"
            assert _starts(client, execution_id) == calls
        keys = [arrival.headers["idempotency-key"] for arrival in world.arrivals]
        assert sorted(keys) == sorted([f"{short}:call", f"{long}:call", f"{long}:call"]), "I5"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_drain_ends_in_time_whatever_runs(
    tmp_path: Path, world: World, database: str, request: pytest.FixtureRequest
) -> None:
    """Code that never ends in children, a loop without end, requests without an answer, watchers of all of it."""
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    world.recorder.script("/long", *[Answer(delay_s=120)] * 2, Answer(), Answer())
    server = Server(tmp_path / "weft", url, environment={**LOOPBACK, "WEFT_DRAIN_S": "1"})
    with running(server), server.owner() as client, ExitStack() as readers:
        runs = [start_run(client, make_workflow(client, graph)) for graph in (_endless(), _endless())]
        runs += [start_run(client, make_workflow(client, _call(world, "long"))) for _ in range(2)]
        for each in runs:
            reader = Reader(server, each)
            readers.callback(reader.stop)
            reader.start()
        _await_arrivals(world, 2)
        _drains(server, signal.SIGTERM, within_s=1 + MARGIN_S)
        if server.log().count('"status": "stopped"') > len(runs):
            raise Late("a lease ran out before: the machine stood still for seconds")
        assert '"handed_over": 4' in server.log()
        server.start()
        for each in runs[:2]:
            assert client.post(f"/executions/{each}/cancel").status_code == 202
        for each in runs[2:]:
            assert wait_for_end(client, each, 20)["status"] == "completed"
            assert _starts(client, each) == 2
        for each in runs[:2]:
            assert wait_for_end(client, each, 30)["status"] == "cancelled"
            causes = [event["data"]["cause"] for event in check_run(client, each) if event["type"] == RESUMED]
            assert causes == ["handover"]


@pytest.mark.parametrize("what", ["thread", "loop"])
def test_drain_waits_for_nothing_that_never_ends(tmp_path: Path, world: World, what: str) -> None:
    world.recorder.script("/long", Answer(delay_s=120), Answer())
    path = os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**LOOPBACK, "WEFT_DRAIN_S": "1", "WEFT_LINGER": what, "PYTHONPATH": path}
    server = Server(tmp_path / "weft", environment=environment, module="tests.durability.lingering")
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, _call(world, "long")))
        _await_arrivals(world, 1)
        _drains(server, signal.SIGTERM, within_s=1 + MARGIN_S)
        assert ("the drain took too long" in server.log()) == (what == "loop")
        server.start()
        assert wait_for_end(client, execution_id, 20)["status"] == "completed"
        assert _starts(client, execution_id) == 2


def test_a_drain_without_a_setting_lets_a_node_end_and_a_second_sigterm_changes_nothing(
    tmp_path: Path, world: World
) -> None:
    world.recorder.script("/short", Answer(delay_s=4))
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, _call(world, "short")))
        _await_arrivals(world, 1)
        again = threading.Timer(1, server.signal, [signal.SIGTERM])
        again.start()
        took = _drains(server, signal.SIGTERM, within_s=4 + MARGIN_S)
        again.join()
        assert took > 2, "the second SIGTERM cut the drain short"
        server.start()
        assert wait_for_end(client, execution_id, 20)["status"] == "completed"
        assert _starts(client, execution_id) == 1


def test_a_second_sigint_hands_over_at_once(tmp_path: Path, world: World) -> None:
    world.recorder.script("/long", Answer(delay_s=120), Answer())
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, _call(world, "long")))
        _await_arrivals(world, 1)
        again = threading.Timer(0.5, server.signal, [signal.SIGINT])
        again.start()
        _drains(server, signal.SIGINT, within_s=0.5 + MARGIN_S)
        again.join()
        server.start()
        assert wait_for_end(client, execution_id, 20)["status"] == "completed"
        assert _starts(client, execution_id) == 2


def test_a_second_start_waits_for_the_first_to_drain(tmp_path: Path, world: World) -> None:
    world.recorder.script("/short", Answer(delay_s=2))
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, _call(world, "short")))
        _await_arrivals(world, 1)
        server.signal(signal.SIGTERM)
        heir = Server(server.data_dir, environment=LOOPBACK, token=server.token)
        with running(heir), heir.client(heir.token) as other:
            assert server.wait() == 0
            assert wait_for_end(other, execution_id, 10)["status"] == "completed"


def test_a_second_serve_stops_with_one_line_and_other_commands_work_beside(tmp_path: Path) -> None:
    graph = tmp_path / "flow.yaml"
    graph.write_text("weft: 1\nname: Beside\ngraph:\n  nodes:\n  - id: start\n    type: start\n  edges: []\n")
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        environment = {**os.environ, "WEFT_DATA_DIR": str(server.data_dir), "WEFT_PASSWORD_HASH_COST": "low"}

        def weft(*arguments: str, given: str = "") -> "subprocess.CompletedProcess[str]":
            command = [sys.executable, "-m", "weft.cli", *arguments]
            return subprocess.run(
                command, env=environment, capture_output=True, text=True, input=given, timeout=60, check=False
            )

        refused = weft("serve", "--port", "0")
        assert refused.returncode == 2
        assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
        assert "another weft" in refused.stderr
        assert weft("run", str(graph)).returncode == 0
        assert weft("migrate").returncode == 0
        assert weft("user", "create", "eve@example.com", given="a long pass phrase\n").returncode == 0
        assert weft("import", str(graph)).returncode == 0
        names = [item["name"] for item in client.get("/workflows").json()["items"]]
        assert "Beside" in names
        assert server.stop() == 0
