"""The outside world in a thread of its own, a workflow that touches it at every turn, and a reader of its events."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx

from tests.server import Json, Server
from tests.servers.http_server import Arrival
from tests.servers.recorder import Recorder

LOOPBACK = {"WEFT_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}


class World:
    """A recorder that outlives every kill."""

    def __init__(self) -> None:
        self.recorder = Recorder()

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.recorder.url

    @property
    def arrivals(self) -> list[Arrival]:
        """Every request so far, in order."""
        return list(self.recorder.arrivals)

    def arrivals_of(self, execution_id: str) -> list[Arrival]:
        """Those of one run: its id is in each URL."""
        return [arrival for arrival in self.arrivals if execution_id in arrival.path]


@contextmanager
def outside() -> Iterator[World]:
    """A world, gone at the end."""
    world = World()
    loop = asyncio.new_event_loop()
    ready, leave = threading.Event(), asyncio.Event()

    async def live() -> None:
        async with world.recorder:
            ready.set()
            await leave.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),))
    thread.start()
    assert ready.wait(5)
    try:
        yield world
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(10)
        loop.close()


def tour(world: World, segments: int = 20, rounds: int = 8) -> Json:
    """A graph of 10 nodes a segment: pure, read and write nodes in a chain, branches, a join; then a loop of writes.

    Its output `total` is the sum of what its writes echo: `segments * (segments - 1)`, and `rounds` for the loop.
    """
    nodes: list[Json] = [{"id": "start", "type": "start"}]
    edges: list[Json] = []
    before = "start"
    for number in range(segments):
        before = _segment(nodes, edges, world, number, before)
    loop = {"over": list(range(rounds)), "parallelism": 2, "result": "put.body.method"}
    url = f"{world.url}/{{{{ execution.id }}}}/round/{{{{ index }}}}"
    nodes += [
        {"id": "l", "type": "loop", "config": loop},
        {"id": "make", "type": "set", "parent": "l", "config": {"values": {"n": "{{ index }}"}}},
        {"id": "put", "type": "http_request", "parent": "l",
         "config": {"method": "PUT", "url": url, "body": {"n": "{{ make.n }}"}}},
        {"id": "end", "type": "end", "config": {"outputs": {"total": f"{{{{ {before}.sum }}}}",
                                                            "rounds": "{{ l.count }}"}}},
    ]  # fmt: skip
    edges += [_edge("make", "put"), _edge(before, "l"), _edge("l", "end")]
    return {"nodes": nodes, "edges": edges}


def _segment(nodes: list[Json], edges: list[Json], world: World, number: int, before: str) -> str:
    def name(kind: str) -> str:
        return f"{kind}{number}"

    url = f"{world.url}/{{{{ execution.id }}}}/{number}"
    read = name("read")
    write = {"method": "POST", "body": {"n": number}}
    total = f"{before}.sum" if number else "0"
    echoed = "({{x: JSON.parse({}.body.body).n}})"
    gives = f"{total} + {name('a')}.x + {name('b')}.x"
    nodes += [
        {"id": name("first"), "type": "set", "config": {"values": {"n": number}}},
        {"id": read, "type": "http_request", "config": {"url": f"{url}/read"}},
        {"id": name("odd"), "type": "condition", "config": {"expression": f"{number % 2} == 1"}},
        {"id": name("left"), "type": "set", "config": {"values": {"is": "odd"}}},
        {"id": name("right"), "type": "set", "config": {"values": {"is": "even"}}},
        {"id": name("w"), "type": "http_request", "config": {**write, "url": f"{url}/w"}},
        {"id": name("v"), "type": "http_request", "config": {**write, "url": f"{url}/v"}},
        {"id": name("a"), "type": "transform", "config": {"expression": echoed.format(name("w"))}},
        {"id": name("b"), "type": "transform", "config": {"expression": echoed.format(name("v"))}},
        {"id": name("sum"), "type": "set", "config": {"values": {"sum": f"{{{{ {gives} }}}}"}}},
    ]  # fmt: skip
    links = [("first", "read"), ("first", "odd"), ("first", "w"), ("left", "v"), ("right", "v"), ("w", "a"),
             ("v", "b"), ("a", "sum"), ("b", "sum"), ("read", "sum")]  # fmt: skip
    edges += [_edge(before, name("first")), *(_edge(name(source), name(target)) for source, target in links)]
    edges += [_edge(name("odd"), name("left"), "true"), _edge(name("odd"), name("right"), "false")]
    return name("sum")


def _edge(source: str, target: str, port: str | None = None) -> Json:
    return {"source": source, "target": target, **({"source_port": port} if port else {})}


class Reader(threading.Thread):
    """An SSE client that reconnects with Last-Event-ID until the run has ended; it keeps what it was sent."""

    def __init__(self, server: Server, execution_id: str) -> None:
        super().__init__(daemon=True)
        self.numbers: list[int] = []
        self.connections = 0
        self._server = server
        self._path = f"/executions/{execution_id}/events"
        self._over = threading.Event()

    def stop(self) -> None:
        """Give up."""
        self._over.set()

    def run(self) -> None:
        while not self._over.is_set():
            with suppress(httpx.TransportError):
                self._read()
            self._over.wait(0.05)

    def _read(self) -> None:
        headers = {"Accept": "text/event-stream"}
        if self.numbers:
            headers["Last-Event-ID"] = str(self.numbers[-1])
        with (
            self._server.client(self._server.token) as client,
            client.stream("GET", self._path, headers=headers, timeout=5) as answer,
        ):
            if answer.status_code != 200:
                return
            self.connections += 1
            number = 0
            for line in answer.iter_lines():
                number = self._take(line, number)

    def _take(self, line: str, number: int) -> int:
        key, _, value = line.partition(": ")
        if key == "id":
            return int(value)
        if key == "event" and number:
            self.numbers.append(number)
            if value in ("execution.completed", "execution.failed", "execution.cancelled"):
                self._over.set()
            return 0
        return number


def start_run(client: httpx.Client, workflow_id: str, **body: Any) -> str:
    """Start in the background; the execution's id."""
    answer = client.post(f"/workflows/{workflow_id}/runs", json=body)
    assert answer.status_code == 202, answer.text
    execution_id: str = answer.json()["execution"]["id"]
    return execution_id
