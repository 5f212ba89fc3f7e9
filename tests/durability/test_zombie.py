"""Owners that were lost: one that wakes up too late, some that die one after another, and what cannot be repeated."""

import signal
import sqlite3
import time
from itertools import pairwise
from pathlib import Path

import pytest

from tests.cost import wait_until
from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, start_run
from tests.server import Json, Server, events_of, make_workflow, running, wait_for_end
from tests.servers.recorder import Answer

KEY = {"WEFT_SECRET_KEY": "one secret key for both processes"}


def _writes(world: World, *names: str, policy: Json | None = None) -> Json:
    """A chain of requests that write, to a path of their run each."""
    nodes: list[Json] = [{"id": "start", "type": "start"}]
    for name in names:
        url = f"{world.url}/{{{{ execution.id }}}}/{name}"
        config = {"url": url, "method": "POST", "timeout_s": 300}
        nodes.append({"id": name, "type": "http_request", "config": config, "policy": policy or {}})
    edges = [{"source": a["id"], "target": b["id"]} for a, b in pairwise(nodes)]
    return {"nodes": nodes, "edges": edges}


def _gated(world: World, *names: str, policy: Json | None = None) -> Json:
    """The same; the first one asks at `/gate`, which answers by script."""
    graph = _writes(world, *names, policy=policy)
    graph["nodes"][1]["config"]["url"] = f"{world.url}/gate"
    return graph


def _gates(world: World) -> list[str]:
    """The keys of those who came to the gate."""
    return [arrival.headers["idempotency-key"] for arrival in world.arrivals if arrival.path == "/gate"]


def _await_gate(world: World, count: int) -> None:
    wait_until(lambda: len(_gates(world)) >= count, f"the arrival of {count} requests")


def test_a_zombie_writes_nothing_any_more(tmp_path: Path, world: World, postgres_url: str) -> None:
    """F5: stopped past its lease in the middle of a request, while another takes the run over and ends it."""
    first = Server(tmp_path / "one", postgres_url, {**LOOPBACK, **KEY})
    second = Server(tmp_path / "two", postgres_url, {**LOOPBACK, **KEY})
    with running(first), first.owner() as client:
        workflow = make_workflow(client, _writes(world, "a", "b", "c"))
        world.recorder.script("/gate", Answer(delay_s=1))
        runs = [start_run(client, make_workflow(client, _gated(world, "a", "b", "c"))) for _ in range(2)]
        _await_gate(world, 2)
        first.signal(signal.SIGSTOP)
        with running(second), second.client(first.token) as other:
            for each in runs:
                assert wait_for_end(other, each, 40)["status"] == "completed"
            told = {each: events_of(other, each) for each in runs}
            arrived = len(world.arrivals)
            first.signal(signal.SIGCONT)
            _await_given_up(first, len(runs))
            for each in runs:
                assert events_of(other, each) == told[each], "the zombie wrote"
                events = check_run(other, each)
                assert {event["epoch"] for event in events if event["type"].startswith("node.completed")} >= {2}
                assert [event["type"] for event in events].count("execution.completed") == 1
                keys = [arrival.headers["idempotency-key"] for arrival in world.arrivals_of(each)]
                assert sorted(keys) == [f"{each}:b", f"{each}:c"], "I5: committed writes were repeated"
            assert sorted(_gates(world)) == sorted([f"{each}:a" for each in runs] * 2), "I5"
            assert len(world.arrivals) == arrived, "the zombie acted"
            # The control: it is a member again, and works on what comes now.
            again = start_run(client, workflow)
            assert wait_for_end(client, again, 20)["status"] == "completed"
            check_run(client, again, world)
        assert "run broke" not in first.log() + second.log()
        assert first.stop() == 0


def _await_given_up(server: Server, count: int) -> None:
    wait_until(lambda: _given_up(server) >= count, f"giving up {count} runs")


def _given_up(server: Server) -> int:
    lines = server.log().splitlines()
    return sum("run given up" in line or ('"run ended"' in line and '"stopped"' in line) for line in lines)


@pytest.mark.parametrize(("on_crash", "on_error"), [("fail", "fail"), ("fail", "continue"), ("rerun", "fail")])
def test_a_node_that_cannot_be_repeated_ends_interrupted(
    tmp_path: Path, world: World, on_crash: str, on_error: str
) -> None:
    """F4: killed in the middle of the effect; it goes the way of errors. `rerun` is the control: the same key a
    second time."""
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    world.recorder.script("/gate", Answer(delay_s=120), Answer())
    graph = _gated(world, "a", policy={"on_crash": on_crash, "on_error": on_error})
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, graph))
        _await_gate(world, 1)
        server.kill()
        server.start()
        ended = wait_for_end(client, execution_id, 30)
        errors = [e["data"]["error"] for e in check_run(client, execution_id) if e["type"] == "node.failed"]
        keys = _gates(world)
        if on_crash == "fail":
            assert ended["status"] == ("failed" if on_error == "fail" else "completed")
            assert [error["type"] for error in errors] == ["interrupted"]
            assert keys == [f"{execution_id}:a"]
        else:
            assert ended["status"] == "completed"
            assert keys == [f"{execution_id}:a"] * 2


def test_a_run_that_takes_one_process_after_another_with_it_is_ended(tmp_path: Path, world: World) -> None:
    """Each process dies in the node's effect. The waits of 10 and 60 s are left out by the row itself."""
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    world.recorder.script("/gate", Answer(delay_s=120))
    graph = _gated(world, "a")
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, graph))
        for kill, takeovers in enumerate((0, 0, 1, 2), 1):  # the first epoch ended `start`: it does not count
            _await_gate(world, kill)
            server.kill()
            assert _takeovers(server) == takeovers
            began = time.monotonic()
            server.start()
        _await_gate(world, 5)
        assert time.monotonic() - began > 1, "after the third in a row the next waits"
        server.kill()
        assert _takeovers(server, set_to=5) == 3
        server.start()
        ended = wait_for_end(client, execution_id, 20)
        assert (ended["status"], ended["error"]["type"]) == ("failed", "worker_lost")
        told = [event["type"] for event in check_run(client, execution_id)]
        assert told[-2:] == ["node.cancelled", "execution.failed"]
        assert len(_gates(world)) == 5


def test_an_epoch_that_ended_a_node_sets_the_count_to_0(tmp_path: Path, world: World) -> None:
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    world.recorder.script("/gate", Answer(delay_s=120), Answer(delay_s=120), Answer(), Answer(delay_s=120), Answer())
    graph = _gated(world, "a", "b")
    graph["nodes"][2]["config"]["url"] = f"{world.url}/gate"
    with running(server), server.owner() as client:
        execution_id = start_run(client, make_workflow(client, graph))
        for arrivals, takeovers in ((1, 0), (2, 0), (4, 1)):
            _await_gate(world, arrivals)
            server.kill()
            assert _takeovers(server) == takeovers
            server.start()
        assert wait_for_end(client, execution_id, 20)["status"] == "completed"
        assert _takeovers(server) == 0
        check_run(client, execution_id)


def _takeovers(server: Server, set_to: int | None = None) -> int:
    with sqlite3.connect(server.data_dir / "weft.db") as connection:
        found: int = connection.execute("SELECT takeovers FROM executions").fetchone()[0]
        if set_to is not None:
            connection.execute("UPDATE executions SET takeovers = ?", (set_to,))
    connection.close()
    return found
