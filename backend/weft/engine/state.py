"""The state of a run: the fold of its events, and nothing else.

The canvas folds by the same rules. A snapshot is this fold as JSON; one of another format is thrown away.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Final

from weft.engine.events import Event
from weft.engine.values import JSON

SNAPSHOT_FORMAT: Final = 5
NO_USAGE: Final = {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": None}
DECIDED: Final = frozenset({"completed", "failed", "skipped", "cancelled", "reused"})


@dataclass(slots=True)
class NodeState:
    """One path: what happened to it so far. `blobs` names which of output and config are references."""

    path: str
    node: str
    status: str = "running"
    attempt: int = 0
    started_at: str | None = None
    duration_ms: float | None = None
    port: str | None = None
    output: JSON = None
    has_output: bool = False
    config: JSON = None
    error: dict[str, Any] | None = None
    handled: str | None = None
    fails_run: bool = False
    """Its failure is the run's own, past every policy."""
    usage: dict[str, Any] | None = None
    origin: str | None = None
    blobs: list[str] = field(default_factory=list)
    config_blobs: list[str] = field(default_factory=list)
    visible: list[str] | None = None
    waiting: dict[str, Any] | None = None
    retry_at: float = 0.0
    """When the attempt after the one that failed is due, in epoch seconds."""
    total: int | None = None
    done: int = 0
    """Of a container: the rounds, or of a parallel the nodes in it, that have ended, of how many."""
    sequence: int = 0
    """Of the event that ended it: the order in which compensation goes back."""
    active_at: float = 0.0
    """The run's active seconds when it began: a container's time goes on from there."""
    ending: dict[str, Any] | None = None
    """A container's error, known from what was cancelled for it before its own end was written."""


@dataclass(slots=True)
class RunState:
    """The whole run. `nodes` is by path, in the order of their first event."""

    status: str = "queued"
    inputs: JSON = None
    outputs: JSON = None
    error: dict[str, Any] | None = None
    usage: dict[str, Any] = field(default_factory=lambda: dict(NO_USAGE))
    compensation: str | None = None
    failing: dict[str, Any] | None = None
    """Why the run is ending, before its last event."""
    cancelled_by: str | None = None
    started_at: str | None = None
    finished_at: str | None = None
    epoch: int = 0
    sequence: int = 0
    node_runs: int = 0
    active_s: float = 0.0
    """Seconds that the run spent neither waiting nor paused, up to the last time it stopped."""
    active_since: str | None = None
    last_at: str | None = None
    """The time of the last event."""
    nodes: dict[str, NodeState] = field(default_factory=dict)
    rounds: dict[str, dict[str, Any]] = field(default_factory=dict)
    """`l[3]` → data of iteration.completed."""
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    """`a.step[3]` → data of step.completed."""
    undone: dict[str, str] = field(default_factory=dict)
    """Undone path → running, completed or failed."""
    created: dict[str, Any] = field(default_factory=dict)
    """The data of execution.created."""
    _inside: dict[str, list[str]] = field(default_factory=dict, compare=False, repr=False)
    """Round or container → the paths directly inside: what is dropped with it."""

    def as_json(self) -> dict[str, Any]:
        """The fold as JSON, for a snapshot."""
        body = asdict(self)
        del body["_inside"]
        return {"format": SNAPSHOT_FORMAT, **body}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "RunState | None":
        """The fold that a snapshot holds, or None where it is of another format."""
        if body.get("format") != SNAPSHOT_FORMAT:
            return None
        known = {f.name: body[f.name] for f in fields(cls) if f.name != "_inside"}
        known["nodes"] = {path: NodeState(**state) for path, state in body["nodes"].items()}
        state = cls(**known)
        for path in state.nodes:
            if "." in path:
                state._inside.setdefault(path.rpartition(".")[0], []).append(path)
        for path in state.rounds:
            state._inside.setdefault(path.rpartition("[")[0], []).append(path)
        return state

    def unended(self) -> dict[str, str]:
        """Path → node of what has begun and not ended."""
        begun = ("running", "retrying", "waiting")
        return {path: node.node for path, node in self.nodes.items() if node.status in begun}

    def note_cancelled(self, path: str, sequence: int) -> None:
        """What a lost owner began is cancelled by this one, which never took it up."""
        node = self.nodes.get(path)
        if node is not None:
            node.status, node.sequence = "cancelled", sequence

    def apply(self, event: Event, *, forget_rounds: bool = False) -> None:
        """Fold one event. `forget_rounds`: drop what is inside a round once it ended (a worker's memory)."""
        self.sequence = event.sequence or self.sequence
        self.epoch = max(self.epoch, event.epoch)
        kind, _, what = event.type.partition(".")
        if kind == "execution":
            self._apply_execution(event, what)
        elif kind == "node":
            self._apply_node(event, what)
        elif kind == "iteration":
            self._apply_round(event, forget=forget_rounds)
        elif kind == "step":
            self.steps[event.path or ""] = event.data
        elif kind == "compensation":
            self._apply_compensation(event, what)
        self.last_at = event.at

    def _apply_execution(self, event: Event, what: str) -> None:
        data = event.data
        if what == "created":
            self.created = data
            self.inputs = data.get("inputs")
        elif what in ("started", "resumed"):
            self.status = "running"
            self.started_at = self.started_at or event.at
            if self.last_at is not None:
                self._stop_clock(self.last_at)
            self.active_since = event.at
        elif what == "waiting":
            self.status = "waiting"
            self._stop_clock(event.at)
        elif what == "cancel_requested":
            self.cancelled_by = self.cancelled_by or data.get("by") or "?"
        elif what in ("completed", "failed", "cancelled"):
            self.status = what
            self.outputs = data.get("outputs")
            self.error = data.get("error")
            self.usage = data.get("usage") or self.usage
            self.compensation = data.get("compensation")
            self.finished_at = event.at
            self._stop_clock(event.at)

    def _stop_clock(self, at: str) -> None:
        self.active_s = self._active_at(at)
        self.active_since = None

    def _active_at(self, at: str) -> float:
        return self.active_s + (seconds_between(self.active_since, at) if self.active_since is not None else 0.0)

    @property
    def active_until_now(self) -> float:
        """Active seconds up to the last event: a lost owner's too."""
        return self._active_at(self.last_at) if self.last_at is not None else self.active_s

    def _apply_node(self, event: Event, what: str) -> None:
        data, path = event.data, event.path or ""
        state = self.nodes.get(path)
        if state is None:
            state = self.nodes[path] = NodeState(path, event.node or "")
            if "." in path:
                self._inside.setdefault(path.rpartition(".")[0], []).append(path)
        if what == "started":
            self.node_runs += not data.get("rerun")
            state.status, state.waiting = "running", None
            state.started_at = state.started_at if data.get("rerun") and state.started_at else event.at
            state.config_blobs = [key for key in data.get("blobs", ()) if key == "config"]
            state.config, state.total = data.get("config"), data.get("total", state.total)
            state.visible = data.get("visible", state.visible)
            state.attempt = data.get("attempt", 1)
            state.active_at = self._active_at(event.at)
        elif what == "retrying":
            state.status, state.error = "retrying", data.get("error")
            state.retry_at = epoch_seconds(event.at) + data.get("delay_s", 0)
            self._add_usage(state, data.get("usage"))
        elif what == "waiting":
            state.status, state.waiting = "waiting", data
        elif what == "completed":
            self._complete(state, event)
        elif what == "failed":
            self._fail(state, event)
        elif what == "reused":
            self._end(state, "reused", event)
            self._take_output(state, data)
        elif what in ("skipped", "cancelled"):
            self._end(state, what, event)
            self._add_usage(state, data.get("usage"))
            self.failing = self.failing or data.get("error")
            if (ends := data.get("ends")) is not None and ends["path"] in self.nodes:
                self.nodes[ends["path"]].ending = ends["error"]

    def _end(self, state: NodeState, status: str, event: Event) -> None:
        state.status, state.sequence, state.waiting = status, event.sequence, None
        parallel = self.nodes.get(state.path.rpartition(".")[0])
        if parallel is not None:
            parallel.done += 1
        state.origin = event.data.get("origin")
        state.port = event.data.get("port")
        if "attempt" in event.data:
            state.attempt = event.data["attempt"]
        if state.started_at is not None:
            elapsed = seconds_between(state.started_at, event.at) * 1000
            state.duration_ms = event.data.get("duration_ms", round(elapsed, 3))

    def _complete(self, state: NodeState, event: Event) -> None:
        data = event.data
        if state.started_at is None and data.get("started_at"):
            self.node_runs += 1
            state.started_at = data["started_at"]
            state.visible = data.get("visible", state.visible)
        self._end(state, "completed", event)
        state.error = None
        self._take_output(state, data)
        self._add_usage(state, data.get("usage"))

    def _fail(self, state: NodeState, event: Event) -> None:
        self._end(state, "failed", event)
        state.error = event.data.get("error")
        state.handled = event.data.get("handled", "none")
        state.fails_run = bool(event.data.get("fails_run"))
        if state.fails_run:
            self.failing = state.error
        if state.handled != "none":
            self._take_output(state, event.data)
        self._add_usage(state, event.data.get("usage"))

    @staticmethod
    def _take_output(state: NodeState, data: dict[str, Any]) -> None:
        state.output, state.has_output = data.get("output"), True
        state.blobs = [key for key in data.get("blobs", ()) if key == "output"]

    def _add_usage(self, state: NodeState, usage: dict[str, Any] | None) -> None:
        if usage:
            state.usage = add_usage(state.usage, usage)
            self.usage = add_usage(self.usage, usage)

    def _apply_round(self, event: Event, *, forget: bool) -> None:
        path = event.path or ""
        self.rounds[path] = event.data
        holder = path.rpartition("[")[0]
        if "." in holder:
            self._inside.setdefault(holder, []).append(path)
        container = self.nodes.get(holder)
        if container is not None:
            container.done += 1
        if forget:
            self._forget(path)

    def _forget(self, level: str) -> None:
        """Drop what is directly inside `level` (a round or a container), and all that is inside that."""
        for path in self._inside.pop(level, ()):
            self.nodes.pop(path, None)
            self.rounds.pop(path, None)
            self._forget(path)

    def _apply_compensation(self, event: Event, what: str) -> None:
        self.undone[event.data["of"]] = "running" if what == "started" else what
        self.compensation = "running"
        path = event.path or ""
        state = self.nodes.setdefault(path, NodeState(path, event.node or ""))
        state.status = {"started": "running"}.get(what, what)
        state.attempt = event.data.get("attempt", 1)
        if what == "started":
            self.failing = event.data.get("error")
            state.started_at = state.started_at if event.data.get("rerun") and state.started_at else event.at
        else:
            state.error = event.data.get("error")
            self._take_output(state, event.data)
            self._add_usage(state, event.data.get("usage"))
            state.duration_ms = round(seconds_between(state.started_at or event.at, event.at) * 1000, 3)


def fold(events: Iterable[Event], *, forget_rounds: bool = False) -> RunState:
    """The state after `events`, from the first one on."""
    state = RunState()
    for event in events:
        state.apply(event, forget_rounds=forget_rounds)
    return state


def add_usage(total: dict[str, Any] | None, usage: dict[str, Any]) -> dict[str, Any]:
    """Tokens add up; a cost that is not known does not hide those that are."""
    if total is None:
        return dict(usage)
    costs = [cost for cost in (total.get("cost_usd"), usage.get("cost_usd")) if cost is not None]
    return {
        "prompt_tokens": total["prompt_tokens"] + usage["prompt_tokens"],
        "completion_tokens": total["completion_tokens"] + usage["completion_tokens"],
        "cost_usd": sum(costs) if costs else None,
    }


def seconds_between(start: str, end: str) -> float:
    """Seconds from one RFC 3339 time to another."""
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()


def epoch_seconds(at: str) -> float:
    """An RFC 3339 time in epoch seconds."""
    return datetime.fromisoformat(at).timestamp()
