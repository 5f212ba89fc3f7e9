"""engine.md, Limits of a run: passing one fails the run past every policy, also after a cut."""

from typing import Any

import pytest

from tests.cost import counted
from tests.engine.cases.running import SystemClock, case, ended, error, outputs, probe

POLICY = {"on_error": "continue", "retry": {"max_attempts": 3, "delay_s": 0.1}}


def limits(**given: Any) -> dict[str, Any]:
    return {"limits": given}


@pytest.mark.parametrize("container", [False, True])
async def test_node_runs(container: bool) -> None:
    nodes: dict[str, Any] = {f"n{i}": probe() for i in range(5)}
    edges = "s>n0 n0>n1 n1>n2 n2>n3 n3>n4"
    if container:
        nodes = {
            "l": {"type": "loop", "config": {"times": 9}, "policy": {"on_error": "continue"}},
            "a": probe(parent="l"),
        }
        edges = "s>l"
    one = await ended(nodes, edges, created=limits(max_node_runs=4))
    assert (error(one)["type"], error(one)["details"]) == ("limit_exceeded", {"limit": "max_node_runs"})
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert again.journal.events[-1].type == "execution.failed", at


async def test_what_a_takeover_goes_on_with_is_not_one_more_node_run() -> None:
    loop, delay = {"type": "loop", "config": {"times": 2}}, {"type": "delay", "config": {"seconds": 6}}
    nodes = {"l": loop, "p": {"type": "parallel", "parent": "l"}, "d": {**delay, "parent": "p"}}
    one = await ended(nodes, "s>l", created=limits(max_node_runs=6))
    assert one.journal.events[-1].type == "execution.completed"
    for at in range(2, len(one.journal.events)):
        again = one.cut(at)
        await again.whole()
        assert again.journal.events[-1].type == "execution.completed", at
    assert error(await ended(nodes, "s>l", created=limits(max_node_runs=5)))["type"] == "limit_exceeded"


async def test_time_without_waiting() -> None:
    one = await ended({"a": probe("read", sleep_s=9)}, "s>a", created=limits(max_duration_s=0.05), clock=SystemClock())
    assert error(one)["details"] == {"limit": "max_duration_s"}
    assert one.told("a") == ["node.started", "node.cancelled"]
    again = one.cut(one.events("node.cancelled")[0].sequence)
    await again.whole()
    assert error(again)["details"] == {"limit": "max_duration_s"}
    waited = await ended({"d": {"type": "delay", "config": {"seconds": 999}}}, "s>d", created=limits(max_duration_s=5))
    assert waited.journal.events[-1].type == "execution.completed"


@pytest.mark.parametrize("fail", [None, "network"])
async def test_tokens_are_checked_when_booked_even_if_nothing_follows(fail: str | None) -> None:
    one = await ended({"a": probe(tokens=5, fail=fail, policy=POLICY)}, "s>a", created=limits(max_tokens=4))
    assert error(one)["details"] == {"limit": "max_tokens"}
    assert one.data("execution.failed")["usage"]["prompt_tokens"] == 5
    end = one.events("node.", "a")[-1]
    assert end.data["usage"]["prompt_tokens"] == 5


async def test_usage_is_booked_once_for_each_attempt() -> None:
    one = await ended({"a": probe(tokens=5, fail="network", fails=2, policy=POLICY)}, "s>a")
    assert [e.data["usage"]["prompt_tokens"] for e in one.events("node.", "a") if "usage" in e.data] == [5, 5, 5]
    assert one.data("execution.completed")["usage"]["prompt_tokens"] == 15


async def test_parallel_branches_reserve_and_overshoot_by_one_call_at_most() -> None:
    nodes = {f"n{i}": probe("read", tokens=1, reserve=0.4, sleep_s=0.05) for i in range(8)}
    one = await ended(nodes, " ".join(f"s>{name}" for name in nodes), created=limits(max_cost_usd=1))
    assert error(one)["details"] == {"limit": "max_cost_usd"}
    assert (one.data("execution.failed")["usage"]["cost_usd"] or 0) <= 1.4


async def test_what_calls_may_use_fails_no_run_that_uses_less() -> None:
    nodes = {f"n{i}": probe("read", tokens=1, reserve=0.9, uses=0.1, sleep_s=0.01) for i in range(8)}
    one = await ended(nodes, " ".join(f"s>{name}" for name in nodes), created=limits(max_cost_usd=1))
    assert one.data("execution.completed")["usage"]["cost_usd"] == pytest.approx(0.8)


async def test_a_call_that_is_cancelled_gives_back_what_it_held() -> None:
    nodes = {
        "p": {"type": "parallel", "config": {"wait": "any"}},
        "held": probe("read", tokens=1, reserve=0.9, sleep_s=9, parent="p"),
        "soon": probe("read", sleep_s=0.01, parent="p"),
        "waits": probe("read", tokens=1, reserve=0.9),
    }
    one = await ended(nodes, "s>p s>waits", created=limits(max_cost_usd=1), clock=SystemClock())
    assert one.told("p.held")[-1] == "node.cancelled"
    assert one.data("execution.completed")["usage"]["prompt_tokens"] == 1


async def test_an_unknown_price_is_refused_only_with_a_limit_of_cost() -> None:
    from weft.engine.capabilities import Usage
    from weft.engine.errors import RunFailed
    from weft.engine.limits import Ledger, Limits
    from weft.engine.state import NO_USAGE

    await Ledger(Limits(), NO_USAGE, 0).reserve(Usage(1, 1, None))
    with pytest.raises(RunFailed):
        await Ledger(Limits(max_cost_usd=1), NO_USAGE, 0).reserve(Usage(1, 1, None))


async def test_a_branch_waits_for_what_others_hold_and_then_goes_on() -> None:
    """They may use more together than is left, and in the end use nothing: failed, retried, or cancelled."""
    nodes: dict[str, Any] = {
        "p": {"type": "parallel", "config": {"wait": "any"}},
        "q": probe(parent="p", sleep_s=0.05),
        "r": probe("read", parent="p", reserve=0.9, sleep_s=60),
        "t": probe("read", reserve=0.9, sleep_s=0.01, fail="network", fails=2, policy=POLICY),
        "u": probe("read", reserve=0.9, sleep_s=0.01, fail="validation", policy={"on_error": "continue"}),
        "v": probe("read", reserve=0.9),
    }
    one = await ended(nodes, "s>p s>t s>u s>v", created=limits(max_cost_usd=1), clock=SystemClock())
    assert one.journal.events[-1].type == "execution.completed"
    assert one.told("v")[-1] == "node.completed"


async def test_chains_and_fan_outs_of_10_000_nodes() -> None:
    numbers = range(9_999)
    chain = " ".join(["s>n0", *(f"n{i - 1}>n{i}" for i in numbers[1:])])
    for edges in (chain, " ".join(f"s>n{i}" for i in numbers)):
        one = case({f"n{i}": probe() for i in numbers}, edges)
        with counted() as cost:
            assert (await one.once()).status == "completed"
        assert cost.calls < 300 * len(numbers)


async def test_a_call_that_was_cancelled_or_put_off_keeps_nothing_from_the_others() -> None:
    """Cancelled before it told that it had begun, or suspended: what it held is free again."""
    limited = {"limits": {"max_cost_usd": 1}}
    cancelled = await ended(
        {
            "p": {"type": "parallel", "config": {"wait": "any"}},
            "slow": probe("pure", parent="p", reserve=1, sleep_s=60),
            "fast": probe("pure", parent="p", give=1),
            "z": probe("read", reserve=1, give=2),
        },
        "s>p p>z",
        created=limited,
    )
    assert outputs(cancelled) == {"z": 2}
    put_off = await ended(
        {
            "w": probe("read", reserve=1, wait_s=60, give=1),
            "b": probe("read", sleep_s=0.05),
            "z": probe("read", reserve=1, give=2),
        },
        "s>w s>b b>z",
        created=limited,
    )
    assert outputs(put_off) == {"w": 1, "z": 2}
