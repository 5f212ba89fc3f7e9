"""One node of a frame, from its decision to its end: attempts, timeout, retry, and what its policy says of errors."""

from typing import TYPE_CHECKING, Any, Final

from weft.engine.call import call_in_time, plain_output
from weft.engine.context import NodeContext, Suspended
from weft.engine.errors import NodeError, RunFailed, may_have_happened
from weft.engine.graph import ERROR_PORT
from weft.engine.journal import INLINE_BYTES, store
from weft.engine.loops import ChildFailed, run_container
from weft.engine.node import Result, Woken
from weft.engine.plan import PlanNode
from weft.engine.policies import retry_delay, should_retry
from weft.engine.quiet import call_quietly
from weft.engine.readiness import Decision
from weft.engine.slots import Slots
from weft.engine.values import JSON, encode
from weft.engine.waits import Wait

if TYPE_CHECKING:
    from weft.engine.frame import Frame

LONG_DELAY_S: Final = 5.0
"""A longer wait before the next attempt gives up the node's place: it suspends."""


async def execute(frame: "Frame", decision: Decision, woken: Woken | None = None, wait: Wait | None = None) -> None:
    """Bring one decided node to its end, to a wait, or to the failure of its frame. Raises RunFailed."""
    node = decision.node
    path = frame.prefix + node.id
    if node.node.disabled:
        await _pass_through(frame, decision, path)
        return
    if frame.run.honours_pins and (node.id in frame.run.pinned or node.node.pinned):
        await _take_pinned(frame, node, path)
        return
    # A container takes a place among the children of a parallel, but none of the run's: it runs no node itself.
    slots = [] if frame.slots is None else [frame.slots]
    if node.frame is None:
        slots.append(frame.run.slots)
    held: list[Slots] = []
    try:
        for slot in slots:
            await slot.acquire()
            held.append(slot)
        if not frame.run.draining:
            await _attempts(frame, decision, path, woken, wait)
    finally:
        for slot in held:
            slot.release()
    await frame.run.hold_if_draining()


async def _pass_through(frame: "Frame", decision: Decision, path: str) -> None:
    """A disabled node hands on what it was given; a disabled `end` gives nothing."""
    node = decision.node
    sources = decision.sources
    if len(sources) == 1:
        output = frame.outputs.get(sources[0])
    else:
        output = {source: frame.outputs.get(source) for source in sources} or None
    port = "approved" if node.type.type == "approval" else node.default_port
    await _hand_on(frame, node, path, output, port, "disabled")


async def _take_pinned(frame: "Frame", node: PlanNode, path: str) -> None:
    run = frame.run
    output = run.pinned.get(node.id, node.node.pinned_output)
    port = node.type.port_of(output) or node.node.pinned_port or node.default_port
    await _hand_on(frame, node, path, output, port, "pinned")


async def _hand_on(frame: "Frame", node: PlanNode, path: str, output: JSON, port: str, origin: str) -> None:
    """End a node that was not run, with an output from elsewhere."""
    run = frame.run
    data: dict[str, Any] = {"attempt": 0, "output": output, "port": port, "origin": origin}
    await store(run.journal, data, "output", encode(output))
    run.emit("node.completed", data, node.id, path)
    if run.sync:
        await run.journal.committed()
    frame.settle(node, output, port)


def _first_context(frame: "Frame", decision: Decision, path: str, wait: Wait | None) -> NodeContext:
    """The attempt to begin with: the first, or what a wait or the journal of a lost owner leads to."""
    if wait is not None:
        attempt = wait.attempt + 1 if wait.is_retry else wait.attempt
        return NodeContext(frame, decision, path, attempt, wait=None if wait.is_retry else wait)
    record = frame.run.state.nodes.get(path)
    if record is None or not record.attempt:
        return NodeContext(frame, decision, path, 1)
    if record.status == "retrying":
        return NodeContext(frame, decision, path, record.attempt + 1)
    return NodeContext(frame, decision, path, record.attempt, record)


async def _attempts(frame: "Frame", decision: Decision, path: str, woken: Woken | None, wait: Wait | None) -> None:
    """Attempt after attempt, until one succeeds, the policy has enough, or the node waits."""
    run = frame.run
    if wait is None and not await _rest_of_retry(frame, decision, path):
        return
    context = _first_context(frame, decision, path, wait)
    context.woken = woken
    if not (context.announced or context.rerun):
        run.count_node()
    while await _try(context):
        if run.draining:
            return
        run.count_node()
        context = NodeContext(frame, decision, path, context.attempt + 1)


async def _rest_of_retry(frame: "Frame", decision: Decision, path: str) -> bool:
    """Wait for what is left of a retry's delay under a lost owner; answers whether an attempt is to be made now."""
    record = frame.run.state.nodes.get(path)
    if record is None or record.status != "retrying":
        return True
    left = max(0.0, record.retry_at - frame.run.clock.now().timestamp())
    return await _rest(NodeContext(frame, decision, path, record.attempt), left) and not frame.run.draining


async def _try(context: NodeContext) -> bool:
    """One attempt, and what follows from how it ended; answers whether the next is to be made now."""
    run = context.run
    try:
        result = await call_in_time(context, _call, context)
        context.check_open()
        context.flush()
        await _succeed(context, result)
    except Suspended as suspended:
        context.check_open()
        await _suspend(context, suspended)
    except RunFailed as failed:
        context.check_open()
        if context.plan.frame is not None or context.ended:
            raise
        raise RunFailed(await _fail_run(context, failed.error)) from None
    except NodeError as error:
        context.check_open()
        context.flush()
        passed = run.ledger.passed()
        if passed is not None:
            raise RunFailed(await _fail_run(context, passed.error)) from None
        if should_retry(context.plan.policy, context.attempt, error):
            return await _wait_for_retry(context, error)
        await _give_up(context, error)
    finally:
        context.release()  # however it ended, cancelled too: others may wait for what it held
    return False


async def _call(context: NodeContext) -> JSON | Result:
    """Render, announce, call."""
    node, run = context.plan, context.run
    quiet = node.effect == "pure" and context.attempt == 1 and not context.announced and not context.rerun
    if context.rerun and node.policy.on_crash == "fail" and node.effect == "write":
        context.announced = True
        raise NodeError("interrupted", "The run was interrupted while this node ran.")
    if context.child_error is not None:
        context.frame.close_inside(context.path)
        raise ChildFailed(context.child_error)
    context.rendered = await context.render()
    model = context.validate(context.rendered)
    if node.frame is not None:
        return await _contain(context, context.rendered)
    if quiet:
        return await call_quietly(context, model)
    if not context.announced:
        await context.tell_start()
        if node.effect == "write":
            await run.journal.committed()
    return await node.type.function(model, context)


async def _contain(context: NodeContext, rendered: dict[str, Any]) -> JSON:
    """Run a container; whatever comes of it, all that began inside has its end before it."""
    try:
        return await run_container(context, rendered)
    finally:
        context.frame.close_inside(context.path)


async def _suspend(context: NodeContext, suspended: Suspended) -> None:
    await context.tell_start()
    frame = context.frame
    kind, due_at, message = suspended.kind, suspended.due_at, suspended.message
    started = context.started
    _write_wait(context, Wait(context.path, frame, context.decision, context.attempt, kind, due_at, message, started))


def _write_wait(context: NodeContext, wait: Wait) -> None:
    data = {"attempt": context.attempt, "due_at": wait.due_at, **wait.as_json()}
    del data["path"]
    context.run.emit("node.waiting", data, context.node, context.path, timer_at=wait.due_at)
    context.frame.begin(context.plan, context)
    context.frame.wait(wait)


async def _wait_for_retry(context: NodeContext, error: NodeError) -> bool:
    """Tell of the failed attempt and wait; False where the wait is long: the node suspends until then."""
    run = context.run
    delay = retry_delay(context.plan.policy, context.attempt, error.retry_after_s, context.jitter)
    data = {"attempt": context.attempt, "error": context.error(error), "delay_s": round(delay, 3)}
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    await context.tell_start()
    run.emit("node.retrying", data, context.node, context.path)
    return await _rest(context, delay)


async def _rest(context: NodeContext, seconds: float) -> bool:
    """Wait so long for the next attempt; False where that is long: the node suspends until then."""
    run = context.run
    if seconds > LONG_DELAY_S:
        due_at = run.clock.now().timestamp() + seconds
        _write_wait(context, Wait(context.path, context.frame, context.decision, context.attempt, "retry", due_at))
        return False
    await run.clock.sleep(seconds)
    context.check_open()
    return True


async def _succeed(context: NodeContext, result: JSON | Result) -> None:
    node, run, frame = context.plan, context.run, context.frame
    port: str | None = None
    if isinstance(result, Result):
        output, port = result.output, result.port
        if result.usage is not None:
            context.book(result.usage)
    else:
        output = result
    output, text = await plain_output(context, output)
    port = port or node.default_port
    data: dict[str, Any] = {"attempt": context.attempt, "output": output, "port": port, "origin": "run"}
    if len(text) > INLINE_BYTES:
        await store(run.journal, data, "output", text)
        context.check_open()
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    data["started_at"] = context.started
    data["duration_ms"] = context.elapsed_ms
    if not context.announced and context.visible is not None:
        data["visible"] = sorted(context.visible)
    sequence = run.emit("node.completed", data, node.id, context.path)
    context.tell_ended()
    if node.compensation is not None:
        run.remember(context, output, sequence)
    if run.sync or node.effect == "write":
        await run.journal.committed()
    run.ledger.check()
    frame.settle(node, output, port)


async def _fail_run(context: NodeContext, error: dict[str, Any]) -> dict[str, Any]:
    """The node fails the whole run, past every policy; answers the error as the run's own."""
    run = context.run
    context.flush()
    await context.tell_start()
    place = {"node": context.node, "path": context.path, "attempt": context.attempt}
    value: dict[str, Any] = run.masks.value({**error, **place})
    data = {"attempt": context.attempt, "error": value, "handled": "none", "fails_run": True}
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    data["duration_ms"] = context.elapsed_ms
    run.emit("node.failed", data, context.node, context.path)
    context.tell_ended()
    if run.sync or context.plan.effect == "write":
        await run.journal.committed()
    return value


async def _give_up(context: NodeContext, error: NodeError) -> None:
    """The last attempt failed: what the policy says of it."""
    node, frame, run = context.plan, context.frame, context.run
    await context.tell_start()
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
        await store(run.journal, data, "output", encode(output))
        context.check_open()
    usage = context.take_usage()
    if usage is not None:
        data["usage"] = usage
    data["duration_ms"] = context.elapsed_ms
    sequence = run.emit("node.failed", data, node.id, context.path)
    context.tell_ended()
    if node.compensation is not None and node.policy.compensate == "started" and may_have_happened(value):
        run.remember(context, output, sequence)
    if run.sync or node.effect == "write":
        await run.journal.committed()
    if handled == "fail":
        frame.fail(node, value)
    else:
        frame.settle(node, output, port)
