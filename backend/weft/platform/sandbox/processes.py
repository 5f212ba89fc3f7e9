"""A pool of child processes that answer messages one at a time, are killed at a limit, and replaced.

Fair between workspaces: one queue each, served in turn, and no more than half of the children for one of them
while others wait.
"""

import asyncio
import os
import signal
import sys
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Final

from weft.platform.sandbox.child_process import Child, ChildDied, ChildTimeout, Job, Start, start_child

_START_ATTEMPTS: Final = 3
_CPU_SIGNALS: Final = frozenset({-signal.SIGPROF, -signal.SIGXCPU})


@dataclass(eq=False)
class ChildPool:
    """At most `size` children at work, and one more kept warm to stand in for a killed one."""

    start_with: Callable[[], Start]
    size: int
    nice: int = 0
    _queues: "OrderedDict[str, deque[Job]]" = field(default_factory=OrderedDict)
    _busy: "Counter[str]" = field(default_factory=Counter)
    _children: "set[Child]" = field(default_factory=set)
    _idle: "deque[Child]" = field(default_factory=deque)
    _tasks: "set[asyncio.Task[None]]" = field(default_factory=set)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _starting: int = 0
    _wanted: int = 0
    _failed_starts: int = 0
    _closed: bool = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The children alive now, idle ones included."""
        return tuple(child.process.pid for child in self._children)

    async def start(self) -> None:
        """Start every child, and wait until each is ready."""
        self._wanted = self.size + 1
        self._replace()
        while self._starting or any(not child.ready for child in self._children):
            await self._change()
        if not self._children:
            raise ChildDied("cannot be started")

    async def close(self) -> None:
        """Kill every child and wait for its end. Whoever waits gets ChildDied."""
        self._closed = True
        waiting = [job for queue in self._queues.values() for job in queue]
        self._queues.clear()
        for job in [*waiting, *(child.job for child in self._children if child.job)]:
            _fail(job, ChildDied("closed"))
        for child in list(self._children):
            child.kill()
            child.close()
        while self._children or self._tasks:
            await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    async def ask(self, payload: bytes, *, workspace: str, wall_s: float) -> bytes:
        """The answer to `payload`, at most `wall_s` seconds after a child got it.

        Raises ChildTimeout, ChildDied. A caller that is cancelled takes its job along: a running one is killed.
        """
        if self._closed:
            raise ChildDied("closed")
        job = Job(workspace, payload, wall_s, asyncio.get_running_loop().create_future())
        self._queues.setdefault(workspace, deque()).append(job)
        self._pump()
        try:
            return await job.answer
        except asyncio.CancelledError:
            self._abandon(job)
            raise

    def _abandon(self, job: Job) -> None:
        queue = self._queues.get(job.workspace)
        if queue is not None and job in queue:
            queue.remove(job)
            if not queue:
                del self._queues[job.workspace]
        elif job.child is not None and job.child.job is job:
            job.child.kill()

    def _pump(self) -> None:
        """Hand waiting jobs to idle children, and see that there are enough children."""
        while self._idle and self._busy.total() < self.size and (job := self._take()) is not None:
            self._busy[job.workspace] += 1
            self._idle.popleft().send(job)  # the one that had longest to make its next realm
        waiting = sum(len(queue) for queue in self._queues.values())
        self._wanted = max(self._wanted, min(self.size, self._busy.total() + waiting) + 1)
        self._replace()

    def _take(self) -> Job | None:
        half = max(1, self.size // 2)
        for _ in range(len(self._queues)):
            workspace, queue = next(iter(self._queues.items()))
            self._queues.move_to_end(workspace)
            if len(self._queues) > 1 and self._busy[workspace] >= half:
                continue
            job = queue.popleft()
            if not queue:
                del self._queues[workspace]
            return job
        return None

    def answered(self, child: Child, answer: bytes) -> None:
        """A child has written a whole message: that it is ready, or its answer."""
        if not child.ready:
            child.ready = True
            self._failed_starts = 0
        elif (job := self._release(child)) is not None and not job.answer.done():
            job.answer.set_result(answer)
        if child.last:
            child.kill()
        else:
            self._idle.append(child)
        self._changed.set()
        self._pump()

    def _release(self, child: Child) -> Job | None:
        child.stop_timer()
        job, child.job = child.job, None
        if job is not None:
            job.child = None
            self._busy[job.workspace] -= 1
            if not self._busy[job.workspace]:
                del self._busy[job.workspace]
        return job

    def lost(self, child: Child) -> None:
        """A child's channel has ended: it is dead, or soon will be."""
        if child in self._idle:
            self._idle.remove(child)
        self._run(self._bury(child))

    async def _bury(self, child: Child) -> None:
        """Wait for its end; its job goes to another child, once, unless it was killed for its time."""
        code = await child.reap()
        self._children.discard(child)
        job = self._release(child)
        if not child.ready:
            self._failed_starts += 1
        if job is not None and not job.answer.done():
            if child.timed_out or code in _CPU_SIGNALS:
                _fail(job, ChildTimeout())
            elif job.has_killed or self._closed:
                _fail(job, ChildDied(f"ended with {code}"))
            else:
                job.has_killed = True
                self._queues.setdefault(job.workspace, deque()).appendleft(job)
        self._pump()

    def _replace(self) -> None:
        if self._closed:
            return
        if self._failed_starts >= _START_ATTEMPTS:
            self._give_up()
            return
        while len(self._children) + self._starting < self._wanted:
            self._starting += 1
            self._run(self._start_child())

    def _give_up(self) -> None:
        for queue in self._queues.values():
            for job in queue:
                _fail(job, ChildDied("cannot be started"))
        self._queues.clear()
        self._wanted = 0
        self._failed_starts = 0

    async def _start_child(self) -> None:
        try:
            child, channel = start_child(self, self.start_with())
        except (OSError, ChildDied):
            self._starting -= 1
            self._failed_starts += 1
            self._pump()
            return
        self._children.add(child)
        self._starting -= 1
        if self.nice:
            os.setpriority(os.PRIO_PROCESS, child.process.pid, self.nice)
        await child.connect(channel)
        if self._closed:
            child.kill()
            child.close()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._changed.set()


def _fail(job: Job, error: Exception) -> None:
    if not job.answer.done():
        job.answer.set_exception(error)


def cores() -> int:
    """As many children as this process may use cores, at least two."""
    return max(2, len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1)
