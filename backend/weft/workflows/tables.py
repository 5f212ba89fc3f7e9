"""Workflows, their versions, and graphs by hash. Graphs are text (orjson) on both dialects."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, Uuid

from weft.platform.database import Timestamp, metadata

workflows = Table(
    "workflows",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("name", String(200), nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("tags", Text, nullable=False, server_default="[]"),
    Column("graph", Text, nullable=False),
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("revision", Integer, nullable=False),
    Column("published_version", Integer),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("deleted_at", Timestamp),
    Column("share_hash", String(64)),
    Column("share_sealed", LargeBinary),
    Column("share_graph_hash", String(64)),
    Column("shared_at", Timestamp),
    Index(None, "workspace_id", "updated_at"),
    Index("uq_workflows_share_hash", "share_hash", unique=True),
)
workflow_versions = Table(
    "workflow_versions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("workflow_id", Uuid, ForeignKey("workflows.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("graph_hash", String(64), nullable=False),
    Column("settings", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Index("uq_workflow_versions_number", "workspace_id", "workflow_id", "version", unique=True),
)
graphs = Table(
    "graphs",
    metadata,
    Column("workspace_id", Uuid, primary_key=True),
    Column("hash", String(64), primary_key=True),
    Column("body", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
)
