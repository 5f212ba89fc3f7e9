"""Fixtures that every folder may use: a PostgreSQL for the session, and whole servers on both databases."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.server import Server, running
from tests.servers.postgres import postgres_database, postgres_server

DATABASES = ("sqlite", "postgresql")
# How long an example takes is the machine's load, and no failure. The same code draws the same examples, so that a
# change is judged by what it changed; the long runs look further each time.
settings.register_profile(
    "weft", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=not os.environ.get("WEFT_SOAK")
)
settings.load_profile("weft")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """One PostgreSQL for the session."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The database of `server`: None for the embedded default, else an empty one on PostgreSQL."""
    if request.param == "sqlite":
        yield None
        return
    opened = postgres_database(request.getfixturevalue("postgres"))
    with asyncio.Runner() as runner:
        url = runner.run(opened.__aenter__())
        yield url
        runner.run(opened.__aexit__(None, None, None))


@pytest.fixture(scope="session")
def server(database_url: str | None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A whole Weft, on each database in turn."""
    with running(Server(tmp_path_factory.mktemp("weft"), database_url)) as started:
        yield started


@pytest.fixture
def owner(server: Server) -> Iterator[httpx.Client]:
    """The owner's client on `server`."""
    with server.owner() as client:
        yield client


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[Server]:
    """A Weft of this test's own, on the embedded default, not started."""
    server = Server(tmp_path / "weft")
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test of a whole server runs on both databases, unless it says otherwise."""
    if "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", DATABASES, indirect=True, scope="session")
