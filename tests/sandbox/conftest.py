"""Pools of real children, closed at the end of each test."""

from collections.abc import AsyncIterator

import pytest
from tests.sandbox.asking import Asking

from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.python import PythonPool


@pytest.fixture
async def pool() -> AsyncIterator[JavaScriptPool]:
    found = JavaScriptPool(2)
    yield found
    await found.close()


@pytest.fixture
async def js(pool: JavaScriptPool) -> Asking:
    return Asking(pool)


@pytest.fixture
async def python() -> AsyncIterator[PythonPool]:
    found = PythonPool(2)
    yield found
    await found.close()
