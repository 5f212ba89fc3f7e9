"""A node's policy: what its type declares, under what the node itself says; and when to try again."""

from typing import Any

from pydantic import ValidationError

from weft.engine.errors import NodeError
from weft.engine.graph import Node, Policy
from weft.engine.node import NodeType
from weft.engine.rendering import config_error

_FINAL = frozenset({"cancelled", "stopped"})


def policy_fields(policy: dict[str, Any], node_type: NodeType) -> dict[str, Any]:
    """The raw `policy` of a node, with the retry defaults of its type filled in."""
    retry = policy.get("retry", {})
    if not isinstance(retry, dict) or node_type.container:
        return policy
    return {**policy, "retry": {**node_type.retry.model_dump(exclude_unset=True), **retry}}


def policy_schema(node_type: NodeType) -> dict[str, Any]:
    """The JSON Schema of the policies that a node of this type may have, with the defaults of its type.

    `cache` is not in it, which validation refuses; nor is a container's `retry`.
    """
    schema = Policy.model_json_schema()
    left_out = {"cache", "retry"} if node_type.container else {"cache"}
    for name in left_out:
        del schema["properties"][name]
        del schema["$defs"][name.capitalize()]
    if not node_type.container:
        attempts = schema["$defs"]["Retry"]["properties"]
        for name, value in node_type.retry.model_dump(exclude_unset=True).items():
            attempts[name]["default"] = value
    return schema


def policy_of(node: Node, node_type: NodeType) -> Policy:
    """The policy that holds for `node`. Raises NodeError `validation`, which a valid graph never does."""
    try:
        policy = Policy.model_validate(policy_fields(node.policy, node_type))
    except ValidationError as error:
        raise config_error(error) from None
    if node_type.container and policy.retry.max_attempts > 1:
        raise NodeError("validation", "a container cannot be retried: put the retry on its children")
    return policy


def retry_delay(policy: Policy, attempt: int, retry_after_s: float | None, random: float) -> float:
    """Seconds between the failed `attempt` (from 1) and the next. `random` is in [0, 1).

    What the other side asked for stands in place of the computed wait, cut at `max_delay_s`.
    """
    retry = policy.retry
    if retry_after_s is not None:
        return min(max(retry_after_s, 0.0), retry.max_delay_s)
    wait = min(retry.delay_s * retry.factor ** (attempt - 1), retry.max_delay_s)
    return wait * (1 + retry.jitter * (2 * random - 1))


def should_retry(policy: Policy, attempt: int, error: NodeError) -> bool:
    """Whether the failed `attempt` (from 1) is followed by another."""
    if attempt >= policy.retry.max_attempts or error.type in _FINAL:
        return False
    allowed = policy.retry.on
    if allowed is None:
        return error.may_pass
    return error.type in allowed or error.status in allowed
