"""What waits costs a row, and survives kill -9: delays, long retries, signals; snapshots and long values."""

import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import httpx

from tests.cost import in_time, wait_until
from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, start_run
from tests.server import Json, Server, events_of, make_workflow, run_workflow, running, wait_for_end
from tests.servers.recorder import Answer

LONG = 70_000


def _chain(*nodes: Json, **end: str) -> Json:
    """start → nodes → end."""
    listed = [{"id": "start", "type": "start"}, *nodes, {"id": "end", "type": "end", "config": {"outputs": end}}]
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(listed)]
    return {"nodes": listed, "edges": edges}


def _delay(seconds: float) -> Json:
    return {"id": "pause", "type": "delay", "config": {"seconds": seconds}}


def _database(server: Server) -> sqlite3.Connection:
    return sqlite3.connect(server.data_dir / "weft.db", isolation_level=None)


def _await_status(client: httpx.Client, execution_id: str, status: str) -> None:
    wait_until(lambda: client.get(f"/executions/{execution_id}").json()["status"] == status, f"to be {status}")


def test_waiting_runs_survive_a_kill_and_are_late_by_5_s_at_most(tmp_path: Path, world: World) -> None:
    """P11: a delay and a long retry, due while nobody is there."""
    world.recorder.script("/flaky", Answer(status=503, headers={"retry-after": "7"}), Answer.json({"ok": True}))
    retry = {"retry": {"max_attempts": 2, "max_delay_s": 30}}
    flaky = {"id": "flaky", "type": "http_request", "config": {"url": f"{world.url}/flaky", "method": "POST"}}
    with running(Server(tmp_path / "weft", environment=LOOPBACK)) as server, server.owner() as client:
        runs = [
            start_run(client, make_workflow(client, _chain(_delay(6)))),
            start_run(client, make_workflow(client, _chain({**flaky, "policy": retry}))),
        ]
        for execution_id in runs:
            _await_status(client, execution_id, "waiting")
        server.kill()
        time.sleep(7)
        server.start()
        up_at = time.monotonic()
        for execution_id in runs:
            assert wait_for_end(client, execution_id, 10)["status"] == "completed"
            events = check_run(client, execution_id)
            assert [e["data"]["cause"] for e in events if e["type"] == "execution.resumed"] == ["timer"]
        in_time(time.monotonic() - up_at, 5)
        assert len(world.arrivals) == 2
        assert len({arrival.headers["idempotency-key"] for arrival in world.arrivals}) == 1


def test_a_cancel_that_was_accepted_survives_a_kill(tmp_path: Path) -> None:
    """P17: the row is committed, nobody has turned it into an event."""
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        execution_id = run_workflow(client, make_workflow(client, _chain(_delay(3600))))["id"]
        assert client.post(f"/executions/{execution_id}/cancel").status_code == 202
        server.kill()
        server.start()
        assert wait_for_end(client, execution_id, 10)["status"] == "cancelled"
        types = [event["type"] for event in check_run(client, execution_id)]
        assert types.count("execution.cancel_requested") == 1


def test_a_cancel_right_after_the_start_is_not_lost(tmp_path: Path) -> None:
    """The bell may ring while the run is still being loaded."""
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        workflow = make_workflow(client, _chain(_delay(4)))
        for _ in range(10):
            execution_id = start_run(client, workflow)
            assert client.post(f"/executions/{execution_id}/cancel").status_code == 202
            assert wait_for_end(client, execution_id, 3)["status"] == "cancelled"
            check_run(client, execution_id)


def test_a_claim_that_was_lost_before_its_first_event_is_found_again(tmp_path: Path) -> None:
    """P12: the timer was taken, the process died before it wrote a word."""
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        execution_id = run_workflow(client, make_workflow(client, _chain(_delay(6))))["id"]
        server.kill()
        with _database(server) as database:
            database.execute("UPDATE executions SET owner = 'dead', epoch = epoch + 1, status = 'running'")
        database.close()
        server.start()
        ended = wait_for_end(client, execution_id, 20)
        assert ended["status"] == "completed"
        check_run(client, execution_id)


def test_long_runs_have_snapshots_and_do_without_those_of_another_format(tmp_path: Path) -> None:
    loop = {"id": "l", "type": "loop", "config": {"times": 1500, "max_iterations": 2000, "result": None}}
    child = {"id": "c", "type": "set", "parent": "l", "config": {"values": {"n": "{{ index }}"}}}
    graph = _chain(loop, _delay(7), n="{{ l.count }}")
    graph["nodes"].append(child)
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        workflow = make_workflow(client, graph)
        runs = [start_run(client, workflow) for _ in range(2)]
        for execution_id in runs:
            _await_status(client, execution_id, "waiting")
        server.kill()
        with _database(server) as database:
            kept = database.execute("SELECT sequence FROM execution_snapshots").fetchall()
            database.execute(
                "UPDATE execution_snapshots SET format = 99, body = 'x' WHERE rowid = (SELECT min(rowid) FROM "
                "execution_snapshots)"
            )
        database.close()
        assert len(kept) == 2
        assert all(sequence > 2_000 for (sequence,) in kept)
        server.start()
        for execution_id in runs:
            assert wait_for_end(client, execution_id, 30)["outputs"] == {"n": 1500}
            check_run(client, execution_id)


def test_long_inputs_and_outputs_are_kept_apart_and_come_back(tmp_path: Path) -> None:
    """Over 64 KiB: a blob, named in the event; a recovered run sees the whole value."""
    graph = _chain(_delay(6), text="{{ input.text }}")
    text = "ä" * LONG
    with running(Server(tmp_path / "weft")) as server, server.owner() as client:
        execution_id = run_workflow(client, make_workflow(client, graph), inputs={"text": text})["id"]
        server.kill()
        server.start()
        ended = wait_for_end(client, execution_id, 20)
        assert ended["status"] == "completed"
        assert ended["outputs"] == {"text": text}
        assert ended["inputs"] == {"text": text}
        first, *_, last = events_of(client, execution_id)
        for event, key in ((first, "inputs"), (last, "outputs")):
            reference = event["data"][key]
            assert set(reference) == {"$blob", "size", "preview"}
            assert event["data"]["blobs"] == [key]
            blob = client.get(f"/executions/{execution_id}/blobs/{reference['$blob']}")
            assert blob.json() == {"text": text}
