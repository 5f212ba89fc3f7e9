"""Sealed secrets."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text, Uuid

from weft.platform.database import Timestamp, metadata

credentials = Table(
    "credentials",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("name", String(200), nullable=False),
    Column("type", String(50), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("allowed_hosts", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Index(None, "workspace_id", "created_at"),
)
