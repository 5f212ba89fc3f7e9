"""The stage of attacks.md around a whole server: what may be reached, and what is looked at after each case."""

import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from tests.cost import in_time, stopwatch
from tests.sandbox.asking import descendants
from tests.server import Json, Server
from tests.servers.recorder import Recorder

SANDBOXES = ("weft.platform.sandbox.child", "monty subprocess")
HEALTH_P99_S = 0.2
"""Of a machine that does little else: `health_limit_s` says what it is now."""
MEMORY = 256 * 2**20


class Canary(Recorder):
    """A private host. Whatever arrives there has got past the guard."""

    @property
    def hits(self) -> list[str]:
        """Method and path of each arrival."""
        return [f"{arrival.method} {arrival.path}" for arrival in self.arrivals]


def children(server: Server) -> dict[int, str]:
    """The command line of every process below the server's."""
    assert server.process is not None
    return {pid: _line(pid) for pid in descendants(server.process.pid)}


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


def health_limit_s() -> float:
    """A loop that shares its interpreter with a thread waits for it at each turn, the longer the busier the machine."""
    return HEALTH_P99_S * (1 + os.getloadavg()[0] / (os.cpu_count() or 1))


class Pulse(threading.Thread):
    """Does the same thing over and over, and takes the time of it, but for what the machine made this process and those
    `beside` it wait for a CPU."""

    def __init__(self, beat: Callable[[], object], pause_s: float = 0.05, beside: Iterable[int] = ()) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self._beat, self._pause_s, self._beside = beat, pause_s, tuple(beside)
        self._failed: BaseException | None = None
        self._over = threading.Event()

    def run(self) -> None:
        try:
            while not self._over.wait(self._pause_s):
                with stopwatch(*self._beside) as cost:
                    self._beat()
                self.waits.append(max(0.0, cost.seconds))
        except BaseException as error:
            self._failed = error

    def stop(self) -> None:
        """Beat no more."""
        self._over.set()
        self.join(60)

    def end(self) -> float:
        """Stop; the p99, in seconds. Raises what the last beat raised."""
        self.stop()
        if self._failed is not None:
            raise self._failed
        return sorted(self.waits)[int(len(self.waits) * 0.99)] if self.waits else 0.0


@contextmanager
def asked(server: Server) -> Iterator[Pulse]:
    """/healthz is asked all the while; what the machine itself makes server and client wait is left out."""
    assert server.process is not None
    with httpx.Client(timeout=30) as client:

        def beat() -> None:
            assert client.get(f"{server.url}/healthz").status_code == 200

        pulse = Pulse(beat, beside=[server.process.pid])
        pulse.start()
        try:
            yield pulse
        finally:
            pulse.stop()


@contextmanager
def unharmed(server: Server) -> Iterator[None]:
    """O2, O3, O4: no answer of 500 or more, no trace, the same server, no child but sandboxes and none without a
    parent, /healthz quick all the while, memory back."""
    assert server.process is not None
    pid, logged, memory = server.process.pid, len(server.log()), resident(server)
    orphans = lost_sandboxes()
    with asked(server) as pulse:
        yield
        p99 = pulse.end()
    assert server.process.poll() is None
    assert server.process.pid == pid
    lines = server.log()[logged:].splitlines()
    assert [line for line in lines if _is_failure(line)] == []
    assert until(lambda: strangers(server) == {}, 30), strangers(server)
    assert until(lambda: lost_sandboxes() <= orphans, 30), lost_sandboxes() - orphans
    assert until(lambda: resident(server) < memory + MEMORY, 60), (memory, resident(server))
    in_time(p99, health_limit_s(), f"the p99 of {len(pulse.waits)} looks at /healthz")


def lost_sandboxes() -> set[int]:
    """Sandboxes on this machine that have outlived whoever started them."""
    return {pid for pid in descendants(1) if _parent(pid) == 1 and any(name in _line(pid) for name in SANDBOXES)}


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def duration_s(execution: Json, node: str) -> float:
    """How long a node of a run took, by the run's own account."""
    found = next(each for each in execution["nodes"] if each["node"] == node)
    return float(found["duration_ms"]) / 1000


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
