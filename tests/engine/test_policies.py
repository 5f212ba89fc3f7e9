"""Which policy holds for a node, and when a failed attempt is followed by another."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.drawing import PURE
from weft.engine.errors import NodeError
from weft.engine.graph import Node, Policy, Retry
from weft.engine.node import NodeConfig, NodeRun, NodeType, node
from weft.engine.policies import policy_of, retry_delay, should_retry


@node("call", title="Call", category="ai", effect="read", output=Any, retry=Retry(max_attempts=3, delay_s=2))
async def call(config: NodeConfig, run: NodeRun) -> Any:
    """Does nothing."""
    return None


CALL: NodeType = call.node_type  # type: ignore[attr-defined]


def policy(**fields: Any) -> Policy:
    return policy_of(Node(id="a", type="call", policy=fields), CALL)


def test_the_type_s_retry_stands_under_the_node_s_own() -> None:
    assert policy().retry == Retry(max_attempts=3, delay_s=2)
    assert policy(retry={"max_attempts": 1}).retry == Retry(max_attempts=1, delay_s=2)
    assert policy(timeout_s=5, retry={"factor": 3}).retry == Retry(max_attempts=3, delay_s=2, factor=3)


@pytest.mark.parametrize("fields", [{"timeout": 5}, {"retry": {"max_attempts": 0}}, {"retry": 3}, {"on_error": "stop"}])
def test_a_wrong_policy_is_a_validation_error(fields: dict[str, Any]) -> None:
    with pytest.raises(NodeError) as refused:
        policy(**fields)
    assert refused.value.type == "validation"


def test_a_container_is_not_retried() -> None:
    loop = PURE.get("loop")
    assert loop is not None
    assert policy_of(Node(id="l", type="loop"), loop).retry.max_attempts == 1
    with pytest.raises(NodeError):
        policy_of(Node(id="l", type="loop", policy={"retry": {"max_attempts": 2}}), loop)


@pytest.mark.parametrize(("attempt", "delay"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (80, 30)])
def test_the_wait_grows_to_its_limit(attempt: int, delay: float) -> None:
    plain = Policy(retry=Retry(max_attempts=100))
    assert retry_delay(plain, attempt, None, 0.5) == delay
    assert retry_delay(plain, attempt, None, 0.0) == pytest.approx(delay * 0.8)
    assert retry_delay(plain, attempt, None, 1.0) == pytest.approx(delay * 1.2)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 100), st.floats(0, 1))
def test_the_wait_strays_by_no_more_than_its_jitter(random: float, attempt: int, jitter: float) -> None:
    retry = Retry(max_attempts=100, jitter=jitter)
    plain = min(2.0 ** (attempt - 1), 30)
    assert abs(retry_delay(Policy(retry=retry), attempt, None, random) - plain) <= plain * jitter + 1e-9


def test_what_the_other_side_asks_for_stands_in_its_place() -> None:
    plain = Policy(retry=Retry(max_attempts=3))
    assert retry_delay(plain, 1, 7.5, 0.9) == 7.5
    assert retry_delay(plain, 1, 3600, 0.9) == 30
    assert retry_delay(plain, 1, -5, 0.9) == 0


def failed(type: str, status: int | None = None) -> NodeError:
    return NodeError(type, "failed", details={} if status is None else {"status": status})


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (failed("timeout"), True),
        (failed("network"), True),
        (failed("circuit_open"), True),
        (failed("rate_limited"), True),
        (failed("http_status", 408), True),
        (failed("http_status", 425), True),
        (failed("http_status", 429), True),
        (failed("http_status", 500), True),
        (failed("http_status", 599), True),
        (failed("provider", 503), True),
        (failed("http_status", 404), False),
        (failed("validation"), False),
        (failed("expression"), False),
        (failed("cancelled"), False),
    ],
)
def test_what_may_pass_is_tried_again(error: NodeError, again: bool) -> None:
    assert should_retry(policy(), 1, error) is again
    assert should_retry(policy(), 2, error) is again
    assert not should_retry(policy(), 3, error)


def test_a_list_stands_in_place_of_what_may_pass() -> None:
    chosen = policy(retry={"on": ["validation", 404]})
    assert should_retry(chosen, 1, failed("validation"))
    assert should_retry(chosen, 1, failed("http_status", 404))
    assert not should_retry(chosen, 1, failed("timeout"))
    assert not should_retry(chosen, 1, failed("http_status", 500))
    assert not should_retry(policy(retry={"on": []}), 1, failed("timeout"))


def test_a_validation_error_always_lists_its_faults() -> None:
    assert NodeError("validation", "odd").details == {"errors": [{"path": "", "message": "odd"}]}
    known = {"errors": [{"path": "/a", "message": "b"}]}
    assert NodeError("validation", "odd", details=known).details == known
