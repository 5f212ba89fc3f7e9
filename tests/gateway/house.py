"""The application as bootstrap wires it, on a real database, asked in process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from weft.bootstrap import Application
from weft.kernel.bus import Bus
from weft.kernel.clock import SystemClock
from weft.main import make_app
from weft.platform.cache import Cache
from weft.platform.database import Database, metadata
from weft.platform.outbox import Outbox
from weft.platform.settings import Settings

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
    """A house on an empty database at `url`, as bootstrap wires it; nobody works on runs in it."""
    given = {"secret_key": SECRET, "password_hash_cost": "low", "rate_limit_anonymous": "100000/minute"}
    configured = Settings(data_dir=data_dir, database_url=url, _env_file=None, **{**given, **settings})
    clock = MovableClock()
    application = Application(configured, clock=clock)
    async with application.database.write() as connection:
        await connection.run_sync(metadata.create_all)
    application.outbox.start()
    app = make_app(application, host)
    app.state.on_setup.clear()
    parts = (app, application.bus, application.database, application.outbox, application.cache)
    house = House(*parts, configured, clock)
    try:
        yield house
    finally:
        for client in house.clients:
            await client.aclose()
        await application.close()
