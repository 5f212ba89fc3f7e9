"""F2, F3: the process is killed at each commit of the journal's writer, before it and after it, and started again."""

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import tests
from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, tour
from tests.server import Server, events_of, make_workflow, running, wait_for_end

ROOT = str(Path(tests.__file__).parents[1])
SEGMENTS, ROUNDS = 2, 3
POINTS = 60 if os.environ.get("WEFT_SOAK") else 15
"""Commits of one run that are swept: each before and after."""
SYNCS = int(os.environ.get("WEFT_SYNCS", "80"))


def crashing(server: Server, at: int, when: str) -> Server:
    """The same installation, with a process that dies at that commit."""
    path = os.pathsep.join([ROOT, *filter(None, [os.environ.get("PYTHONPATH")])])
    trap = {"WEFT_CRASH_AT": str(at), "WEFT_CRASH_WHEN": when, "PYTHONPATH": path}
    return replace(server, environment={**LOOPBACK, **trap}, module="tests.durability.crashing", process=None)


@pytest.fixture
def prepared(tmp_path: Path, world: World) -> tuple[Server, str]:
    """An installation with a published workflow, its process ended; and the workflow's id."""
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    with running(server), server.owner() as client:
        workflow = make_workflow(client, tour(world, SEGMENTS, ROUNDS))
        assert server.stop() == 0
    return server, workflow


def post(server: Server, workflow: str, mode: str, key: str | None) -> tuple[int, str | None]:
    """POST /runs to a process that may die under it: status (0: no answer) and the execution's id."""
    headers = {"Idempotency-Key": key} if key else {}
    with server.client(server.token) as client:
        try:
            path = f"/workflows/{workflow}/runs"
            if mode != "stream":
                answer = client.post(path, json={"mode": mode}, headers=headers)
                return answer.status_code, answer.json().get("execution", {}).get("id")
            with client.stream("POST", path, json={"mode": mode}, headers=headers) as stream:
                execution_id = stream.headers.get("location", "").rpartition("/")[2]
                for _ in stream.iter_lines():
                    continue
                return stream.status_code, execution_id
        except httpx.TransportError:
            return 0, None


def start_and_post(doomed: Server, workflow: str, key: str) -> tuple[int, str | None]:
    """The same to a process that may die before it answers at all: of what it took over from the one before."""
    doomed.start(wait=False)
    try:
        doomed.wait_until_up()
    except AssertionError:
        assert doomed.wait(1) == -9, doomed.log()[-2000:]
        return 0, None
    return post(doomed, workflow, "background", key)


def integrity(server: Server) -> str:
    """What SQLite says of its file."""
    with sqlite3.connect(server.data_dir / "weft.db") as connection:
        found: str = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return found


def executions(client: httpx.Client) -> list[dict[str, Any]]:
    """All of them."""
    items: list[dict[str, Any]] = client.get("/executions", params={"limit": 200}).json()["items"]
    return items


def test_a_run_survives_a_kill_at_every_commit(prepared: tuple[Server, str], world: World) -> None:
    """Each process takes over the run before, gets one of its own, and dies at its commit `at`."""
    server, workflow = prepared
    acknowledged: dict[str, str | None] = {}
    killed = 0
    for at, when in [(at, when) for at in range(1, POINTS + 1) for when in ("before", "after")]:
        doomed = crashing(server, at, when)
        status, acknowledged[f"{at}-{when}"] = start_and_post(doomed, workflow, f"{at}-{when}")
        assert status in (0, 202, 503)
        assert doomed.process is not None
        try:
            killed += doomed.wait(5) == -9
        except subprocess.TimeoutExpired:
            doomed.kill()
        assert integrity(server) == "ok"
    with running(server), server.client(server.token) as client:
        for key, execution_id in acknowledged.items():
            status, again = post(server, workflow, "background", key)
            assert status == 202
            assert again is not None
            assert execution_id in (None, again), "I1: what was acknowledged is not there"
            ended = wait_for_end(client, again, 30)
            assert ended["status"] == "completed", ended["error"]
            check_run(client, again, world, kills=len(acknowledged))
        assert len(executions(client)) == len(acknowledged)
    print(f"points tried {len(acknowledged)}, killed at {killed}, recovered {len(acknowledged)}")
    assert killed == len(acknowledged) >= 30


@pytest.mark.parametrize("when", ["before", "after"])
def test_one_key_makes_one_execution_over_a_kill(prepared: tuple[Server, str], world: World, when: str) -> None:
    """F3: P1 is before the commit that accepts, P2 after it."""
    server, workflow = prepared
    for mode, key in (("background", None), ("wait", "a"), ("stream", "b")):
        doomed = crashing(server, 1, when)
        doomed.start()
        assert post(doomed, workflow, mode, key) == (0, None)
        assert doomed.wait(10) == -9
        with running(server), server.client(server.token) as client:
            left = executions(client)
            assert len(left) == (when == "after"), "without an answer: none, or one, never half of one"
            if key:
                status, execution_id = post(server, workflow, mode, key)
                assert status in (200, 202)
                assert [each["id"] for each in executions(client)] == [execution_id], "I9"
            for each in executions(client):
                assert wait_for_end(client, each["id"], 30)["status"] == "completed"
                check_run(client, each["id"], world, kills=1)
                assert events_of(client, each["id"])[0]["type"] == "execution.created"
            assert server.stop() == 0
        forget(server)


def forget(server: Server) -> None:
    """Take the runs away, so that the next case counts its own."""
    with sqlite3.connect(server.data_dir / "weft.db") as connection:
        for table in ("executions", "execution_events", "idempotency_keys"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


@pytest.mark.skipif(not os.environ.get("WEFT_SOAK"), reason="a sweep for WEFT_SOAK=1")
def test_a_run_survives_a_kill_at_every_sync(prepared: tuple[Server, str], world: World) -> None:
    """F2 with strace: SIGKILL at the n-th fdatasync of the process."""
    server, workflow = prepared
    killed = 0
    for number in range(1, SYNCS + 1):
        command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync",
                   "-e", f"inject=fdatasync:signal=KILL:when={number}",
                   sys.executable, "-m", "weft.cli", "serve", "--port", str(server.port)]  # fmt: skip
        doomed = replace(server, environment=LOOPBACK, process=None)
        doomed.start(wait=False, command=command)
        try:
            doomed.wait_until_up()
            status, acknowledged = post(doomed, workflow, "background", f"sync-{number}")
        except AssertionError:
            status, acknowledged = 0, None
        try:
            killed += doomed.wait(15) == -9
        except subprocess.TimeoutExpired:
            doomed.kill()
        assert status in (0, 202)
        assert integrity(server) == "ok"
        with running(server), server.client(server.token) as client:
            _, again = post(server, workflow, "background", f"sync-{number}")
            assert again is not None
            assert acknowledged in (None, again)
            assert wait_for_end(client, again, 30)["status"] == "completed"
            check_run(client, again, world, kills=1)
    print(f"syncs tried {SYNCS}, killed at {killed}, recovered {SYNCS}")
    assert killed >= min(SYNCS, 15), "the trace killed nothing: nothing was shown"
