"""Validation beside the event loop: what is costly does not hold it up."""

import asyncio
from collections.abc import Collection
from typing import Any

import pytest

import weft.nodes
from tests.cost import in_time, longest_stop
from weft.engine.catalog import load_catalog
from weft.kernel.errors import Invalid
from weft.workflows.domain.validation import checked_graph, is_large, validate

CATALOG = load_catalog(weft.nodes)


def graph(template: str) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = [{"id": "s", "type": "start"}]
    nodes += [{"id": f"n{n}", "type": "template", "config": {"template": template}} for n in range(20)]
    return {"nodes": nodes, "edges": [{"source": "s", "target": f"n{n}"} for n in range(20)]}


async def none(_kind: str, _ids: Collection[str]) -> set[str]:
    return set()


@pytest.mark.parametrize("template", ["{{ " + "input+" * 3_300 + "1 }}", "{{ (1) }}" * 2_000])
async def test_few_nodes_with_much_in_them_do_not_hold_the_loop(template: str) -> None:
    task = asyncio.create_task(validate(graph(template), CATALOG, none))
    in_time(await longest_stop(task), 0.15)
    assert (await task).errors == []


async def test_a_million_of_what_is_no_node_does_not_hold_the_loop() -> None:
    """As many fit into a body of 10 MiB."""
    junk = {"nodes": [1] * 1_000_000, "edges": []}
    task = asyncio.create_task(validate(junk, CATALOG, none))
    in_time(await longest_stop(task), 0.15, "validate")
    assert (await task).errors != []
    saving = asyncio.create_task(checked_graph(junk))
    in_time(await longest_stop(saving), 0.15, "save")
    with pytest.raises(Invalid):
        await saving


def test_what_is_large() -> None:
    assert not is_large(graph("short"))
    assert is_large(graph("x" * 500))
    assert is_large({"x" * 10_000: 1})
    assert is_large([0] * 10_000)
    assert not is_large(None)
