"""What a benchmark says: figures, each beside its bar, as one line of JSON with the machine it was measured on."""

import asyncio
import gc
import os
import platform
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson

PACKAGES = (
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "sqlalchemy",
    "pydantic",
    "orjson",
    "fastapi",
    "uvicorn",
    "uvloop",
)


@dataclass(frozen=True)
class Figure:
    """One measured number, a median unless its name says otherwise; `at_most` or `at_least` is its bar."""

    name: str
    value: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None

    def as_json(self) -> dict[str, Any]:
        bar = {"at_most": self.at_most, "at_least": self.at_least, "met": self.met}
        said = {name: value for name, value in bar.items() if value is not None}
        return {"name": self.name, "value": float(f"{self.value:.4g}"), "unit": self.unit, **said}


def report(
    measure: Callable[[], Sequence[Figure]] | Callable[[], Awaitable[Sequence[Figure]]], repetitions: int
) -> None:
    """Run a benchmark and print its line."""
    before = os.getloadavg()[0]
    started = time.perf_counter()
    found = measure()
    figures = found if isinstance(found, Sequence) else asyncio.run(_awaited(found))
    line = {
        "benchmark": os.path.basename(sys.argv[0]).removesuffix(".py"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "took_s": round(time.perf_counter() - started, 1),
        "load": [round(before, 2), round(os.getloadavg()[0], 2)],
        "repetitions": repetitions,
        "figures": [figure.as_json() for figure in figures],
        "machine": machine(),
        "versions": versions(),
    }
    print(orjson.dumps(line).decode(), flush=True)


async def _awaited(found: Awaitable[Sequence[Figure]]) -> Sequence[Figure]:
    return await found


def machine() -> str:
    """Processor, cores, memory and system."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as lines:
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}"


def versions() -> dict[str, str]:
    """Python's and those of the packages that the figures depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that `percent` of the values do not pass."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, -(-len(ranked) * percent // 100) - 1).__trunc__())]


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    """How many seconds `work` takes, without the litter of what ran before it."""
    gc.collect()
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def in_turn(repetitions: int, **contestants: Callable[[], Awaitable[object]]) -> dict[str, list[float]]:
    """Seconds of each contestant, taken in turn so that all meet the same weather; a first turn warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for turn in range(repetitions + 1):
        for name, work in contestants.items():
            elapsed = await timed(work)
            if turn:
                seconds[name].append(elapsed)
    return seconds
