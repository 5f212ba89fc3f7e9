"""The application as bootstrap wires it, with identity and audit behind it, on a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from weft.audit import queries as audit_queries
from weft.audit.subscribers import audit
from weft.gateways.authentication import INVALIDATIONS
from weft.gateways.rest import create_app
from weft.identity import commands, queries
from weft.identity.adapters.passwords import Argon2Passwords
from weft.identity.adapters.sql import SqlAccounts, SqlApiKeys, SqlSessions, SqlVariables
from weft.identity.adapters.tokens import SignedTokens
from weft.identity.ports import Accounts, ApiKeys, Passwords, Sessions, Tokens, Variables
from weft.kernel.actor import Actor
from weft.kernel.bus import Bus
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.unit_of_work import UnitOfWork
from weft.platform.cache import Cache, cache_subscriber
from weft.platform.database import Database, metadata
from weft.platform.limits import LoginLimits
from weft.platform.outbox import Outbox
from weft.platform.settings import Settings
from weft.platform.telemetry import configure_logging
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work

OWNER = {"email": "owner@example.com", "password": "correct horse battery", "name": "Olga Owner"}
SECRET = "one-secret-of-at-least-32-characters"


class MovableClock(SystemClock):
    """The machine's clock, moved by a test."""

    def __init__(self) -> None:
        self.moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self.moved


@dataclass
class House:
    """One installation: its application, database and bus."""

    app: FastAPI
    bus: Bus
    database: Database
    outbox: Outbox
    cache: Cache
    settings: Settings
    clock: MovableClock
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, address: str = "127.0.0.1", **options: Any) -> httpx.AsyncClient:
        """A browser of its own, at `address`."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True, client=(address, 4711))
        client = httpx.AsyncClient(transport=transport, base_url="http://localhost", **options)
        self.clients.append(client)
        return client

    async def owner(self) -> httpx.AsyncClient:
        """The first user's browser, set up or signed in; its cookies and CSRF header are in place."""
        client = self.client()
        answer = await client.post("/api/v1/auth/setup", json=OWNER)
        if answer.status_code == 409:
            answer = await client.post("/api/v1/auth/login", json={k: OWNER[k] for k in ("email", "password")})
        assert answer.status_code in (200, 201), answer.text
        client.headers["X-CSRF-Token"] = client.cookies["weft_csrf"]
        return client

    async def bearer(self, *scopes: str) -> httpx.AsyncClient:
        """A client with an API key of `scopes`."""
        owner = await self.owner()
        made = await owner.post("/api/v1/api-keys", json={"name": "test", "scopes": list(scopes)})
        assert made.status_code == 201, made.text
        client = self.client()
        client.headers["Authorization"] = f"Bearer {made.json()['key']}"
        client.headers["X-Key-Id"] = made.json()["id"]
        return client


@asynccontextmanager
async def open_house(url: str, data_dir: Path, host: str = "127.0.0.1", **settings: Any) -> AsyncIterator[House]:
    """A house on an empty database at `url`."""
    given = {
        "secret_key": SECRET,
        "password_hash_cost": "low",
        "rate_limit_anonymous": "100000/minute",
        "log_level": "warning",
    }
    configured = Settings(data_dir=data_dir, database_url=url, _env_file=None, **{**given, **settings})
    configure_logging(configured)
    database = Database(url)
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    outbox, cache, clock = Outbox(database), Cache(), MovableClock()
    bus = wired(database, outbox, configured, clock)
    outbox.subscribe(audit)
    outbox.subscribe(cache_subscriber(cache, INVALIDATIONS))
    outbox.start()
    app = create_app(bus, configured, host=host, cache=cache)
    house = House(app, bus, database, outbox, cache, configured, clock)
    try:
        yield house
    finally:
        for client in house.clients:
            await client.aclose()
        await outbox.stop()
        await database.close()


def wired(database: Database, outbox: Outbox, settings: Settings, clock: Clock) -> Bus:
    """The bus with identity's and audit's handlers."""
    passwords = Argon2Passwords(settings.password_hash_cost)
    tokens = SignedTokens(settings.secret_keys)
    limits = LoginLimits(settings.login_limit, settings.login_limit_address)
    bus = Bus(
        {
            Actor: lambda scope: scope.actor,
            ReadScope: lambda scope: scope,
            UnitOfWork: lambda work: work,
            Clock: lambda _: clock,
            Settings: lambda _: settings,
            LoginLimits: lambda _: limits,
            Passwords: lambda _: passwords,
            Tokens: lambda _: tokens,
            Accounts: SqlAccounts,
            Sessions: SqlSessions,
            ApiKeys: SqlApiKeys,
            Variables: SqlVariables,
        },
        lambda actor: unit_of_work(database, outbox, actor),
        lambda actor: read_scope(database, actor),
    )
    bus.register(commands, queries, audit_queries)
    return bus
