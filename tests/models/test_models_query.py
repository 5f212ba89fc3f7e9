"""Which models a workspace is shown."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
from fastapi import FastAPI, Request, Response

from weft.credentials import commands, queries
from weft.credentials.adapters.probe import HttpProbe
from weft.credentials.adapters.sql import SqlCredentials
from weft.credentials.adapters.vault import SqlVault
from weft.credentials.commands import CreateCredential
from weft.credentials.ports import Credentials, Probe, Vault
from weft.kernel.actor import PERMISSIONS, Actor, Role
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.ids import WorkspaceId, new_id
from weft.models import queries as models_queries
from weft.models.adapters.litellm import LiteLLMModels
from weft.models.ports import ModelList
from weft.models.queries import ListModels
from weft.models.routes import routes
from weft.platform.database import Database, metadata
from weft.platform.http import Guard, GuardedHttp
from weft.platform.outbox import Outbox
from weft.platform.sealing import Sealer
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work


async def test_models_follow_the_workspaces_credentials(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/weft.db")
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    outbox, sealer, models = Outbox(database), Sealer(["k" * 32], "credentials"), LiteLLMModels(Guard())
    vault = SqlVault(database, sealer)
    bus = Bus(
        {
            Actor: lambda scope: scope.actor,
            ReadScope: lambda scope: scope,
            Credentials: lambda work: SqlCredentials(work, sealer),
            Vault: lambda _: vault,
            Probe: lambda _: HttpProbe(GuardedHttp(Guard())),
            Clock: lambda _: SystemClock(),
            ModelList: lambda _: models,
        },
        lambda who: unit_of_work(database, outbox, who),
        lambda who: read_scope(database, who),
    )
    bus.register(commands, queries, models_queries)
    who = Actor(WorkspaceId(new_id()), PERMISSIONS[Role.OWNER])
    assert await bus.ask(ListModels(), who) == []
    await bus.execute(CreateCredential("x", "anthropic", {"api_key": "SEKRET"}), who)
    app = FastAPI()
    app.state.bus = bus
    app.include_router(routes)

    @app.middleware("http")
    async def known(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
        request.state.actor = who
        return await proceed(request)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://weft") as client:
        page = (await client.get("/models?q=SONNET")).json()
    assert page["next_cursor"] is None
    assert set(page["items"][0]) == {
        "id", "provider", "input_cost_per_token", "output_cost_per_token", "max_input_tokens", "max_output_tokens",
    }  # fmt: skip
    assert all(item["id"].startswith("anthropic/claude-") and "sonnet" in item["id"] for item in page["items"])
    await database.close()
