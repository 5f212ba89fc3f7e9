"""The composition root: the only place that knows every adapter."""

import asyncio
import os
import socket
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

import weft.nodes
from weft.audit import queries as audit_queries
from weft.audit import tables as audit_tables
from weft.audit.subscribers import audit
from weft.credentials import commands as credential_commands
from weft.credentials import queries as credential_queries
from weft.credentials import tables as credential_tables
from weft.credentials.adapters.probe import HttpProbe
from weft.credentials.adapters.sql import SqlCredentials
from weft.credentials.adapters.vault import SqlVault
from weft.credentials.ports import Credentials, Probe, Vault
from weft.engine.capabilities import Capabilities, JavaScript
from weft.engine.catalog import Catalog, load_catalog
from weft.executions import commands as execution_commands
from weft.executions import queries as execution_queries
from weft.executions import tables as execution_tables
from weft.executions.adapters.follower import SqlFollower
from weft.executions.adapters.journal import SqlJournal
from weft.executions.adapters.leases import Leases
from weft.executions.adapters.live import ProcessLiveFeed
from weft.executions.adapters.sql import SqlAcceptance, SqlExecutions
from weft.executions.ports import Acceptance, Executions, RunCaps, Signals
from weft.executions.worker import Worker, Workshop
from weft.gateways.authentication import INVALIDATIONS
from weft.gateways.operating import Part
from weft.identity import commands as identity_commands
from weft.identity import queries as identity_queries
from weft.identity import tables as identity_tables
from weft.identity.adapters.passwords import Argon2Passwords
from weft.identity.adapters.sql import SqlAccounts, SqlApiKeys, SqlSessions, SqlVariables
from weft.identity.adapters.tokens import SignedTokens
from weft.identity.ports import Accounts, ApiKeys, Passwords, Sessions, Tokens, Variables
from weft.identity.queries import WorkspaceVariables
from weft.kernel.actor import Actor, system_actor
from weft.kernel.bus import Bus, Provider
from weft.kernel.clock import Clock, SystemClock
from weft.kernel.ids import WorkspaceId, new_id
from weft.kernel.unit_of_work import UnitOfWork
from weft.models import queries as model_queries
from weft.models.adapters.litellm import LiteLLMModels
from weft.models.ports import ModelList
from weft.platform.cache import Cache, forget_at_events
from weft.platform.data_lock import DataLock
from weft.platform.database import Database
from weft.platform.http import Guard, GuardedHttp, PrivateHosts
from weft.platform.limits import LoginLimits
from weft.platform.migrations import migrate
from weft.platform.outbox import Outbox
from weft.platform.sandbox.javascript import JavaScriptPool
from weft.platform.sandbox.parser import ParserPool
from weft.platform.sandbox.python import PythonPool
from weft.platform.sealing import Sealer
from weft.platform.settings import Settings
from weft.platform.unit_of_work import ReadScope, read_scope, unit_of_work
from weft.platform.unused_settings import without_effect
from weft.workflows import commands as workflow_commands
from weft.workflows import queries as workflow_queries
from weft.workflows import tables as workflow_tables
from weft.workflows.adapters.references import SqlReferences
from weft.workflows.adapters.sharing import LABEL as SHARES
from weft.workflows.adapters.sharing import SealedShareTokens
from weft.workflows.adapters.sql import SqlWorkflows
from weft.workflows.commands import ImportStarters
from weft.workflows.ports import References, ShareTokens, Workflows

log = structlog.get_logger()
TABLES = (audit_tables, credential_tables, execution_tables, identity_tables, workflow_tables)
"""Importing them fills `platform.database.metadata`."""

HANDLERS = (
    audit_queries, credential_commands, credential_queries, execution_commands, execution_queries,
    identity_commands, identity_queries, model_queries, workflow_commands, workflow_queries,
)  # fmt: skip


class Application:
    """Every part of a process, made once, opened and closed in order."""

    def __init__(self, settings: Settings, *, guard: Guard | None = None, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.database = Database(settings.database)
        self.outbox = Outbox(self.database)
        self.cache = Cache()
        self.lock = DataLock(settings.data_dir) if settings.is_sqlite else None
        private = PrivateHosts.parse(settings.allow_private_hosts)
        self.guard = guard or Guard(private_hosts=private)
        self.http = GuardedHttp(self.guard)
        self.javascript = JavaScriptPool(settings.sandbox_processes)
        self.python = PythonPool(settings.sandbox_processes)
        self.parser = ParserPool(settings.sandbox_processes)
        self.live = ProcessLiveFeed(alone=settings.is_sqlite)
        self.journal = SqlJournal(self.database, self.live)
        self.follower = SqlFollower(self.database, self.live)
        self.leases = Leases(self.database, f"{socket.gethostname()}:{os.getpid()}:{str(new_id())[-8:]}")
        self.logins = LoginLimits(settings.login_limit, settings.login_limit_address)
        self.bus = self._make_bus()
        self.worker = Worker(self._workshop())
        self._late["acceptance"] = SqlAcceptance(self.database, self.journal, self.worker)
        self.outbox.subscribe(audit)
        forget_at_events(self.cache, self.outbox, FORGET)

    @cached_property
    def catalog(self) -> Catalog:
        """The node library."""
        return load_catalog(weft.nodes)

    @cached_property
    def sealer(self) -> Sealer:
        """Seals credentials."""
        return Sealer(self.settings.secret_keys, "credentials")

    @cached_property
    def vault(self) -> SqlVault:
        """Opens credentials for nodes."""
        return SqlVault(self.database, self.sealer)

    @cached_property
    def models(self) -> LiteLLMModels:
        """Chat models; the library behind it is loaded at its first use."""
        return LiteLLMModels(self.guard)

    @cached_property
    def capabilities(self) -> Capabilities:
        """What nodes may touch."""
        return Capabilities(self.javascript, self.python, self.http, self.models, self.vault, self.parser)

    def _workshop(self) -> Workshop:
        allowed = {name: os.environ[name] for name in self.settings.expression_env if name in os.environ}
        return Workshop(
            self.database, self.journal, self.leases, self.bus, self.catalog, self.capabilities, self.clock, allowed,
            self._variables,
        )  # fmt: skip

    async def _variables(self, workspace_id: UUID) -> dict[str, Any]:
        actor = system_actor(WorkspaceId(workspace_id))
        return await self.cache.get(
            f"variables:{workspace_id}", lambda: self.bus.ask(WorkspaceVariables(), actor), ttl_s=60
        )

    def _make_bus(self) -> Bus:
        self._late: dict[str, Any] = {}
        bus = Bus(
            self._providers(),
            lambda actor: unit_of_work(self.database, self.outbox, actor),
            lambda actor: read_scope(self.database, actor),
        )
        bus.register(*HANDLERS)
        return bus

    def _providers(self) -> Mapping[Any, Provider]:
        tokens = SignedTokens(self.settings.secret_keys)
        passwords = Argon2Passwords(self.settings.password_hash_cost)
        caps = RunCaps(self.settings.caps)
        probe = HttpProbe(self.http)
        share_tokens = SealedShareTokens(Sealer(self.settings.secret_keys, SHARES))
        referenced = {
            "workflow": workflow_tables.workflows,
            "credential": credential_tables.credentials,
        }
        return {
            Actor: lambda scope: scope.actor,
            UnitOfWork: lambda scope: scope,
            ReadScope: lambda scope: scope,
            Clock: lambda _scope: self.clock,
            Settings: lambda _scope: self.settings,
            Catalog: lambda _scope: self.catalog,
            JavaScript: lambda _scope: self.javascript,
            Accounts: SqlAccounts,
            Sessions: SqlSessions,
            ApiKeys: SqlApiKeys,
            Variables: SqlVariables,
            Passwords: lambda _scope: passwords,
            Tokens: lambda _scope: tokens,
            LoginLimits: lambda _scope: self.logins,
            Credentials: lambda scope: SqlCredentials(scope, self.sealer),
            Vault: lambda _scope: self.vault,
            Probe: lambda _scope: probe,
            ModelList: lambda _scope: self.models,
            Workflows: SqlWorkflows,
            ShareTokens: lambda _scope: share_tokens,
            References: lambda scope: SqlReferences(scope, referenced),
            Cache: lambda _scope: self.cache,
            Acceptance: lambda _scope: self._late["acceptance"],
            Executions: SqlExecutions,
            Signals: lambda _scope: self.worker,
            RunCaps: lambda _scope: caps,
        }

    # -- life ----------------------------------------------------------------------------------------------------

    async def open(self, *, work: bool = True) -> None:
        """Lock the data directory, bring the schema up to date, take over what was left, begin to work."""
        if idle := without_effect():
            log.warning("settings without effect", **idle)
        if self.lock is not None and work:
            await self.lock.acquire()
        await migrate(self.settings.database, change=self.settings.auto_migrate)
        if work:
            self.outbox.start()
            await asyncio.gather(self.worker.open(), self.javascript.start())

    async def drain(self, hurry: asyncio.Event) -> None:
        """Stop claiming; give running nodes time, until `hurry` is set; hand the rest over."""
        await self.worker.drain(self.settings.drain_s, hurry)

    async def close(self) -> None:
        """Close every part that was opened."""
        await self.outbox.stop()
        await asyncio.gather(self.javascript.close(), self.python.close(), self.parser.close(), self.http.aclose())
        await self.database.close()
        if self.lock is not None:
            self.lock.release()

    async def import_starters(self, owner: Actor) -> None:
        """Give a new workspace the starter workflows."""
        await self.bus.execute(ImportStarters(), owner)

    def parts(self) -> dict[str, Part]:
        """What /readyz shows."""
        parts = {"database": Part(self._database_word), "workers": Part(self._workers_word)}
        if idle := without_effect():
            parts["settings"] = Part(partial(_idle_word, len(idle)), needed=False)
        return parts

    async def _database_word(self) -> str:
        async with self.database.read() as connection:
            await connection.execute(text("SELECT 1"))
        return "sqlite" if self.settings.is_sqlite else "postgresql"

    async def _workers_word(self) -> str:
        return f"{self.worker.running} running"


async def _idle_word(count: int) -> str:
    """Their names are for who may read the log: anybody may ask whether a server is ready."""
    return f"{count} without effect; `weft doctor` names them"


FORGET = {**INVALIDATIONS, "VariableChanged": ("variables:",), "VariableDeleted": ("variables:",)}
"""Which cached keys a domain event makes stale."""


def load_tables() -> None:
    """Make sure that every context's tables are known: importing this module has done it."""
