"""Import and start: `import weft.main`, and `weft serve` on an installation that is set up."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.benchmarks.figures import Figure, median, report
from tests.server import Server

REPETITIONS = 7
SETTLE_S = 2.0
"""A server that has been idle for so long is measured."""
IMPORT = "import time; t = time.perf_counter(); import weft.main; print(time.perf_counter() - t)"


def import_s() -> float:
    """Seconds of `import weft.main` in a fresh process."""
    return float(subprocess.run([sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True).stdout)


def healthy_s(server: Server) -> float:
    """Seconds from the start of the process to its first answer on /healthz."""
    started = time.perf_counter()
    server.start(wait=False)
    with httpx.Client() as client:
        while True:
            try:
                assert client.get(f"{server.url}/healthz").status_code == 200
                return time.perf_counter() - started
            except httpx.TransportError:
                assert server.process is not None
                assert server.process.poll() is None, server.log()
                time.sleep(0.005)


def family_of(pid: int) -> list[int]:
    """A process and its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family_of(int(child)))]


def memory_mib(pid: int, field: str, file: str) -> float:
    """A field of /proc, in MiB."""
    lines = Path(f"/proc/{pid}/{file}").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{field}:"))) / 1024


def measure() -> list[Figure]:
    """The bytecode is compiled before: a first start on a machine takes longer."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    import_s()
    imports = [import_s() for _ in range(REPETITIONS)]
    starts, resident, whole = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        server.start()
        with server.owner():
            pass
        server.stop()
        for _ in range(REPETITIONS):
            starts.append(healthy_s(server))
            time.sleep(SETTLE_S)
            assert server.process is not None
            family = family_of(server.process.pid)
            resident.append(memory_mib(server.process.pid, "VmRSS", "status"))
            whole.append(sum(memory_mib(pid, "Pss", "smaps_rollup") for pid in family))
            server.signal(signal.SIGTERM)
            assert server.wait() == 0
    return [
        Figure("import weft.main", median(imports), "s", at_most=1.2),
        Figure("weft serve answers /healthz", median(starts), "s", at_most=1.2),
        Figure("resident memory when idle", median(resident), "MiB", at_most=150),
        Figure("memory when idle, sandboxes included", median(whole), "MiB"),
    ]


if __name__ == "__main__":
    report(measure, REPETITIONS)
