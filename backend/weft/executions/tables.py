"""Executions, their events, signals, timers, snapshots, blobs and idempotency keys; events from and as rows."""

from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from weft.engine.events import Event
from weft.engine.values import decode
from weft.platform.database import Timestamp, metadata

executions = Table(
    "executions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("workflow_id", Uuid),
    Column("version", String(20), nullable=False),
    Column("graph_hash", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("durability", String(10), nullable=False),
    Column("trigger", Text, nullable=False),
    Column("labels", Text, nullable=False, server_default="{}"),
    Column("limits", Text, nullable=False),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("inputs", Text, nullable=False),
    Column("outputs", Text),
    Column("error", Text),
    Column("usage", Text, nullable=False, server_default="{}"),
    Column("compensation", String(10)),
    Column("retry_of", Uuid),
    Column("owner", String(100)),
    Column("epoch", Integer, nullable=False),
    Column("takeovers", Integer, nullable=False, server_default="0"),
    Column("last_sequence", Integer, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("started_at", Timestamp),
    Column("finished_at", Timestamp),
    Index(None, "workspace_id", "created_at", "id"),
    Index(None, "workspace_id", "workflow_id", "created_at"),
    Index(None, "status", "priority", "created_at"),
)
execution_events = Table(
    "execution_events",
    metadata,
    Column("workspace_id", Uuid, nullable=False),
    Column("execution_id", Uuid, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("type", String(40), nullable=False),
    Column("node", String(64)),
    Column("path", Text),
    Column("depth", Integer, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("at", String(40), nullable=False),
    Column("data", Text, nullable=False),
    sqlite_with_rowid=False,
)
execution_signals = Table(
    "execution_signals",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("execution_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("path", Text),
    Column("data", Text, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("received_at", Timestamp, nullable=False),
    Column("sequence", Integer),
    Index(None, "execution_id", "received_at"),
    Index(
        "ix_execution_signals_open",
        "execution_id",
        sqlite_where=text("sequence IS NULL"),
        postgresql_where=text("sequence IS NULL"),
    ),
)
execution_snapshots = Table(
    "execution_snapshots",
    metadata,
    Column("execution_id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("format", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)
timers = Table(
    "timers",
    metadata,
    Column("execution_id", Uuid, primary_key=True),
    Column("path", Text, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("sequence", Integer, nullable=False),
    Index(None, "due_at"),
)
workers = Table(
    "workers",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("counter", BigInteger, nullable=False),
    Column("heartbeat_at", Timestamp, nullable=False),
)
blobs = Table(
    "blobs",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("last_used_at", Timestamp, nullable=False),
)
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("execution_id", Uuid, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Index(None, "expires_at"),
)


def event_depth(path: str | None) -> int:
    """0 for what is at the top level, 1 for what is inside a container (its rounds and steps included)."""
    return int(path is not None and ("." in path or "[" in path))


def path_begins(prefix: str) -> ColumnElement[bool]:
    """Whether an event's path begins with `prefix`; not by LIKE, to which `l` and `L` are one on SQLite."""
    return func.substr(execution_events.c.path, 1, len(prefix)) == prefix


def event_of(row: Any) -> Event:
    """A row of execution_events as the engine knows it."""
    return Event(row.sequence, row.type, row.at, row.epoch, decode(row.data), row.node, row.path)


def event_body(execution_id: str, row: Any, data: bytes | str) -> dict[str, Any]:
    """An event as REST and SSE send it, from anything with its columns, its data as a fragment of JSON."""
    body: dict[str, Any] = {
        "execution_id": execution_id,
        "sequence": row.sequence,
        "type": row.type,
        "at": row.at,
    }
    if row.path is not None:
        body["node"] = row.node
        body["path"] = row.path
    body["epoch"] = row.epoch
    body["data"] = orjson.Fragment(data)
    return body
