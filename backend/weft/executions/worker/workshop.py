"""What a worker works with, and a run in progress."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from weft.engine.capabilities import Capabilities
from weft.engine.catalog import Catalog
from weft.engine.run import Run
from weft.executions.adapters.journal import SqlJournal
from weft.executions.adapters.leases import Leases
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock
from weft.platform.database import Database


@dataclass(slots=True)
class Job:
    """A run in progress here."""

    execution_id: UUID
    workspace_id: UUID
    task: "asyncio.Task[None] | None" = None
    run: Run | None = None
    signals: set[UUID] = field(default_factory=set)
    """Those that were handed to the run."""
    is_rung: bool = False
    """A signal was committed that may not have been delivered."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a worker works with."""

    database: Database
    journal: SqlJournal
    leases: Leases
    bus: Bus
    catalog: Catalog
    capabilities: Capabilities
    clock: Clock
    environment: Mapping[str, str]
    variables: Callable[[UUID], Any]
    """Awaitable of a workspace's variables."""
