"""PostgreSQL behind a proxy: answers to COMMIT that never come, a database that is away, a writer that is too late."""

import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.durability.invariants import check_run
from tests.durability.world import LOOPBACK, World, start_run, tour
from tests.server import Server, make_workflow, running, wait_for_end
from tests.servers.postgres_proxy import PostgresProxy, postgres_proxy

SHORT = {
    "nodes": [{"id": "start", "type": "start"}, {"id": "end", "type": "end", "config": {"outputs": {"x": 1}}}],
    "edges": [{"source": "start", "target": "end"}],
}


def _post(server: Server, workflow: str, key: str | None, seen: list[Any]) -> None:
    headers = {"Idempotency-Key": key} if key else {}
    with server.client(server.token) as client:
        answer = client.post(f"/workflows/{workflow}/runs", json={}, headers=headers)
        seen.append((answer.status_code, answer.headers.get("retry-after"), answer.json()))


def test_a_commit_without_an_answer_loses_and_doubles_nothing(tmp_path: Path, world: World, postgres_url: str) -> None:
    with postgres_proxy(postgres_url) as proxy:
        server = Server(tmp_path / "weft", proxy.url, LOOPBACK)
        with running(server), server.owner() as client:
            workflow = make_workflow(client, tour(world, 8, 4))
            runs = [start_run(client, workflow) for _ in range(2)]
            _lose(proxy, 8)
            for execution_id in runs:
                ended = wait_for_end(client, execution_id, 60)
                assert ended["status"] == "completed", ended["error"]
                # Two renewals without an answer are a lost lease: the run is then stopped, and claimed anew.
                check_run(client, execution_id, world, kills=2)
            assert proxy.lost >= 4
            print(f"{proxy.lost} answers lost")
            _accept_over_lost_answers(server, client, proxy)
            assert server.stop() == 0


def _lose(proxy: PostgresProxy, count: int) -> None:
    """Lose `count` answers, one after the other, in a thread's time."""
    for _ in range(count):
        proxy.lose_answers = 1
        deadline = time.monotonic() + 2
        while proxy.lose_answers and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.02)
    proxy.lose_answers = 0


def _accept_over_lost_answers(server: Server, client: httpx.Client, proxy: PostgresProxy) -> None:
    """Every answer is 202 or 503; each accepted run is there once, and each key made one run."""
    workflow = make_workflow(client, SHORT)
    seen: list[Any] = []
    for number in range(6):
        proxy.lose_answers = 1
        _post(server, workflow, f"k{number}", seen)
    proxy.lose_answers = 0
    assert {status for status, _, _ in seen} <= {202, 503}, seen
    assert all(retry for status, retry, _ in seen if status == 503)
    ids = Counter[str]()
    for number in range(6):
        again: list[Any] = []
        _post(server, workflow, f"k{number}", again)
        ids[again[0][2]["execution"]["id"]] += 1
    assert len(ids) == 6
    found = client.get("/executions", params={"workflow_id": workflow}).json()["items"]
    assert {each["id"] for each in found} == set(ids)
    for execution_id in ids:
        assert wait_for_end(client, execution_id, 45)["status"] == "completed"
        check_run(client, execution_id)


def test_a_database_that_is_away_is_503_and_loses_no_run(tmp_path: Path, world: World, postgres_url: str) -> None:
    with postgres_proxy(postgres_url) as proxy:
        server = Server(tmp_path / "weft", proxy.url, LOOPBACK)
        with running(server), server.owner() as client:
            workflow = make_workflow(client, tour(world, 8, 4))
            runs = [start_run(client, workflow) for _ in range(3)]
            proxy.is_away = True
            answers: list[httpx.Response] = []
            until = time.monotonic() + 7.5
            while time.monotonic() < until:
                answers.append(client.get(f"/executions/{runs[0]}"))
                answers.append(client.post(f"/workflows/{workflow}/runs", json={}))
                answers.append(client.post("/workflows", json={"name": "x"}))
                time.sleep(0.3)
            assert {answer.status_code for answer in answers} == {503}, {a.text for a in answers}
            assert all(answer.headers.get("retry-after") for answer in answers)
            assert httpx.get(f"{server.url}/healthz").status_code == 200
            proxy.is_away = False
            for execution_id in runs:
                ended = wait_for_end(client, execution_id, 60)
                assert ended["status"] == "completed", ended["error"]
                check_run(client, execution_id, world, kills=3)
            assert "Traceback (most recent" not in server.log()
            assert "never retrieved" not in server.log()


def test_a_run_outlasts_another_writer(tmp_path: Path, world: World) -> None:
    """SQLite held by another process longer than a request waits: the writer outlasts it."""
    server = Server(tmp_path / "weft", environment=LOOPBACK)
    with running(server), server.owner() as client:
        workflow = make_workflow(client, tour(world, 8, 4))
        execution_id = start_run(client, workflow)
        with sqlite3.connect(server.data_dir / "weft.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            time.sleep(2)
            other.execute("COMMIT")
        other.close()
        assert wait_for_end(client, execution_id, 60)["status"] == "completed"
        check_run(client, execution_id, world)


@pytest.mark.parametrize("count", [40])
def test_many_at_once_share_commits(tmp_path: Path, count: int) -> None:
    """Parallel requests are all accepted, each once."""
    server = Server(tmp_path / "weft")
    with running(server), server.owner() as client:
        workflow = make_workflow(client, SHORT)
        seen: list[Any] = []
        threads = [
            threading.Thread(target=_post, args=(server, workflow, f"k{number % 20}", seen)) for number in range(count)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _, _ in seen] == [202] * count
        assert len({body["execution"]["id"] for _, _, body in seen}) == 20
