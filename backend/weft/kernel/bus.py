"""The in-process command and query bus. It holds no state but the table of handlers.

A handler is a plain async function whose first parameter is annotated with its command or query; the
others are its dependencies, matched by type when it is registered, so that a missing one stops the start.
"""

import inspect
import typing
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Protocol, TypeVar, cast

from weft.kernel.actor import Actor
from weft.kernel.messages import Command, Query

R = TypeVar("R")


class Scope(Protocol):
    """What one message is handled in: the actor, and for a command its unit of work."""

    actor: Actor


Provider = Callable[[Any], object]
Handler = Callable[..., Awaitable[Any]]
ScopeFactory = Callable[[Actor], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True, slots=True)
class _Entry:
    handler: Handler
    dependencies: tuple[tuple[str, Provider], ...]
    scope: ScopeFactory


class Bus:
    """Finds the handler of a message, opens its scope, hands it what it asks for."""

    def __init__(
        self,
        providers: Mapping[Any, Provider],
        command_scope: ScopeFactory,
        query_scope: ScopeFactory,
    ) -> None:
        self._providers = {**providers, Bus: lambda _scope: self}
        self._command_scope = command_scope
        self._query_scope = query_scope
        self._entries: dict[type, _Entry] = {}

    def register(self, *modules: ModuleType) -> None:
        """Register every handler in `modules`: each public async function whose first parameter is a message."""
        for module in modules:
            for name, function in vars(module).items():
                if name.startswith("_") or not inspect.iscoroutinefunction(function):
                    continue
                if function.__module__.startswith(module.__name__):
                    self._register(function)

    def _register(self, function: Handler) -> None:
        hints = typing.get_type_hints(function)
        names = list(inspect.signature(function).parameters)
        message = hints.get(names[0]) if names else None
        if not (isinstance(message, type) and issubclass(message, Command | Query)):
            return
        dependencies = []
        for name in names[1:]:
            provider = self._providers.get(hints[name])
            if provider is None:
                raise TypeError(f"{function.__module__}.{function.__qualname__}: nothing provides {hints[name]!r}")
            dependencies.append((name, provider))
        if message in self._entries:
            raise TypeError(f"{message.__name__} has two handlers")
        scope = self._command_scope if issubclass(message, Command) else self._query_scope
        self._entries[message] = _Entry(function, tuple(dependencies), scope)

    async def execute(self, command: Command[R], actor: Actor) -> R:
        """Handle `command` in a fresh unit of work, committed when the handler returns."""
        return cast(R, await self._handle(command, actor))

    async def ask(self, query: Query[R], actor: Actor) -> R:
        """Answer `query` from the read side."""
        return cast(R, await self._handle(query, actor))

    async def _handle(self, message: object, actor: Actor) -> object:
        entry = self._entries[type(message)]
        async with entry.scope(actor) as scope:
            arguments = {name: provide(scope) for name, provide in entry.dependencies}
            return await entry.handler(message, **arguments)
