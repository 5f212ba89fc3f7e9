"""Containers: `loop` runs its children round by round, `parallel` once, each in a frame of its own."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from weft.engine.activity import IN_A_ROW, cancel_all
from weft.engine.errors import NodeError, NodeFailure, RunFailed
from weft.engine.expressions import truthy
from weft.engine.journal import restore, store
from weft.engine.results import leaf_outputs, round_result
from weft.engine.slots import Slots
from weft.engine.values import JSON, UNDEFINED, encode

if TYPE_CHECKING:
    from weft.engine.context import NodeContext
    from weft.engine.frame import Frame

BACKLOG: Final = 2_000
"""With so many events not yet durable, a loop waits for the journal before its next round."""


async def run_container(context: "NodeContext", config: dict[str, Any]) -> JSON:
    """The output of a loop or parallel. Raises NodeError with the child's error where a child's failure fails it."""
    try:
        if context.plan.type.type == "loop":
            return await Loop(context, config).run()
        return await _run_parallel(context, config)
    except NodeFailure as failure:
        raise ChildFailed(failure.error) from None


class ChildFailed(NodeError):
    """The container failed because a child did: the error is the child's, with its node and path."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["type"], error["message"], details=error.get("details"))
        self.inner = error


async def _run_parallel(context: "NodeContext", config: dict[str, Any]) -> JSON:
    assert context.plan.frame is not None
    await _announce(context, len(context.plan.frame.nodes))
    slots = Slots(int(config.get("max_concurrency", 16)), context.run)
    frame = context.frame.inside(context.plan, f"{context.path}.", visible=context.visible, slots=slots)
    wait = config.get("wait", "all")
    await frame.complete_until({"all": None, "any": 1}.get(wait, config.get("count")))
    return {"results": leaf_outputs(frame)}


async def _announce(context: "NodeContext", total: int | None) -> None:
    if not context.announced:
        await context.tell_start(**({} if total is None else {"total": total}))
    if context.plan.effect == "write":
        await context.run.journal.committed()


@dataclass(slots=True)
class Round:
    """One pass through the children: what it is about."""

    index: int
    item: JSON
    key: str | None = None


@dataclass(slots=True)
class Loop:
    """One loop as it runs: rounds in turn, or several at once, and what they gave."""

    context: "NodeContext"
    config: dict[str, Any]
    state: dict[str, JSON] = field(default_factory=dict)
    results: dict[int, JSON] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    ended: int = 0
    broken: bool = False
    """A `break_if` held."""
    failure: NodeFailure | NodeError | None = None

    @property
    def parallelism(self) -> int:
        """How many rounds may run at once."""
        return int(self.config.get("parallelism") or 1)

    async def run(self) -> JSON:
        """All rounds. Raises NodeError, or NodeFailure where a round's failure fails the loop."""
        total = self._total()
        await _announce(self.context, total)
        self.state = dict(self.config.get("state") or {})
        rounds = self._rounds(total)
        if self.parallelism > 1 and self.config.get("update"):
            self.state = self._recorded_state()
        failed = self._recorded_failure(total)
        if failed is not None:
            raise failed
        if self.parallelism == 1:
            await self._in_turn(rounds)
        else:
            await self._at_once(rounds)
        return self._output()

    def _output(self) -> JSON:
        keeps = not ("result" in self.config and self.config["result"] is None)
        results = [self.results[index] for index in sorted(self.results)] if keeps else []
        errors = sorted(self.errors, key=lambda entry: entry["index"])
        return {"results": results, "errors": errors, "count": self.ended, "state": self.state}

    # -- rounds ------------------------------------------------------------------------------------------------

    def _total(self) -> int | None:
        config = self.config
        most = int(config.get("max_iterations") or 1000)
        if config.get("while") is not None:
            return None
        if config.get("times") is not None:
            total = int(config["times"])
        elif isinstance(config.get("over"), list | dict):
            total = len(config["over"])
        else:
            raise NodeError("validation", "'over' is neither an array nor an object.", details=_at("/over"))
        if total > most:
            raise NodeError("limit_exceeded", f"The loop would have {total} rounds; max_iterations is {most}.")
        return total

    def _rounds(self, total: int | None) -> Iterator[Round]:
        over = self.config.get("over")
        if total is None:
            most = int(self.config.get("max_iterations") or 1000)
            for index in range(most + 1):
                if index == most:
                    raise NodeError("limit_exceeded", f"The loop came to its max_iterations, {most}.")
                yield Round(index, index)
        elif isinstance(over, dict):
            for index, (key, item) in enumerate(over.items()):
                yield Round(index, item, key)
        elif isinstance(over, list):
            for index, item in enumerate(over):
                yield Round(index, item)
        else:
            for index in range(total):
                yield Round(index, index)

    async def _in_turn(self, rounds: Iterator[Round]) -> None:
        for each in rounds:
            goes_on = await self.run_round(each)
            if self.failure is not None:
                raise self.failure
            if not goes_on:
                return
            await self.context.run.breathe()
            if self.context.run.journal.backlog > BACKLOG:
                await self.context.run.journal.committed()

    def _tell_ending(self, failure: NodeFailure | NodeError) -> None:
        """Rounds are about to be cancelled for `failure`: their events must tell of it."""
        self.context.child_error = failure.error if isinstance(failure, NodeFailure) else self.context.error(failure)

    def _recorded_failure(self, total: int | None) -> NodeFailure | None:
        """The failure of a round that the journal knows of, and that the loop has not ended with yet."""
        if self.config.get("on_item_error", "fail") != "fail":
            return None
        rounds = self.context.run.state.rounds
        known = (rounds.get(f"{self.context.path}[{index}]", {}) for index in range(total or 0)) if rounds else ()
        return next((NodeFailure(each["error"]) for each in known if each.get("error") is not None), None)

    def _recorded_state(self) -> dict[str, JSON]:
        """The state after the last round that ended: of rounds at once, that may be any."""
        rounds = reversed(self.context.run.state.rounds.items())
        mine = (each["state"] for path, each in rounds if path.rpartition("[")[0] == self.context.path)
        return next(mine, self.state)

    async def _at_once(self, rounds: Iterator[Round]) -> None:
        pool = _Pool(self)
        following = next(rounds, None)
        try:
            while True:
                while following is not None and len(pool.running) < self.parallelism and self.failure is None:
                    pool.start(following)
                    if len(pool.running) % IN_A_ROW == 0:
                        await asyncio.sleep(0)
                    following = next(rounds, None)
                if self.failure is not None:
                    self._tell_ending(self.failure)
                    raise self.failure
                if not pool.running:
                    return
                await pool.wait_for_one()
                if self.context.run.journal.backlog > BACKLOG:
                    await self.context.run.journal.committed()
        finally:
            await pool.stop()

    async def run_round(self, each: Round) -> bool:
        """One round, or what the journal says of it; answers whether another may follow."""
        path = f"{self.context.path}[{each.index}]"
        recorded = self.context.run.state.rounds.get(path)
        if recorded is not None:
            return await self._take_over(each, recorded)
        frame = self._frame(each, path)
        try:
            await frame.complete()
        except NodeFailure as failure:
            return await self._failed(each, path, failure, self.context.inside(frame))
        return await self._completed(each, path, self.context.inside(frame))

    def _frame(self, each: Round, path: str) -> "Frame":
        values: dict[str, JSON] = {"item": each.item, "index": each.index, "state": self.state}
        if each.key is not None:
            values["key"] = each.key
        context = self.context
        return context.frame.inside(context.plan, f"{path}.", values, visible=context.visible)

    async def _completed(self, each: Round, path: str, inside: "NodeContext") -> bool:
        config = self.config
        result = await self._result(inside)
        changes = {name: await inside.evaluate(text) for name, text in (config.get("update") or {}).items()}
        broken = config.get("break_if") is not None and truthy(await inside.evaluate(config["break_if"]))
        if changes:
            self.state = {**self.state, **{name: _or_null(value) for name, value in changes.items()}}
        goes_on = not broken and await self._goes_on(inside)
        self.results[each.index] = result
        self.ended += 1
        await self._tell(each, path, {"result": result}, goes_on)
        return goes_on

    async def _goes_on(self, inside: "NodeContext") -> bool:
        """What `while` says, which sees the state for the next round; that of this round stays, for undoing in it."""
        if self.config.get("while") is None:
            return True
        now = {"state": self.state, self.context.node: {**inside.frame.round_values, "state": self.state}}
        return truthy(await inside.evaluate(self.config["while"], now))

    async def _result(self, inside: "NodeContext") -> JSON:
        if "result" not in self.config:
            return round_result(inside.frame)
        text = self.config["result"]
        return None if text is None else _or_null(await inside.evaluate(text))

    async def _failed(self, each: Round, path: str, failure: NodeFailure, inside: "NodeContext") -> bool:
        policy = self.config.get("on_item_error") or "fail"
        self.ended += 1
        if policy == "fail":
            self.failure = failure
        elif policy == "collect":
            self.results[each.index] = None
            self.errors.append(_entry(each, failure.error))
        goes_on = policy != "fail" and await self._goes_on(inside)
        await self._tell(each, path, {"error": failure.error}, goes_on)
        return goes_on

    async def _tell(self, each: Round, path: str, outcome: dict[str, JSON], goes_on: bool) -> None:
        data: dict[str, Any] = {"index": each.index}
        if each.key is not None:
            data["key"] = each.key
        data |= outcome | {"state": self.state, "goes_on": goes_on}
        run = self.context.run
        if "result" in outcome:
            await store(run.journal, data, "result", encode(run.masks.value(outcome["result"])))
        run.emit("iteration.completed", data, self.context.node, path)
        if run.sync:
            await run.journal.committed()

    async def _take_over(self, each: Round, recorded: dict[str, Any]) -> bool:
        self.ended += 1
        if self.parallelism == 1:
            self.state = recorded.get("state") or {}
        error = recorded.get("error")
        if error is None:
            self.results[each.index] = await restore(self.context.run.journal, recorded, "result")
        elif self.config.get("on_item_error") == "collect":
            self.results[each.index] = None
            self.errors.append(_entry(each, error))
        elif self.config.get("on_item_error") != "skip":
            self.failure = NodeFailure(error)
        return bool(recorded.get("goes_on", True))


class _Pool:
    """The rounds of one loop that run at once, each a task."""

    def __init__(self, loop: Loop) -> None:
        self.running: set[asyncio.Task[None]] = set()
        self._loop = loop
        self._run = loop.context.run
        self._parked: asyncio.Future[None] | None = None

    def start(self, each: Round) -> None:
        """Begin with a round."""
        self._run.enter()
        task = asyncio.create_task(self._one(each))
        self.running.add(task)
        task.add_done_callback(self._run.left)

    async def _one(self, each: Round) -> None:
        try:
            await self._loop.run_round(each)
        except (NodeFailure, NodeError) as failure:
            self._loop.failure = self._loop.failure or failure
        except RunFailed as failed:
            self._run.fail(failed.error)
        except Exception as error:
            # Not a round's failure but a lost journal or a bug: the whole run must know.
            self._run.break_off(error)
        finally:
            # Here and not when the task is done: who is woken must see that this round runs no more.
            self.running.discard(cast("asyncio.Task[None]", asyncio.current_task()))
            self._run.unpark(self._parked)

    async def wait_for_one(self) -> None:
        """Return when a round has ended."""
        self._parked = asyncio.get_running_loop().create_future()
        await self._run.park(self._parked)

    async def stop(self) -> None:
        """Cancel what still runs, and wait for its end as long as the grace lasts."""
        self._loop.context.frame.halt(self._loop.context.path)
        await cancel_all(self.running)


def _entry(each: Round, error: dict[str, Any]) -> dict[str, Any]:
    key = {"key": each.key} if each.key is not None else {}
    return {"index": each.index, **key, "error": error}


def _or_null(value: JSON) -> JSON:
    return None if value is UNDEFINED else value


def _at(path: str) -> dict[str, Any]:
    return {"errors": [{"path": path, "message": "must be an array or an object"}]}
