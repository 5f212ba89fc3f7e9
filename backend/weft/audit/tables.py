"""Who did what."""

from sqlalchemy import Column, Index, String, Table, Text, Uuid

from weft.platform.database import Timestamp, metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("event", String(100), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("data", Text, nullable=False),
    Column("at", Timestamp, nullable=False),
    Index(None, "workspace_id", "at"),
)
