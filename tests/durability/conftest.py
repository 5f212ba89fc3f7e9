"""The outside world, and an empty database on PostgreSQL, for each test."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.durability.world import World, outside
from tests.servers.postgres import postgres_database


@pytest.fixture
def world() -> Iterator[World]:
    """The outside."""
    with outside() as opened:
        yield opened


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """An empty database."""
    opened = postgres_database(postgres)
    with asyncio.Runner() as runner:
        yield runner.run(opened.__aenter__())
        runner.run(opened.__aexit__(None, None, None))
