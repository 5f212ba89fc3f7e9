"""engine.md, Retry: every completed path is taken over, but what failed, what is downstream of it, and what was
undone."""

from tests.engine.cases.running import Case, ended, probe
from weft.engine.state import fold
from weft.executions.commands.reusing import reusable_paths

FAIL = probe("read", fail="code")
COLLECT = {"type": "loop", "config": {"over": [0, 1, 2], "on_item_error": "collect"}}
LOOP = {"type": "loop", "config": {"times": 2}}


def taken_over(one: Case) -> set[str]:
    state = fold(one.journal.events)
    return set(reusable_paths(one.plan, state.nodes, state.undone))


async def test_what_was_only_cancelled_repeats_nothing_after_it() -> None:
    nodes = {
        "p": {"type": "parallel", "config": {"wait": "any"}}, "a": probe(parent="p"),
        "b": probe("read", parent="p", sleep_s=9), "w": probe("write"), "z": FAIL,
    }  # fmt: skip
    one = await ended(nodes, "s>p p>w w>z")
    assert one.told("p.b")[-1] == "node.cancelled"
    assert taken_over(one) == {"s", "p", "p.a", "w"}
    early = {"a": probe(), "b": probe("read", sleep_s=9), "j": {"type": "join", "config": {"mode": "any"}}}
    one = await ended({**early, "w": probe("write"), "z": FAIL}, "s>a s>b a>j b>j j>w w>z")
    assert taken_over(one) == {"s", "a", "j", "w"}


async def test_a_failed_item_runs_again_with_the_loop_around_it() -> None:
    item = probe("write", parent="l", fail="code", give="{{ item }}")
    good = {"type": "switch", "parent": "l", "config": {"value": "{{ item }}", "cases": [{"id": "bad", "equals": 1}]}}
    nodes = {"o": LOOP, "l": {**COLLECT, "parent": "o"}, "c": good, "v": item, "w": probe("write"), "z": FAIL}
    one = await ended(nodes, "s>o c.bad>v o>w w>z")
    assert taken_over(one) == {"s", *(f"o[{i}].l[{j}].c" for i in (0, 1) for j in (0, 1, 2))}


async def test_what_was_undone_runs_again_with_all_around_it() -> None:
    nodes = {name: probe("write", parent="l") for name in ("b", "a", "u")} | {"l": LOOP, "z": FAIL}
    one = await ended(nodes, "s>l b>a a.compensate>u l>z")
    assert taken_over(one) == {"s", "l[0].b", "l[1].b"}
    nodes = {"l": LOOP, "b": probe("write", parent="l"), "u": probe("write"), "z": FAIL}
    assert taken_over(await ended(nodes, "s>l l.compensate>u l>z")) == {"s"}


async def test_rounds_that_got_their_state_from_one_that_failed_run_again() -> None:
    policy = {"on_error": "continue", "default_output": 7}
    config = {"times": 3, "state": {"n": 0}, "update": {"n": "v"}}
    nodes = {
        "l": {"type": "loop", "config": config}, "a": probe("write", parent="l", give="{{ state.n }}"),
        "v": probe("read", parent="l", policy=policy, fail="code"), "z": FAIL,
    }  # fmt: skip
    assert taken_over(await ended(nodes, "s>l l>z")) == {"s", "l[0].a"}
    del config["update"]
    assert taken_over(await ended(nodes, "s>l l>z")) == {"s", "l[0].a", "l[1].a", "l[2].a"}
