"""Argon2 in threads of its own, so that hashing never holds the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

T = TypeVar("T")


class Argon2Passwords:
    """`cost` low is for tests only: one pass over 64 KiB."""

    def __init__(self, cost: Literal["normal", "low"]) -> None:
        low = cost == "low"
        hasher = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1) if low else Argon2Hasher()
        self._hashes = PasswordHash((hasher,))
        self._threads = ThreadPoolExecutor(2, "passwords")
        self._nobody: str | None = None

    async def hash(self, password: str) -> str:
        return await self._in_thread(self._hashes.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        if self._nobody is None:
            self._nobody = await self.hash("nobody has this password")
        fits = await self._in_thread(self._verify, password, password_hash or self._nobody)
        return fits and password_hash is not None

    def _verify(self, password: str, password_hash: str) -> bool:
        try:
            return self._hashes.verify(password, password_hash)
        except UnknownHashError:
            return False

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
