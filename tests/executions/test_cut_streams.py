"""F20: readers that are gone in the middle of a read take no connection with them."""

import json
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.durability.world import start_run
from tests.server import Json, Server, make_workflow, run_workflow, wait_for_end

CUTS = 60
GRAPH: Json = {
    "nodes": [
        {"id": "start", "type": "start"},
        {"id": "each", "type": "loop", "config": {"times": 1000}},
        {"id": "x", "type": "set", "parent": "each", "config": {"values": {"x": "{{ index }}"}}},
    ],
    "edges": [{"source": "start", "target": "each"}],
}


def cut(server: Server, executions: list[str], seed: int) -> None:
    """Open streams, and be gone at a random moment."""
    chance = random.Random(seed)
    for _ in range(CUTS):
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            path = f"/api/v1/executions/{chance.choice(executions)}/events"
            head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n"
            connection.sendall(f"{head}Authorization: Bearer {server.token}\r\n\r\n".encode())
            time.sleep(chance.random() * 0.03)


def test_f20_readers_that_are_cut_leave_nothing_behind(server: Server, owner: httpx.Client) -> None:
    workflow = make_workflow(owner, GRAPH)
    logged = len(server.log())
    executions = [start_run(owner, workflow) for _ in range(8)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda seed: cut(server, executions, seed), range(12)))
    for execution_id in executions:
        assert wait_for_end(owner, execution_id)["status"] == "completed"
    assert run_workflow(owner, workflow)["status"] == "completed"
    lines = [json.loads(line) for line in server.log()[logged:].splitlines()]
    assert [line for line in lines if line["level"] in ("warning", "error", "critical")] == []
