"""Fixtures of the HTTP edge, and the stage around a whole server."""

from collections.abc import Iterator

import pytest
from tests.gateway.fixtures import any_house
from tests.gateway.house import House
from tests.security.stage import Canary
from tests.server import Server, running
from tests.servers.background import in_background

__all__ = ["any_house"]
OUR_ORIGIN = "https://app.example.com"


@pytest.fixture
def house(any_house: House) -> House:
    """An attack passes on both databases, or it fails."""
    return any_house


@pytest.fixture(scope="session")
def canary() -> Iterator[Canary]:
    """A private host that nothing may reach."""
    with in_background(Canary()) as listening:
        yield listening


@pytest.fixture(scope="session")
def friend() -> Iterator[Canary]:
    """A private host that the operator of `server` opened: the positive control."""
    with in_background(Canary()) as listening:
        yield listening


@pytest.fixture(scope="session")
def neighbour() -> Iterator[Canary]:
    """A second one that was opened: where a redirect of `friend` may lead."""
    with in_background(Canary()) as listening:
        yield listening


@pytest.fixture(scope="session")
def server(
    database_url: str | None, friend: Canary, neighbour: Canary, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A whole Weft on each database in turn; of the private hosts it may reach `friend` and `neighbour`, and one
    other origin may read its answers."""
    environment = {
        "WEFT_ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{friend.port},127.0.0.1:{neighbour.port}",
        "WEFT_MARKER": "SEKRET-environment",
        "WEFT_CORS_ORIGINS": OUR_ORIGIN,
    }
    with running(Server(tmp_path_factory.mktemp("front"), database_url, environment)) as started:
        yield started
