"""A run that takes one process after the other with it: it waits, and in the end fails with `worker_lost`.

Also a `write` that says `on_crash: fail`. Each loss is a real kill; the count so far is written into the database
of the stopped server, so that the waits of 1, 10 and 60 s need not all be sat out.
"""

import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, start_run
from tests.server import Json, Server, events_of, make_workflow, running, wait_for_end
from tests.servers.recorder import Answer


def _calling(world: World, **more: Any) -> Json:
    # A write's start is known to be committed before it arrives.
    config = {"url": f"{world.url}/work", "method": "POST", "body": {"n": 1}}
    node = {"id": "work", "type": "http_request", "config": config, **more}
    return {"nodes": [{"id": "start", "type": "start"}, node], "edges": [{"source": "start", "target": "work"}]}


def _await_arrivals(world: World, count: int) -> None:
    deadline = time.monotonic() + 20
    while len(world.arrivals) < count:
        assert time.monotonic() < deadline, len(world.arrivals)
        time.sleep(0.02)


def _counted(server: Server, takeovers: int | None = None) -> int:
    """How many owners in a row were lost, by the database of a stopped server; `takeovers` is written there."""
    database = sqlite3.connect(server.data_dir / "weft.db", isolation_level=None)
    try:
        if takeovers is not None:
            database.execute("UPDATE executions SET takeovers = ?", (takeovers,))
        return int(database.execute("SELECT takeovers FROM executions").fetchone()[0])
    finally:
        database.close()


def _times(events: list[Json], type: str) -> list[datetime]:
    return [datetime.fromisoformat(event["at"]) for event in events if event["type"] == type]


def test_a_run_that_loses_its_owners_waits_and_then_fails(tmp_path: Path, world: World) -> None:
    world.recorder.script("/work", *[Answer(hang=True)] * 4, Answer.json({"ok": 1}))
    with running(Server(tmp_path / "weft", environment=LOOPBACK)) as server, server.owner() as client:
        execution_id = start_run(client, make_workflow(client, _calling(world)))
        for lost in range(1, 4):
            _await_arrivals(world, lost)
            server.kill()
            # The first owner committed an end (of `start`): its loss does not count.
            assert _counted(server) == max(0, lost - 2)
            if lost == 3:
                _counted(server, takeovers=2)
            server.start()
            up_at = time.time()
        _await_arrivals(world, 4)
        resumed = _times(events_of(client, execution_id), "execution.resumed")
        assert len(resumed) == 3
        assert resumed[-1].timestamp() - up_at > 0.5, "the third in a row waits a second"
        server.kill()
        assert _counted(server, takeovers=5) == 5
        server.start()
        execution = wait_for_end(client, execution_id, 20)
        assert (execution["status"], execution["error"]["type"]) == ("failed", "worker_lost")
        check_run(client, execution_id)
        assert len(world.arrivals) == 4
        assert [event["type"] for event in events_of(client, execution_id)][-2:] == [
            "node.cancelled",
            "execution.failed",
        ]


@pytest.mark.parametrize("on_error", ["fail", "continue"])
def test_a_write_that_cannot_be_repeated_is_not(tmp_path: Path, world: World, on_error: str) -> None:
    """F4: the write arrives once, and ends `interrupted`, which goes the way of errors."""
    world.recorder.script("/work", Answer(hang=True), Answer.json({"ok": 1}))
    policy = {"on_crash": "fail", "on_error": on_error}
    graph = _calling(world, policy=policy)
    with running(Server(tmp_path / "weft", environment=LOOPBACK)) as server, server.owner() as client:
        execution_id = start_run(client, make_workflow(client, graph))
        _await_arrivals(world, 1)
        server.kill()
        server.start()
        execution = wait_for_end(client, execution_id, 20)
        assert execution["status"] == ("failed" if on_error == "fail" else "completed")
        failed = next(event for event in check_run(client, execution_id) if event["type"] == "node.failed")
        assert failed["data"]["error"]["type"] == "interrupted"
        assert len(world.arrivals) == 1
