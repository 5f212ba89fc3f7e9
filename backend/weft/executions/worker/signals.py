"""What was committed for a run from outside, handed to it here: each row once, in order."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import structlog

from weft.executions.adapters.signals import signals_for, signals_of
from weft.executions.worker.workshop import Job
from weft.platform.database import Database

log = structlog.get_logger()


async def deliver(database: Database, job: Job) -> None:
    """Hand the rows of one run's signals to it."""
    if job.run is None:
        return
    job.is_rung = False
    try:
        rows = await signals_of(database, job.execution_id)
    except Exception as error:
        # The edge of the database: the next renewal asks again.
        job.is_rung = True
        log.warning("signals were not read", error=repr(error))
        return
    for row in rows:
        _hand_over(job, row)


async def deliver_all(database: Database, owner: str, jobs: Mapping[UUID, Job]) -> None:
    """What other processes committed, and what could not be read when the bell rang."""
    if database.is_sqlite:
        for job in [job for job in jobs.values() if job.is_rung]:
            await deliver(database, job)
        return
    for row in await signals_for(database, owner) if jobs else ():
        job_of_row = jobs.get(row.execution_id)
        if job_of_row is not None:
            _hand_over(job_of_row, row)


def _hand_over(job: Job, row: Any) -> None:
    if job.run is not None and row.id not in job.signals and row.kind == "cancel":
        job.signals.add(row.id)
        job.run.cancel(row.actor, signal=str(row.id))
