"""Passes over large values, so that the event loop goes on: in pieces, or in a thread where C lets go of the lock."""

import asyncio
import hashlib
from typing import Final

from weft.engine.values import JSON, plain_walk

LARGE_BYTES: Final = 256 * 1024
"""A pass over more takes longer than a turn of the loop should."""
IN_A_TURN: Final = 1000


async def is_plain(value: JSON) -> bool:
    """Whether writing `value` as JSON and reading it again would give the same; others have many turns meanwhile."""
    walk = plain_walk(value)
    while True:
        try:
            next(walk)
        except StopIteration as stop:
            return bool(stop.value)
        await asyncio.sleep(0)


async def let_others(done: int) -> None:
    """Give others a turn after each thousand of what is done one by one."""
    if done % IN_A_TURN == 0:
        await asyncio.sleep(0)


async def sha256(text: bytes) -> str:
    """The SHA-256 of `text`, in hex."""
    if len(text) <= LARGE_BYTES:
        return hashlib.sha256(text).hexdigest()
    return (await asyncio.to_thread(hashlib.sha256, text)).hexdigest()
