"""engine.md, The journal and Replay: the state is the fold, and a snapshot is only its cache."""

import json
from typing import Any

import pytest

from tests.engine.cases.running import ended, probe
from weft.engine.state import SNAPSHOT_FORMAT, RunState, fold

GRAPHS: list[Any] = [
    ({"l": {"type": "loop", "config": {"times": 2}}, "m": {"type": "loop", "parent": "l", "config": {"times": 2}},
      "a": probe("read", parent="m", steps=2)}, "s>l"),
    ({"a": probe("write"), "u": probe(tokens=1), "z": probe(fail="code", tokens=2)}, "s>a a>z a.compensate>u"),
    ({"d": {"type": "delay", "config": {"seconds": 60}}, "p": {"type": "parallel", "config": {"wait": "any"}},
      "a": probe("read", parent="p"), "b": probe("read", parent="p", sleep_s=5)}, "s>d d>p"),
]  # fmt: skip


@pytest.mark.parametrize("graph", GRAPHS)
@pytest.mark.parametrize("forget", [False, True])
async def test_a_snapshot_at_any_event_goes_on_as_the_fold(graph: Any, forget: bool) -> None:
    events = (await ended(*graph)).journal.events
    whole = fold(events, forget_rounds=forget)
    for at in range(len(events)):
        body = json.loads(json.dumps(fold(events[:at], forget_rounds=forget).as_json()))
        kept = RunState.from_json(body)
        assert kept is not None
        for event in events[at:]:
            kept.apply(event, forget_rounds=forget)
        assert kept == whole


def test_a_snapshot_of_another_format_is_thrown_away() -> None:
    assert RunState.from_json({**RunState().as_json(), "format": SNAPSHOT_FORMAT - 1}) is None


async def test_usage_in_the_fold_is_what_the_run_says() -> None:
    one = await ended(*GRAPHS[1])
    before_the_end = fold(one.journal.events[:-1])
    assert before_the_end.usage == one.data("execution.failed")["usage"]
    assert before_the_end.usage["prompt_tokens"] == 3
