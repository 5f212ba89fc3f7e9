"""What something costs, as far as it can be told on a machine that does other things too."""

import asyncio
import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from cProfile import Profile
from pathlib import Path
from typing import Any


class Late(AssertionError):
    """Something took longer than it may. Such a test is tried again (`--only-rerun` in pyproject.toml): a machine may
    stop for a moment, what is slow is so each time."""


def in_time(seconds: float, limit_s: float, what: object = "") -> None:
    """Raise Late unless `seconds` are below the limit."""
    if not seconds < limit_s:
        raise Late(f"{what} took {seconds:.3f} s, allowed {limit_s:.3f} s")


def wait_until(condition: Callable[[], object], what: object, limit_s: float = 60.0) -> None:
    """Return when `condition()` holds. Raises Late where it does not in time."""
    began = time.monotonic()
    while not condition():
        in_time(time.monotonic() - began, limit_s, what)
        time.sleep(0.02)


class Cost:
    """What a block took, once it is over."""

    calls = 0
    seconds = 0.0


@contextmanager
def counted() -> Iterator[Cost]:
    """The calls of functions, built-in ones too, that this thread makes in the block: the same on every machine. What
    one call does by itself, a regular expression say, is not seen."""
    cost, profile = Cost(), Profile()
    with profile:
        yield cost
    cost.calls = sum(entry.callcount for entry in profile.getstats())


@contextmanager
def stopwatch(*processes: int) -> Iterator[Cost]:
    """The seconds of the block, but for what the machine made this process and `processes` wait for a CPU."""
    cost = Cost()
    began, waited_s = time.perf_counter(), queued_s(*processes)
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - began - (queued_s(*processes) - waited_s)


def queued_s(*processes: int) -> float:
    """Seconds that this process and `processes` stood ready to run while the machine was busy with others. All their
    threads count: the one that holds the interpreter's lock makes the others wait."""
    seconds = 0.0
    for task in (task for process in (os.getpid(), *processes) for task in Path(f"/proc/{process}/task").iterdir()):
        with suppress(FileNotFoundError, ProcessLookupError):
            seconds += int((task / "schedstat").read_text().split()[1]) / 1e9
    return seconds


async def longest_stop(work: "asyncio.Task[Any]") -> float:
    """The most seconds that the event loop stood still until `work` was done, but for what the machine made this
    process wait."""
    longest = 0.0
    gc.collect()
    gc.freeze()  # a collection of all that other tests left would stop the loop too
    while not work.done():
        with stopwatch() as cost:
            await asyncio.sleep(0.001)
        longest = max(longest, cost.seconds)
    gc.unfreeze()
    return longest
