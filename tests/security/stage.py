"""The stage of attacks.md around a whole server: what may be reached, and what is looked at after each case."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.sandbox.asking import descendants
from tests.server import Server
from tests.servers.recorder import Recorder

SANDBOXES = ("weft.platform.sandbox.child", "monty subprocess")
HEALTH_P99_S = 0.2
"""Of a machine that does nothing else; `patience` stretches it by what this one has to do besides."""
MEMORY = 256 * 2**20


class Canary(Recorder):
    """A private host. Whatever arrives there has got past the guard."""

    @property
    def hits(self) -> list[str]:
        """Method and path of each arrival."""
        return [f"{arrival.method} {arrival.path}" for arrival in self.arrivals]


def patience() -> float:
    """By how much a time limit is stretched: the load for each core, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) + 1


def children(server: Server) -> dict[int, str]:
    """The command line of every process below the server's."""
    assert server.process is not None
    found = {}
    for pid in descendants(server.process.pid):
        try:
            found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def strangers(server: Server) -> dict[int, str]:
    """Children that are no sandboxes (one that has just been killed has no command line)."""
    return {pid: line for pid, line in children(server).items() if line and not any(name in line for name in SANDBOXES)}


def resident(server: Server) -> int:
    """Bytes of memory of the server and its children."""
    assert server.process is not None
    pages = 0
    for pid in (server.process.pid, *children(server)):
        try:
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return pages * os.sysconf("SC_PAGE_SIZE")


class Health(threading.Thread):
    """Asks /healthz all the time."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self._url = f"{server.url}/healthz"
        self._over = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._over.wait(0.05):
                began = time.perf_counter()
                assert client.get(self._url).status_code == 200
                self.waits.append(time.perf_counter() - began)

    def end(self) -> float:
        """Stop; the p99, in seconds."""
        self._over.set()
        self.join(60)
        return sorted(self.waits)[int(len(self.waits) * 0.99)] if self.waits else 0.0


@contextmanager
def unharmed(server: Server) -> Iterator[Health]:
    """O2, O3, O4: no answer of 500 or more, no trace, the same server, no child but sandboxes, /healthz quick
    all the while, memory back."""
    assert server.process is not None
    pid, logged, memory = server.process.pid, len(server.log()), resident(server)
    health = Health(server)
    health.start()
    try:
        yield health
    finally:
        p99 = health.end()
    assert server.process.poll() is None
    assert server.process.pid == pid
    lines = server.log()[logged:].splitlines()
    assert [line for line in lines if _is_failure(line)] == []
    assert until(lambda: strangers(server) == {}, 10), strangers(server)
    assert until(lambda: resident(server) < memory + MEMORY, 30), (memory, resident(server))
    limit = HEALTH_P99_S * patience()
    assert p99 < limit, f"/healthz p99 {p99 * 1000:.0f} ms of {len(health.waits)}, allowed {limit * 1000:.0f}"


def until(condition: Callable[[], bool], within_s: float) -> bool:
    """Whether `condition()` held within the time."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def _is_failure(line: str) -> bool:
    try:
        record = json.loads(line)
    except json.JSONDecodeError:
        return True
    status = record.get("status", 0)
    return (
        "exception" in record
        or record.get("level") in ("error", "critical")
        or (isinstance(status, int) and status >= 500)
    )
