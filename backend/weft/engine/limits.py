"""The limits of a run: time, node runs, tokens, money. Passing one fails the run, past every policy.

What a call may use at most is reserved before it is made, so that parallel branches cannot pass a limit together
by more than one call; what it really used is booked after it, also when it failed. A call that may use more than the
others leave waits for them: mostly they use far less than they may.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from weft.engine.capabilities import Usage
from weft.engine.errors import NodeError, RunFailed, error_value
from weft.engine.state import add_usage


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. Time is that in which the run neither waits nor is paused."""

    max_duration_s: float = 86_400
    max_node_runs: int = 100_000
    max_tokens: int | None = None
    max_cost_usd: float | None = None

    @classmethod
    def from_json(cls, given: dict[str, Any] | None) -> "Limits":
        """From the `limits` of settings, a request or an event; what is missing or null has its default."""
        known = {key: value for key, value in (given or {}).items() if value is not None}
        return cls(**known)

    def within(self, caps: "Limits") -> "Limits":
        """These limits, none above that of `caps`."""
        ours, most = self.as_json(), caps.as_json()
        cut = {key: min((v for v in (ours[key], most[key]) if v is not None), default=None) for key in ours}
        return Limits.from_json(cut)

    def as_json(self) -> dict[str, Any]:
        """As execution.created carries them."""
        return {
            "max_duration_s": self.max_duration_s,
            "max_node_runs": self.max_node_runs,
            "max_tokens": self.max_tokens,
            "max_cost_usd": self.max_cost_usd,
        }


def limit_exceeded(message: str, limit: str) -> RunFailed:
    """The run's own failure."""
    return RunFailed(error_value(NodeError("limit_exceeded", message, details={"limit": limit})))


class Ledger:
    """What a run has used and reserved, held against its limits."""

    def __init__(self, limits: Limits, usage: dict[str, Any], node_runs: int) -> None:
        self.limits = limits
        self.usage = dict(usage)
        self.node_runs = node_runs
        self._reserved: list[Usage] = []
        self._waiting: list[asyncio.Future[None]] = []

    def count_node(self) -> None:
        """One more node runs. Raises RunFailed."""
        self.node_runs += 1
        if self.node_runs > self.limits.max_node_runs:
            raise limit_exceeded(f"The run started more than {self.limits.max_node_runs} nodes.", "max_node_runs")

    async def reserve(self, usage: Usage) -> None:
        """Hold what a call may use, as soon as what the others hold leaves room for it. The only call there is takes
        what is left. Raises RunFailed where nothing is left, or the price is not known."""
        while not self._has_room(usage):
            freed = asyncio.get_running_loop().create_future()
            self._waiting.append(freed)
            await freed
        self._reserved.append(usage)

    def _has_room(self, usage: Usage) -> bool:
        limits, held = self.limits, self._reserved
        room = True
        if limits.max_tokens is not None:
            left = limits.max_tokens - self._tokens
            if left <= 0:
                raise limit_exceeded(f"The run may use {limits.max_tokens} tokens.", "max_tokens")
            room = sum(map(_tokens, [*held, usage])) <= left
        if limits.max_cost_usd is not None:
            if usage.cost_usd is None:
                message = "The price of this model is not known, and the run has a limit of cost."
                raise limit_exceeded(message, "max_cost_usd")
            left_usd = limits.max_cost_usd - (self.usage.get("cost_usd") or 0.0)
            if left_usd <= 0:
                raise limit_exceeded(f"The run may cost {limits.max_cost_usd} USD.", "max_cost_usd")
            room = room and sum(each.cost_usd or 0.0 for each in [*held, usage]) <= left_usd
        return room or not held

    def release(self, usage: Usage) -> None:
        """Give back what `reserve` held."""
        self._reserved.remove(usage)
        waiting, self._waiting = self._waiting, []
        for freed in waiting:
            if not freed.done():
                freed.set_result(None)

    def book(self, usage: Usage) -> None:
        """Add what a call used."""
        self.usage = add_usage(self.usage, usage.as_json())

    def passed(self) -> RunFailed | None:
        """The run's failure, where what was booked passed a limit."""
        limits = self.limits
        if limits.max_tokens is not None and self._tokens > limits.max_tokens:
            return limit_exceeded(f"The run used more than {limits.max_tokens} tokens.", "max_tokens")
        if limits.max_cost_usd is not None and (self.usage.get("cost_usd") or 0.0) > limits.max_cost_usd:
            return limit_exceeded(f"The run cost more than {limits.max_cost_usd} USD.", "max_cost_usd")
        return None

    def check(self) -> None:
        """Raise RunFailed where what was booked passed a limit."""
        passed = self.passed()
        if passed is not None:
            raise passed

    @property
    def _tokens(self) -> int:
        return int(self.usage["prompt_tokens"] + self.usage["completion_tokens"])


def _tokens(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens
