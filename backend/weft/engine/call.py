"""One call of a node's function: in the time that its policy leaves, its failures as errors, its output as JSON."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from weft.engine.context import NodeContext, Suspended
from weft.engine.errors import NodeError, NodeFailure, RunFailed
from weft.engine.journal import JournalLost
from weft.engine.large import LARGE_BYTES, is_plain
from weft.engine.node import Result
from weft.engine.values import JSON, check_depth, decode, encode, plain_value

MAX_OUTPUT_BYTES: Final = 100 * 1024 * 1024


async def call_in_time(
    context: NodeContext, function: Callable[..., Awaitable[JSON | Result]], *arguments: Any
) -> JSON | Result:
    """Call `function` in what is left of the policy's time. Whatever a node raises comes out as NodeError; besides
    there are NodeFailure, RunFailed, JournalLost and Suspended."""
    seconds = context.plan.policy.timeout_s
    try:
        if seconds is None:
            return await function(*arguments)
        async with asyncio.timeout(max(0.0, seconds - context.spent_s)) as context.limit:
            return await function(*arguments)
    except Suspended:
        if seconds is not None and context.deadline is not None:
            context.spent_s = seconds - context.deadline
        raise
    except TimeoutError:
        if context.timed_out is not None:
            raise context.timed_out from None
        raise NodeError("timeout", "Something that the node waited for took too long.") from None
    except (NodeError, NodeFailure, RunFailed, JournalLost):
        raise
    except Exception as error:
        # The edge between the engine and a node's code: whatever a node raises is this node's failure.
        context.log("node raised", error=repr(error))
        raise NodeError("internal", "The node failed in an unexpected way.") from error


async def plain_output(context: NodeContext, output: JSON) -> tuple[JSON, bytes]:
    """What the node gave, as plain JSON without secrets, and its text. Raises NodeError.

    A large one is written in one turn, and again in another where it may be too deep: about a millisecond a MiB."""
    try:
        text = encode(output)
        if len(text) > MAX_OUTPUT_BYTES:
            raise NodeError("output_too_large", "The output is over 100 MiB.")
        if len(text) > LARGE_BYTES:
            await asyncio.sleep(0)
        check_depth(output, text)
        if len(text) <= LARGE_BYTES or not await is_plain(output):
            output = plain_value(output, decode(text))
    except TypeError as error:
        raise NodeError("validation", f"The output is not JSON: {error}.") from None
    masks = context.run.masks
    if masks:
        output = masks.value(output)
        text = encode(output)
    return output, text
