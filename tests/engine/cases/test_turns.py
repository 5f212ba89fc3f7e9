"""A run of quick nodes, whatever its shape, lets others have the event loop in between."""

import asyncio
from typing import Any

import pytest

from tests.engine.cases.running import CATALOG, case, probe
from weft.engine.plan import plan_of

MANY = 1_000
CHILDREN = {f"c{number}": probe(give=1) for number in range(MANY)}


def loop(**config: Any) -> dict[str, Any]:
    return {"type": "loop", "config": {"result": None, **config}}


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        (CHILDREN, " ".join(f"s>{name}" for name in CHILDREN)),
        (CHILDREN, "s>c0 " + " ".join(f"c{number}>c{number + 1}" for number in range(MANY - 1))),
        ({"p": {"type": "parallel"}} | {name: {**child, "parent": "p"} for name, child in CHILDREN.items()}, "s>p"),
        ({"l": loop(times=MANY), "c": probe(parent="l")}, "s>l"),
        ({"l": loop(times=MANY)}, "s>l"),
        ({"l": loop(times=MANY, parallelism=MANY), "c": probe(parent="l")}, "s>l"),
        ({"l": loop(times=40), "m": loop(times=25) | {"parent": "l"}, "c": probe(parent="m")}, "s>l"),
    ],
    ids=["wide", "chain", "parallel", "loop", "empty rounds", "rounds at once", "nested"],
)
async def test_no_more_than_some_hundred_events_in_one_turn(nodes: dict[str, Any], edges: str) -> None:
    one = case(nodes, edges)
    grown = [0]

    async def watch() -> None:
        before = len(one.journal.events)
        while True:
            await asyncio.sleep(0)
            grown.append(len(one.journal.events) - before)
            before = len(one.journal.events)

    watcher = asyncio.create_task(watch())
    await one.whole()
    watcher.cancel()
    assert len(one.journal.events) > MANY
    assert max(grown) < MANY / 4


async def test_nodes_ready_together_start_in_the_order_of_the_list_however_many() -> None:
    nodes = {name: probe("read") for name in CHILDREN}
    one = case(nodes, " ".join(f"s>{name}" for name in reversed(CHILDREN)))
    await one.whole()
    assert [event.path for event in one.events("node.started")] == list(CHILDREN)


async def test_nothing_more_starts_once_a_node_has_failed_the_run() -> None:
    nodes = {name: probe("read") for name in CHILDREN} | {"c0": probe("read", fail="validation")}
    one = case(nodes, " ".join(f"s>{name}" for name in CHILDREN))
    assert (await one.whole()).status == "failed"
    assert len(one.events("node.started")) < MANY / 4


async def test_a_large_graph_is_made_ready_beside_the_event_loop() -> None:
    planning = asyncio.create_task(plan_of(case(CHILDREN, " ".join(f"s>{name}" for name in CHILDREN)).graph, CATALOG))
    turns = 0
    while not planning.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(planning.result().root.nodes) == MANY + 1
    assert turns > 3
