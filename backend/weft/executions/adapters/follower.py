"""Streams of an execution's events: stored ones, then live ones, without a gap and without a double.

Watch first, then read what is stored, then drop live events already sent. A gap in the live numbers, or a frame
that was dropped, sends the reader back to what is stored.
"""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final
from uuid import UUID

from sqlalchemy import select

from weft.engine.events import TERMINAL
from weft.executions.adapters.frames import frame_of
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.domain import ENDED
from weft.executions.ports import Frame
from weft.executions.tables import execution_events, executions
from weft.kernel.ids import WorkspaceId
from weft.platform.database import Database

PAGE: Final = 500


class SqlFollower:
    """See `Follower`."""

    def __init__(self, database: Database, live: ProcessLiveFeed) -> None:
        self._database = database
        self._live = live

    async def follow(
        self, execution_id: UUID, workspace_id: WorkspaceId, after: int, *, top_level: bool
    ) -> AsyncGenerator[bytes, None]:
        with self._live.subscribe(execution_id) as watched:
            position = after
            while True:
                # Finished, whoever goes away meanwhile: a connection whose statement is cancelled is lost to the pool.
                frames, end = await asyncio.shield(self._stored(execution_id, workspace_id, position))
                if frames:
                    position = frames[-1].sequence
                    if text := _joined(frames, top_level=top_level):
                        yield text
                if end is not None and position >= end:
                    return
                if len(frames) == PAGE:
                    continue
                gapless = True
                while gapless and (first := await watched.next(self._live.poll_s)) is not None:
                    frames, gapless = _following([first, *watched.at_hand()], position)
                    position = max((frame.sequence for frame in frames), default=0) or position
                    if text := _joined(frames, top_level=top_level):
                        yield text
                    if frames and frames[-1].type in TERMINAL:
                        return

    async def _stored(
        self, execution_id: UUID, workspace_id: WorkspaceId, after: int
    ) -> tuple[list[Frame], int | None]:
        """A page of stored frames after `after`, and the last sequence of an ended run."""
        table, runs = execution_events.c, executions.c
        async with self._database.read() as connection:
            mine = (runs.id == execution_id) & (runs.workspace_id == workspace_id)
            run = (await connection.execute(select(runs.status, runs.last_sequence).where(mine))).first()
            if run is None:
                return [], after
            statement = (
                select(execution_events)
                .where(table.execution_id == execution_id, table.sequence > after)
                .order_by(table.sequence)
                .limit(PAGE)
            )
            rows = (await connection.execute(statement)).all()
        name = str(execution_id)
        frames = [frame_of(name, row, row.data) for row in rows]
        return frames, run.last_sequence if run.status in ENDED else None


def _following(frames: list[Frame], position: int) -> tuple[list[Frame], bool]:
    """Those of `frames` that follow `position`, up to a gap or the end; and whether there was no gap."""
    found: list[Frame] = []
    for frame in frames:
        if frame.sequence and frame.sequence <= position:
            continue
        if frame.sequence > position + 1:
            return found, False
        position = frame.sequence or position
        found.append(frame)
        if frame.type in TERMINAL:
            break
    return found, True


def _joined(frames: list[Frame], *, top_level: bool) -> bytes:
    """The wanted frames as one chunk: one write for all that one commit brought."""
    return b"".join([frame.text for frame in frames if not top_level or _is_outermost(frame.path)])


def _is_outermost(path: str | None) -> bool:
    return path is None or not ("." in path or "[" in path)
