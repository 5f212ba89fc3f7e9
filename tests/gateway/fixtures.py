"""The house on SQLite, and on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.gateway.house import House, open_house
from tests.servers.postgres import postgres_database


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """On the embedded default."""
    async with open_house(f"sqlite+aiosqlite:///{tmp_path}/weft.db", tmp_path) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def any_house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """On each of the two databases."""
    if request.param == "sqlite":
        async with open_house(f"sqlite+aiosqlite:///{tmp_path}/weft.db", tmp_path) as opened:
            yield opened
    else:
        server = request.getfixturevalue("postgres")
        async with postgres_database(server) as url, open_house(url, tmp_path) as opened:
            yield opened
