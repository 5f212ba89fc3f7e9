"""One node of a frame, from its decision to its end: attempts, timeout, retry, and what its policy says of errors."""

import asyncio
import types
from collections.abc import Coroutine, Generator
from typing import TYPE_CHECKING, Any, Final, cast

from weft.engine.context import NodeContext, Suspended
from weft.engine.errors import NodeError, NodeFailure, RunFailed
from weft.engine.graph import ERROR_PORT
from weft.engine.journal import INLINE_BYTES, JournalLost, store
from weft.engine.loops import run_container
from weft.engine.node import Result, Woken
from weft.engine.plan import PlanNode
from weft.engine.policies import retry_delay, should_retry
from weft.engine.readiness import Decision
from weft.engine.state import NodeState
from weft.engine.values import JSON, encode
from weft.engine.waits import Wait

if TYPE_CHECKING:
    from weft.engine.frame import Frame

QUIET_S: Final = 0.02
"""A pure node that ends within this time writes one event."""
LONG_DELAY_S: Final = 5.0
"""A longer wait before the next attempt gives up the node's place: it suspends."""
MAX_OUTPUT_BYTES: Final = 100 * 1024 * 1024


async def execute(frame: "Frame", decision: Decision, woken: Woken | None = None) -> None:
    """Bring one decided node to its end, to a wait, or to the failure of its frame. Raises RunFailed."""
    node = decision.node
    path = frame.prefix + node.id
    if node.node.disabled:
        _pass_through(frame, decision, path)
        return
    if frame.run.honours_pins and (node.id in frame.run.pinned or node.node.pinned):
        await _take_pinned(frame, node, path)
        return
    record = frame.run.state.nodes.get(path)
    attempt = _first_attempt(record, woken)
    if node.frame is not None:
        await _attempts(frame, decision, path, attempt, record, woken)
        return
    slots = (frame.run.slots, frame.slots) if frame.slots is not None else (frame.run.slots,)
    for taken in slots:
        await taken.acquire()
    try:
        await _attempts(frame, decision, path, attempt, record, woken)
    finally:
        for taken in slots:
            taken.release()


def _first_attempt(record: NodeState | None, woken: Woken | None) -> int:
    if record is None or not record.attempt:
        return 1
    retry_was_due = record.status == "retrying" or (record.waiting or {}).get("kind") == "retry"
    return record.attempt + 1 if retry_was_due else record.attempt


def _pass_through(frame: "Frame", decision: Decision, path: str) -> None:
    """A disabled node hands on what it was given; a disabled `end` gives nothing."""
    node = decision.node
    sources = decision.sources
    if len(sources) == 1:
        output = frame.outputs.get(sources[0])
    else:
        output = {source: frame.outputs.get(source) for source in sources} or None
    port = "approved" if node.type.type == "approval" else node.default_port
    data = {"attempt": 0, "output": output, "port": port, "origin": "disabled"}
    frame.run.emit("node.completed", data, node.id, path)
    frame.settle(node, output, port)


async def _take_pinned(frame: "Frame", node: PlanNode, path: str) -> None:
    run = frame.run
    output = run.pinned.get(node.id, node.node.pinned_output)
    port = node.type.port_of(output) or node.node.pinned_port or node.default_port
    data: dict[str, Any] = {"attempt": 0, "output": output, "port": port, "origin": "pinned"}
    await store(run.journal, data, "output", encode(output))
    run.emit("node.completed", data, node.id, path)
    frame.settle(node, output, port)


async def _attempts(
    frame: "Frame", decision: Decision, path: str, attempt: int, record: NodeState | None, woken: Woken | None
) -> None:
    """Attempt after attempt, until one succeeds, the policy has enough, or the node waits."""
    node, run = decision.node, frame.run
    while True:
        await run.hold_if_draining()
        run.ledger.count_node()
        context = NodeContext(frame, decision, path, attempt, record if record and record.attempt == attempt else None)
        context.woken = woken
        try:
            result = await _one_attempt(context)
        except Suspended as suspended:
            _suspend(context, suspended)
            return
        except NodeError as error:
            run.ledger.check()
            if not should_retry(node.policy, attempt, error):
                await _give_up(context, error)
                return
            if not await _wait_for_retry(context, error):
                return
            attempt, record, woken = attempt + 1, None, None
            continue
        await _succeed(context, result)
        return


async def _one_attempt(context: NodeContext) -> JSON | Result:
    """Render, announce, call. Every failure comes out as NodeError, a RunFailed or a Suspended."""
    node = context.plan
    seconds = node.policy.timeout_s
    limit: asyncio.Timeout | None = None
    try:
        if seconds is None:
            return await _call(context)
        async with asyncio.timeout(seconds) as limit:
            context.deadline_at = limit.when()
            return await _call(context)
    except TimeoutError:
        if limit is not None and limit.expired():
            raise NodeError("timeout", f"The node took longer than {seconds:g} s.") from None
        raise NodeError("timeout", "Something that the node waited for took too long.") from None
    except (NodeError, NodeFailure, RunFailed, JournalLost):
        raise
    except Exception as error:
        # The edge between the engine and a node's code: whatever a node raises is this node's failure.
        context.log("node raised", error=repr(error))
        raise NodeError("internal", "The node failed in an unexpected way.") from error


async def _call(context: NodeContext) -> JSON | Result:
    node, run = context.plan, context.run
    quiet = node.effect == "pure" and node.frame is None and context.attempt == 1 and context.record is None
    try:
        rendered = await context.render()
        model = context.validate(rendered)
    except NodeError:
        context.announce({"config": node.node.config})
        raise
    if node.frame is not None:
        return await run_container(context, rendered)
    if quiet and context.woken is None:
        return await _call_quietly(context, model, rendered)
    if context.woken is None:
        await context.announce_rendered(rendered)
        if context.record is not None and node.policy.on_crash == "fail" and node.effect == "write":
            raise NodeError("interrupted", "The run was interrupted while this node ran.")
        if node.effect == "write":
            await run.journal.committed()
    return await node.type.function(model, context)


async def _call_quietly(context: NodeContext, model: Any, rendered: dict[str, Any]) -> JSON | Result:
    """Step into the node's function; only if it really waits, arrange that its start is told after 20 ms."""
    coroutine = cast(Coroutine[Any, Any, Any], context.plan.type.function(model, context))
    try:
        waiting_for = coroutine.send(None)
    except StopIteration as stop:
        return cast(JSON | Result, stop.value)
    except (NodeError, RunFailed, Suspended):
        context.announce({"config": _small(rendered)})
        raise
    timer = asyncio.get_running_loop().call_later(QUIET_S, context.announce, {"config": _small(rendered)})
    try:
        return await _resumed(coroutine, waiting_for)
    except (NodeError, Suspended):
        context.announce({"config": _small(rendered)})
        raise
    finally:
        timer.cancel()


@types.coroutine
def _resumed(coroutine: Coroutine[Any, Any, Any], yielded: Any) -> Generator[Any, Any, Any]:
    """Await a coroutine whose first step was taken by hand: hand on what it yields, and what it is sent."""
    while True:
        sent, thrown = None, None
        try:
            sent = yield yielded
        except BaseException as error:
            thrown = error
        try:
            yielded = coroutine.send(sent) if thrown is None else coroutine.throw(thrown)
        except StopIteration as stop:
            return stop.value


def _small(rendered: dict[str, Any]) -> dict[str, Any] | None:
    """A config for an event that cannot wait for a blob: none where it is long."""
    return rendered if len(encode(rendered)) <= INLINE_BYTES else None


def _suspend(context: NodeContext, suspended: Suspended) -> None:
    context.announce({})
    frame = context.frame
    wait = Wait(
        context.path, frame, context.decision, context.attempt, suspended.kind, suspended.due_at, suspended.message
    )
    _write_wait(context, wait)


def _write_wait(context: NodeContext, wait: Wait) -> None:
    data = {"attempt": context.attempt, "due_at": wait.due_at, **wait.as_json()}
    del data["path"]
    context.run.emit("node.waiting", data, context.node, context.path, timer_at=wait.due_at)
    context.frame.begin(context.plan)
    context.frame.wait(wait)


async def _wait_for_retry(context: NodeContext, error: NodeError) -> bool:
    """Tell of the failed attempt and wait; False where the wait is long: the node suspends until then."""
    run = context.run
    delay = retry_delay(context.plan.policy, context.attempt, error.retry_after_s, run.random.random())
    data = {"attempt": context.attempt, "error": context.error(error), "delay_s": round(delay, 3)}
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    context.announce({})
    run.emit("node.retrying", data, context.node, context.path)
    if delay > LONG_DELAY_S:
        due_at = run.clock.now().timestamp() + delay
        _write_wait(context, Wait(context.path, context.frame, context.decision, context.attempt, "retry", due_at))
        _remember_retry(context)
        return False
    await run.clock.sleep(delay)
    return True


def _remember_retry(context: NodeContext) -> None:
    """What wakes this wait in memory must know the attempt, as a recovery would from the journal."""
    state = NodeState(context.path, context.node, status="retrying", attempt=context.attempt)
    context.run.state.nodes[context.path] = state


async def _succeed(context: NodeContext, result: JSON | Result) -> None:
    node, run, frame = context.plan, context.run, context.frame
    port: str | None = None
    if isinstance(result, Result):
        output, port = result.output, result.port
        if result.usage is not None:
            context.book(result.usage)
    else:
        output = result
    if run.masks:
        output = run.masks.value(output)
    try:
        text = encode(output)
        if len(text) > MAX_OUTPUT_BYTES:
            raise NodeError("output_too_large", "The output is over 100 MiB.")
    except TypeError:
        await _give_up(context, NodeError("validation", "The output is not JSON."))
        return
    except NodeError as error:
        await _give_up(context, error)
        return
    port = port or node.default_port
    data: dict[str, Any] = {"attempt": context.attempt, "output": output, "port": port, "origin": "run"}
    if len(text) > INLINE_BYTES:
        await store(run.journal, data, "output", text)
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    data["started_at"] = context.started
    data["duration_ms"] = context.elapsed_ms
    if not context.announced and context.visible is not None:
        data["visible"] = sorted(context.visible)
    sequence = run.emit("node.completed", data, node.id, context.path)
    if node.compensation is not None:
        run.remember(context, output, sequence)
    if run.sync or node.effect == "write":
        await run.journal.committed()
    run.ledger.check()
    frame.settle(node, output, port)


async def _give_up(context: NodeContext, error: NodeError) -> None:
    """The last attempt failed: what the policy says of it."""
    node, frame, run = context.plan, context.frame, context.run
    context.announce({})
    value = run.masks.value(context.error(error))
    handled = node.on_error if error.type != "cancelled" else "fail"
    data: dict[str, Any] = {"attempt": context.attempt, "error": value, "handled": "none"}
    output: JSON = None
    port: str | None = None
    if handled != "fail":
        output, port = {"error": value}, ERROR_PORT
        if handled == "continue":
            port = node.default_port
            if "default_output" in node.policy.model_fields_set:
                output = node.policy.default_output
        data |= {"handled": handled, "output": output, "port": port}
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    data["duration_ms"] = context.elapsed_ms
    sequence = run.emit("node.failed", data, node.id, context.path)
    if _may_have_happened(node, error):
        run.remember(context, output, sequence)
    if run.sync or node.effect == "write":
        await run.journal.committed()
    if handled == "fail":
        frame.fail(node, value)
    else:
        frame.settle(node, output, port)


def _may_have_happened(node: PlanNode, error: NodeError) -> bool:
    unsure = error.type in ("timeout", "network", "interrupted", "cancelled")
    return node.compensation is not None and node.policy.compensate == "started" and unsure
