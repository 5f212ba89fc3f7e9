"""A small node library for tests of the engine alone: real node types, with knobs that a test can turn."""

import asyncio
from datetime import timedelta
from typing import Any

from weft.engine.catalog import Catalog
from weft.engine.errors import NodeError, RunFailed
from weft.engine.node import Expression, NodeConfig, NodeRun, NodeType, Result, node


class Open(NodeConfig):
    pass


class EndConfig(NodeConfig):
    outputs: dict[str, Any] = {}


class SetConfig(NodeConfig):
    values: dict[str, Any] = {}


class WorkConfig(NodeConfig):
    value: Any = None
    sleep_s: float = 0
    fail_times: int = 0
    error: str = "network"
    port: str = "out"


class WaitConfig(NodeConfig):
    seconds: float


class LoopConfig(NodeConfig):
    over: Any = None
    times: Any = None
    parallelism: int = 1
    max_iterations: int = 1000
    on_item_error: str = "fail"
    state: dict[str, Any] = {}
    result: Expression | None = None


class ParallelConfig(NodeConfig):
    max_concurrency: int = 16
    wait: str = "all"
    count: int | None = None


class JoinConfig(NodeConfig):
    mode: str = "all"
    count: int | None = None


@node("start", title="Start", category="control", effect="pure", output=dict[str, Any])
async def start(config: Open, run: NodeRun) -> Any:
    return run.inputs


@node("end", title="End", category="control", effect="pure", output=dict[str, Any], ports=())
async def end(config: EndConfig, run: NodeRun) -> Any:
    return config.outputs


@node("set", title="Set", category="data", effect="pure", output=dict[str, Any])
async def set_(config: SetConfig, run: NodeRun) -> Any:
    return config.values


CALLS: dict[str, int] = {}


async def _work(config: WorkConfig, run: NodeRun) -> Result:
    CALLS[run.idempotency_key] = CALLS.get(run.idempotency_key, 0) + 1
    if config.sleep_s:
        await asyncio.sleep(config.sleep_s)
    if run.attempt <= config.fail_times:
        if config.error == "stop":
            raise RunFailed({"type": "stopped", "message": "stopped"})
        raise NodeError(config.error, "it failed as told")
    return Result(config.value, port=config.port)


@node("work", title="Work", category="data", effect="pure", output=Any, ports=("out", "other"))
async def work(config: WorkConfig, run: NodeRun) -> Any:
    return await _work(config, run)


@node("write", title="Write", category="data", effect="write", output=Any, ports=("out", "other"))
async def write(config: WorkConfig, run: NodeRun) -> Any:
    return await _work(config, run)


@node("wait", title="Wait", category="control", effect="read", output=Any)
async def wait(config: WaitConfig, run: NodeRun) -> Any:
    if run.woken is None:
        run.suspend(until=run.started_at + timedelta(seconds=config.seconds))
    return {"woken": run.woken.kind}


@node("join", title="Join", category="control", effect="pure", output=Any)
async def join(config: JoinConfig, run: NodeRun) -> Any:
    return {"taken": list(run.taken)}


@node("loop", title="Loop", category="control", effect="pure", output=Any, container=True)
async def loop(config: LoopConfig, run: NodeRun) -> Any:
    raise NodeError("internal", "a container is run by the engine")


@node("parallel", title="Parallel", category="control", effect="pure", output=Any, container=True)
async def parallel(config: ParallelConfig, run: NodeRun) -> Any:
    raise NodeError("internal", "a container is run by the engine")


LIBRARY = (start, end, set_, work, write, wait, join, loop, parallel)
CATALOG = Catalog(function.node_type for function in LIBRARY)  # type: ignore[attr-defined]
TYPES: dict[str, NodeType] = {t.type: t for t in CATALOG}
