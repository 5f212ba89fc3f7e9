"""One child process of a sandbox: how it starts, how it is asked, how it is killed."""

import asyncio
import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol, cast

import weft

_MAX_ANSWER: Final = 128 * 1024 * 1024
_LAST: Final = 0x8000_0000  # in an answer's length: the child ends after it


class ChildTimeout(Exception):
    """Killed: over its CPU or wall time."""


class ChildDied(Exception):
    """The child ended twice without an answer, or cannot be started."""


class Owner(Protocol):
    """Who is told what a child does."""

    def answered(self, child: "Child", answer: bytes) -> None:
        """A whole message has come: that the child is ready, or an answer."""
        ...

    def lost(self, child: "Child") -> None:
        """The child's channel has ended."""
        ...


@dataclass(eq=False, slots=True)
class Job:
    """One message, and whoever waits for its answer."""

    workspace: str
    payload: bytes
    wall_s: float
    answer: "asyncio.Future[bytes]"
    has_killed: bool = False
    """A child died of it: it gets one more."""
    child: "Child | None" = None


@dataclass(frozen=True, slots=True)
class Start:
    """How a child starts: `module.serve(parent pid, *arguments)`, with `libraries` on its path."""

    module: str
    arguments: tuple[object, ...]
    libraries: tuple[str, ...]

    def command(self) -> list[str]:
        """The interpreter alone: no site, no environment, nothing written."""
        roots = [str(Path(weft.__file__).parent.parent), *self.libraries]
        values = ", ".join(repr(value) for value in (os.getpid(), *self.arguments))
        code = f"import sys; sys.path += {roots!r}; from {self.module} import serve; serve({values})"
        return [sys.executable, "-I", "-S", "-B", "-c", code]


class Child(asyncio.Protocol):
    """One process and the parent's end of its channel."""

    def __init__(self, owner: Owner, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.ready = False
        self.job: Job | None = None
        self.timed_out = False
        self.last = False
        self._owner = owner
        self._received = bytearray()
        self._expected: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one in all but its class

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._expected is None and len(self._received) >= 4:
            (size,) = struct.unpack_from("<I", self._received)
            self.last = bool(size & _LAST)
            self._expected = size & ~_LAST
            if self._expected > _MAX_ANSWER:
                self.kill()
        if self._expected is not None and len(self._received) == 4 + self._expected:
            answer = bytes(memoryview(self._received)[4:])
            self._received = bytearray()
            self._expected = None
            self._owner.answered(self, answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop_timer()
        self._owner.lost(self)

    def send(self, job: Job) -> None:
        """Dispatch: the wall time runs from here."""
        assert self._transport is not None
        self.job = job
        job.child = self
        self._timer = asyncio.get_running_loop().call_later(job.wall_s, self._expire)
        self._transport.write(struct.pack("<I", len(job.payload)) + job.payload)

    def stop_timer(self) -> None:
        """The job has its answer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        self.timed_out = True
        self.kill()

    def kill(self) -> None:
        """SIGKILL for the child and whatever it started: each child leads its own process group."""
        if self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """Let go of the channel."""
        if self._transport is not None:
            self._transport.abort()

    async def reap(self) -> int:
        """Wait for the process's end, which has been caused; its return code."""
        self.kill()
        return await asyncio.to_thread(self.process.wait)

    async def connect(self, channel: socket.socket) -> None:
        """Take up the parent's end of the channel."""
        await asyncio.get_running_loop().create_unix_connection(lambda: self, sock=channel)


def start_child(owner: Owner, start: Start) -> tuple[Child, socket.socket]:
    """Fork and execute, in the loop's own thread: PR_SET_PDEATHSIG fires when the thread that forked ends."""
    ours, theirs = socket.socketpair()
    try:
        with theirs:
            process = subprocess.Popen(  # noqa: S603
                start.command(),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
                start_new_session=True,
            )
    except OSError:
        ours.close()
        raise
    return Child(owner, process), ours


def library_paths(*modules: str) -> tuple[str, ...]:
    """The directories that hold these modules, found without importing them."""
    found: list[str] = []
    for name in modules:
        spec = find_spec(name)
        if spec is None or spec.origin is None:
            raise ChildDied(f"{name} is not installed")
        origin = Path(spec.origin)
        above = name.count(".") + (origin.name == "__init__.py")
        root = str(origin.parents[above])
        if root not in found:
            found.append(root)
    return tuple(found)


def parts(values: Sequence[bytes]) -> bytes:
    """`values`, each after its length."""
    return b"".join(piece for value in values for piece in (struct.pack("<I", len(value)), value))
