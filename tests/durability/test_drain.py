"""SIGTERM and SIGINT: what runs may end, the rest is handed over, the exit code is 0; and who may work beside."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, start_run
from tests.security.stage import patience
from tests.server import Json, Server, make_workflow, running, wait_for_end
from tests.servers.recorder import Answer

DRAIN_S = 5


def _call(world: World, name: str) -> Json:
    config = {"url": f"{world.url}/{name}", "method": "POST", "timeout_s": 300}
    return {
        "nodes": [{"id": "start", "type": "start"}, {"id": "call", "type": "http_request", "config": config},
                  {"id": "after", "type": "set", "config": {"values": {"x": 1}}}],
        "edges": [{"source": "start", "target": "call"}, {"source": "call", "target": "after"}],
    }  # fmt: skip


def _await_arrivals(world: World, count: int) -> None:
    deadline = time.monotonic() + 10
    while len(world.arrivals) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_drain_lets_short_nodes_end_and_hands_long_ones_over(tmp_path: Path, world: World, number: int) -> None:
    world.recorder.script("/short", Answer(delay_s=3))
    world.recorder.script("/long", Answer(delay_s=120), Answer())
    server = Server(tmp_path / "weft", environment={**LOOPBACK, "WEFT_DRAIN_S": str(DRAIN_S)})
    with running(server), server.owner() as client:
        short = start_run(client, make_workflow(client, _call(world, "short")))
        long = start_run(client, make_workflow(client, _call(world, "long")))
        _await_arrivals(world, 2)
        before = time.monotonic()
        server.signal(number)
        assert server.wait(30) == 0
        assert time.monotonic() - before <= DRAIN_S + 5 * patience()
        assert "Traceback" not in server.log()
        server.start()
        for execution_id, calls in ((short, 1), (long, 2)):
            assert wait_for_end(client, execution_id, 20)["status"] == "completed"
            events = check_run(client, execution_id)
            starts = [event for event in events if event["type"] == "node.started" and event["path"] == "call"]
            assert len(starts) == calls
        keys = [arrival.headers["idempotency-key"] for arrival in world.arrivals]
        assert sorted(keys) == sorted([f"{short}:call", f"{long}:call", f"{long}:call"]), "I5"


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
