"""What must hold after every fault. Reads the recorder, the stored events and GET; never Weft's own code."""

from collections import defaultdict
from collections.abc import Iterable

import httpx

from tests.durability.world import World
from tests.server import Json, events_of

TERMINAL = {"execution.completed", "execution.failed", "execution.cancelled"}
ENDS = {"node.completed", "node.failed", "node.skipped", "node.cancelled", "node.reused"}
ENDED = {"completed", "failed", "cancelled"}
STATUS = {"node.started": "running", "node.retrying": "retrying", "node.waiting": "waiting"}


def check_run(client: httpx.Client, execution_id: str, world: World | None = None, *, kills: int = 0) -> list[Json]:
    """Hold one ended run against I1 and I3 to I7; its events."""
    execution = client.get(f"/executions/{execution_id}").json()
    assert execution["status"] in ENDED, f"I1: {execution_id} is {execution['status']}"
    events = events_of(client, execution_id)
    check_sequence(events)
    check_epochs(events)
    check_once(events)
    check_fold(events, execution)
    if world is not None:
        check_effects(events, world, execution_id, kills)
    return events


def check_sequence(events: list[Json]) -> None:
    """I3: 1..n without a gap, one terminal event, the last one."""
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1)), "I3: a gap or a double"
    terminal = [event["sequence"] for event in events if event["type"] in TERMINAL]
    assert terminal == [len(events)], f"I3: terminal events at {terminal} of {len(events)}"


def check_epochs(events: list[Json]) -> None:
    """I7: epochs only rise, each new one begins with execution.started or .resumed."""
    epoch = 0
    for event in events:
        assert event["epoch"] >= epoch, f"I7: epoch {event['epoch']} after {epoch}"
        if event["epoch"] > epoch > 0 and event["sequence"] > 1:
            assert event["type"] in ("execution.resumed", "execution.started"), f"I7: begins with {event['type']}"
        epoch = event["epoch"]


def check_once(events: list[Json]) -> None:
    """I4: every path ends once, and nothing of it comes after; an attempt begins once in an epoch."""
    ended: dict[str, str] = {}
    begun: set[tuple[str, int, int]] = set()
    for event in events:
        path = str(event.get("path"))
        if event["type"] in ENDS or event["type"] in STATUS:
            assert path not in ended, f"I4: {event['type']} of {path} after {ended.get(path)}"
        if event["type"] in ENDS:
            ended[path] = event["type"]
        if event["type"] == "node.started":
            start = (path, event["data"]["attempt"], event["epoch"])
            assert start not in begun, f"I4: {start} began twice"
            begun.add(start)
    left = {path for path, _, _ in begun} - set(ended)
    assert not left, f"I4: began and has no end: {left}"


def check_fold(events: list[Json], execution: Json) -> None:
    """I6: what GET shows is what the events say."""
    last = events[-1]
    assert execution["status"] == last["type"].partition(".")[2]
    assert execution["last_sequence"] == last["sequence"]
    assert (execution["outputs"] or None) == (last["data"].get("outputs") or None)
    shown = {node["path"]: (node["status"], node["output"]) for node in execution["nodes"]}
    told: dict[str, tuple[str, object]] = {}
    for event in events:
        path = event.get("path")
        if path is None or not event["type"].startswith("node.") or "." in path or "[" in path:
            continue
        status = STATUS.get(event["type"]) or event["type"].partition(".")[2]
        told[path] = (status, event["data"].get("output"))
    assert shown == told, "I6: GET is not the fold of the events"


def check_effects(events: list[Json], world: World, execution_id: str, kills: int) -> None:
    """I4 and I5 at the recorder: each completed write stands there; more than once only where a kill explains it."""
    starts: dict[str, int] = defaultdict(int)
    for event in events:
        if event["type"] == "node.started":
            starts[f"{execution_id}:{event['path']}"] += 1
    keys_at: dict[str, set[str]] = defaultdict(set)
    arrived: dict[str, int] = defaultdict(int)
    for arrival in world.arrivals_of(execution_id):
        if arrival.method != "GET":
            key = arrival.headers["idempotency-key"]
            keys_at[arrival.path].add(key)
            arrived[key] += 1
    assert all(len(keys) == 1 for keys in keys_at.values()), f"I5: {keys_at}"
    for key, count in arrived.items():
        assert count <= starts[key], f"I5: {count} arrivals of {key}, which began {starts[key]} times"
        assert starts[key] <= 1 + kills, f"I5: {key} began {starts[key]} times, with {kills} kills"
    completed = {f"{execution_id}:{path}" for path in completed_writes(events)}
    assert completed <= set(arrived), f"I4: completed, and never seen outside: {completed - set(arrived)}"


def completed_writes(events: Iterable[Json]) -> list[str]:
    """The paths of completed requests that write, by their config."""
    methods: dict[str, str] = {}
    for event in events:
        config = event["data"].get("config") or {}
        if event["type"] == "node.started" and "url" in config:
            methods[event["path"]] = config.get("method", "GET")
    done = [event["path"] for event in events if event["type"] == "node.completed"]
    return [path for path in done if methods.get(path, "GET") != "GET"]


class Ledger:
    """I4 over time: what was completed at one look is not seen outside again at a later one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settled: dict[str, int] = {}

    def look(self, client: httpx.Client, execution_ids: Iterable[str]) -> None:
        """Compare with the looks before, and remember what is completed now."""
        counts = self._counts()
        for key, count in self._settled.items():
            assert counts[key] == count, f"I4: {key} arrived after its committed completion"
        completed = [
            f"{execution_id}:{path}"
            for execution_id in execution_ids
            for path in completed_writes(events_of(client, execution_id))
        ]
        counts = self._counts()
        for key in completed:
            self._settled.setdefault(key, counts[key])

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for arrival in self._world.arrivals:
            counts[arrival.headers.get("idempotency-key", "")] += 1
        return counts
