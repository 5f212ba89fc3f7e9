"""delay: goes on later."""

import asyncio
import re
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import Field, field_validator
from typing_extensions import TypedDict

from weft.engine.node import NodeRun, OneOf, node
from weft.kernel.clock import timestamp

SLEPT_S: Final = 5
"""What is longer suspends the run."""
LONGEST_S: Final = 10 * 366 * 86_400
_RFC_3339: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_LAST_YEAR: Final = 9998
"""The next is the calendar's last, whose end a zone or a rounding passes."""


def _moment(text: str) -> datetime:
    """The time that RFC 3339 `text` names. Raises ValueError."""
    text = text.upper()
    if not _RFC_3339.fullmatch(text):
        raise ValueError
    moment = datetime.fromisoformat(text)
    if moment.year > _LAST_YEAR:
        raise ValueError
    return moment


class Delay(OneOf):
    """Either `seconds` (at most ten years) or `until`, a time as RFC 3339 writes it, with its zone."""

    one_of = (("seconds",), ("until",))

    seconds: float | None = Field(
        default=None,
        ge=0,
        le=LONGEST_S,
        description="How long to wait, in seconds, ten years at most.",
        examples=[60],
    )
    until: str | None = Field(
        default=None,
        description="The time to wait for, as RFC 3339 writes it, with its zone. One that has passed does not wait.",
        examples=["2030-01-31T09:00:00Z"],
    )

    @field_validator("until")
    @classmethod
    def _time_with_zone(cls, until: str | None) -> str | None:
        if until is not None:
            try:
                _moment(until)
            except ValueError:
                raise ValueError("should be a time with its zone, as 2030-01-31T09:00:00Z") from None
        return until


class DelayOutput(TypedDict):
    """When the run went on."""

    resumed_at: Annotated[str, Field(description="When the run went on, as RFC 3339 in UTC.")]


@node("delay", title="Delay", category="control", icon="clock", effect="read", output=DelayOutput)
async def delay(config: Delay, run: NodeRun) -> DelayOutput:
    """Waits some seconds, or until a time. A run that waits longer than 5 seconds is put away meanwhile."""
    if run.woken is not None:
        return {"resumed_at": timestamp(run.woken.at or run.started_at)}
    until = (
        _moment(config.until) if config.until is not None else run.started_at + timedelta(seconds=config.seconds or 0)
    )
    wait = (until - run.started_at).total_seconds()
    if wait > SLEPT_S:
        run.suspend(until=until)
    if wait > 0:
        await asyncio.sleep(wait)
    return {"resumed_at": timestamp(max(until, run.started_at))}
