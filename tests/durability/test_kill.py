"""kill -9 of a whole server in the middle of runs, and what must hold when it is back."""

import os
import random
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import httpx

from tests.durability.invariants import Ledger, check_run
from tests.durability.world import LOOPBACK, Reader, World, start_run, tour
from tests.server import Server, make_workflow, running, wait_for_end

KILLS = 200 if os.environ.get("WEFT_SOAK") else 20
SEGMENTS, ROUNDS = 20, 8
TOTAL = SEGMENTS * (SEGMENTS - 1)


def _seed() -> int:
    seed = int(os.environ.get("WEFT_SEED") or random.SystemRandom().randrange(2**32))
    print(f"WEFT_SEED={seed}")
    return seed


def _check_all(client: httpx.Client, world: World, runs: dict[str, int], kills: int) -> None:
    """Every run has come to its one right end. `runs`: each with the kills before it began."""
    for execution_id, before in runs.items():
        ended = wait_for_end(client, execution_id, 90)
        assert ended["status"] == "completed", ended["error"]
        assert ended["outputs"] == {"total": TOTAL, "rounds": ROUNDS}
        check_run(client, execution_id, world, kills=kills - before)


def test_every_run_survives_every_kill_on_sqlite(tmp_path: Path, world: World) -> None:
    chance = random.Random(_seed())
    ledger = Ledger(world)
    runs: dict[str, int] = {}
    with (
        running(Server(tmp_path / "weft", environment=LOOPBACK)) as server,
        ExitStack() as readers,
        server.owner() as client,
    ):
        workflow = make_workflow(client, tour(world, SEGMENTS, ROUNDS))
        followed: list[tuple[str, Reader]] = []
        for kills in range(KILLS):
            if not any(client.get(f"/executions/{each}").json()["finished_at"] is None for each in runs):
                for _ in range(2):
                    runs[start_run(client, workflow)] = kills
                reader = Reader(server, list(runs)[-1])
                readers.callback(reader.stop)
                reader.start()
                followed.append((list(runs)[-1], reader))
            _let_run(client, list(runs)[-1], chance.randint(1, 120))
            server.kill()
            server.start()
            ledger.look(client, runs)
        _check_all(client, world, runs, KILLS)
        ledger.look(client, runs)
        for execution_id, reader in followed:
            reader.join(30)
            events = client.get(f"/executions/{execution_id}").json()["last_sequence"]
            assert reader.numbers == list(range(1, events + 1)), "I8: a gap or a double in the stream"
        assert "run broke" not in server.log()
        taken = len(_resumed(client, runs))
        print(f"{len(runs)} runs, {KILLS} kills, {taken} takeovers, {sum(r.connections for _, r in followed)} streams")
        assert taken >= KILLS // 2, "the kills did not hit what runs"


def test_another_process_takes_over_on_postgresql(tmp_path: Path, world: World, postgres_url: str) -> None:
    chance = random.Random(_seed())
    key = {"WEFT_SECRET_KEY": "one secret key for both processes"}
    first = Server(tmp_path / "one", postgres_url, {**LOOPBACK, **key})
    second = Server(tmp_path / "two", postgres_url, {**LOOPBACK, **key})
    with running(first), running(second), first.owner() as client, second.client(first.token) as other:
        workflow = make_workflow(client, tour(world, SEGMENTS, ROUNDS))
        runs = {start_run(client, workflow): 0 for _ in range(3)}
        _let_run(client, list(runs)[-1], chance.randint(3, 60))
        first.kill()
        killed_at = time.monotonic()
        _check_all(other, world, runs, 1)
        taken = time.monotonic() - killed_at
        causes = _resumed(other, runs)
        print(f"taken over and ended {taken:.1f} s after the kill; causes {causes}")
        assert causes
        assert set(causes) == {"takeover"}


def _let_run(client: httpx.Client, execution_id: str, events: int) -> None:
    """Return when the run has come so many events further, or has ended."""
    path = f"/executions/{execution_id}"
    until = client.get(path).json()["last_sequence"] + events
    while (now := client.get(path).json())["last_sequence"] < until and now["finished_at"] is None:
        time.sleep(0.001)


def _resumed(client: httpx.Client, executions: Iterable[str]) -> list[str]:
    """Why these runs went on, each time that they did."""
    found = []
    for each in executions:
        page = client.get(f"/executions/{each}/events", params={"limit": 1000}).json()
        found += [event["data"]["cause"] for event in page["items"] if event["type"] == "execution.resumed"]
    return found
