"""What a child gives up before it reads its first message, and how it reads and writes messages."""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import sys
import time
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38
_CLONE_NEWUSER = 0x1000_0000
_CLONE_NEWNET = 0x4000_0000
_MIB = 1024 * 1024
_LAST = 0x8000_0000
CHANNEL = 0
"""The one descriptor a child has: its end of a socket pair."""


def read_frame() -> bytes | None:
    """The next message, or None at the end of the channel."""
    head = _read(4)
    return None if head is None else _read(int(struct.unpack("<I", head)[0]))


def _read(size: int) -> bytes | None:
    parts = []
    while size:
        part = os.read(CHANNEL, min(size, _MIB))
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def write_frame(payload: bytes, *, last: bool = False) -> None:
    """Answer with one message. `last`: this process ends after it."""
    view = memoryview(struct.pack("<I", len(payload) | (_LAST if last else 0)) + payload)
    while view:
        view = view[os.write(CHANNEL, view) :]


def leave(parent: int, *, die: int) -> None:
    """Leave the machine: no network, first to go when memory is short, `die` (a signal) when the parent ends.

    Where the kernel refuses one of these, the others and the closed descriptors still hold.
    """
    os.environ["TZ"] = "UTC0"
    time.tzset()
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(_PR_SET_PDEATHSIG, die, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def close_files(pid: int = 0) -> None:
    """No core, no bytes to files, and not one descriptor more than those open now."""
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        _limit(pid, limit, 0, hard=True)


def limit_memory(mib: int, start_pages: int, pid: int = 0) -> None:
    """Bound the address space: what the process had at its start (`address_space`), and four times `mib`."""
    _limit(pid, resource.RLIMIT_AS, start_pages * resource.getpagesize() + (4 * mib + 64) * _MIB)


def limit_cpu(seconds: float, pid: int = 0) -> None:
    """Kill the process once it has used `seconds` of CPU since its birth: a bound for what loses its parent."""
    _limit(pid, resource.RLIMIT_CPU, int(seconds) + 1)


def _limit(pid: int, limit: int, soft: int, *, hard: bool = False) -> None:
    ceiling = soft if hard else resource.RLIM_INFINITY
    with contextlib.suppress(ValueError, OSError):
        if sys.platform == "linux":
            if not hard:
                ceiling = resource.prlimit(pid, limit)[1]
            resource.prlimit(pid, limit, (soft, ceiling))
        elif pid == 0:
            resource.setrlimit(limit, (soft, resource.getrlimit(limit)[1]))


def address_space(pid: int | None = None) -> int:
    """Pages of address space in use by this process, or by `pid`."""
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid or 'self'}/statm").read_text().split()[0])
    return 0


KILL = int(signal.SIGKILL)
