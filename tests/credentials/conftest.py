"""A bus over a real SQLite database with the handlers of this context, as bootstrap wires them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from weft.credentials import commands, queries
from weft.credentials.adapters.probe import HttpProbe
from weft.credentials.adapters.sealed import LABEL
from weft.credentials.adapters.sql import SqlCredentials
from weft.credentials.adapters.vault import SqlVault
from weft.credentials.ports import Credentials, Probe, Vault
from weft.kernel.actor import PERMISSIONS, Actor, Role
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.ids import WorkspaceId, new_id
from weft.platform.database import Database, metadata
from weft.platform.http import Guard, GuardedHttp, PrivateHosts
from weft.platform.outbox import Outbox
from weft.platform.sealing import Sealer
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work

SECRETS = ("first-secret-of-at-least-32-characters",)


@dataclass
class House:
    bus: Bus
    database: Database
    vault: SqlVault


def actor(role: Role = Role.OWNER, workspace: WorkspaceId | None = None) -> Actor:
    return Actor(workspace or WorkspaceId(new_id()), PERMISSIONS[role], role=role)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/weft.db")
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    outbox, sealer = Outbox(database), Sealer(SECRETS, LABEL)
    vault = SqlVault(database, sealer)
    http = GuardedHttp(Guard(private_hosts=PrivateHosts.parse(["127.0.0.1"])))
    bus = Bus(
        {
            Actor: lambda scope: scope.actor,
            ReadScope: lambda scope: scope,
            Credentials: lambda work: SqlCredentials(work, sealer),
            Vault: lambda _: vault,
            Probe: lambda _: HttpProbe(http),
            Clock: lambda _: SystemClock(),
        },
        lambda who: unit_of_work(database, outbox, who),
        lambda who: read_scope(database, who),
    )
    bus.register(commands, queries)
    yield House(bus, database, vault)
    await http.aclose()
    await database.close()
