"""What a run keeps in memory: outputs, as long as something may look at them."""

import tracemalloc
from typing import Any

from tests.engine.cases.running import ForgetfulJournal, case, ended, outputs, probe

LINKS = 40
SIZE = 1_000_000
LOOK: dict[str, Any] = {"type": "template", "config": {"template": "{{ a.n }}"}}


async def test_outputs_go_when_nothing_may_look_at_them_any_more() -> None:
    nodes: dict[str, Any] = {"n0": {"type": "template", "config": {"template": "x" * SIZE}}}
    for number in range(1, LINKS):
        text = f"{{{{ n{number - 1}.text }}}}{number % 10}"
        nodes[f"n{number}"] = {"type": "template", "config": {"template": text}}
    nodes["e"] = {"type": "end", "config": {"outputs": {"length": f"{{{{ n{LINKS - 1}.text.length }}}}"}}}
    edges = " ".join(["s>n0", *(f"n{number - 1}>n{number}" for number in range(1, LINKS)), f"n{LINKS - 1}>e"])
    one = case(nodes, edges, journal=ForgetfulJournal())
    tracemalloc.start()
    try:
        outcome = await one.once()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcome.outputs == {"length": SIZE + LINKS - 1}
    assert peak < 20 * SIZE, "some copies of two of them"


async def test_outputs_stay_for_whoever_may_still_look_at_them() -> None:
    """Late, in a container, through what is disabled, by the results of a level, or for undoing."""
    one = await ended(
        {
            "a": probe(give={"n": 7}),
            "b": probe("read", sleep_s=1),
            "off": {**LOOK, "disabled": True},
            "after": {"type": "template", "config": {"template": "{{ off.n }}"}},
            "l": {"type": "loop", "config": {"times": 2, "result": "first.n"}},
            "first": {**probe(give={"n": 1}), "parent": "l"},
            "in_l": {**LOOK, "parent": "l"},
            "p": {"type": "parallel", "parent": "l"},
            "in_p": {**LOOK, "parent": "p"},
            "late": LOOK,
        },
        "s>a a>b b>l l>late a>off off>after first>in_l first>p",
    )
    assert outputs(one) == {"after": {"text": "7"}, "late": {"text": "7"}}
    assert one.data("node.completed", "l")["output"]["results"] == [1, 1]
    undone = await ended(
        {
            "a": probe(give={"n": 7}),
            "b": probe("write", give=1),
            "u": LOOK,
            "x": {"type": "stop", "config": {"message": "no"}},
        },
        "s>a a>b b.compensate>u b>x",
    )
    assert undone.data("execution.failed")["compensation"] == "done"
