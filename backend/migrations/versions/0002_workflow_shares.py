"""Workflows may be shared by a link"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("workflows", sa.Column("share_hash", sa.String(length=64)))
    op.add_column("workflows", sa.Column("share_sealed", sa.LargeBinary()))
    op.add_column("workflows", sa.Column("share_graph_hash", sa.String(length=64)))
    op.add_column("workflows", sa.Column("shared_at", sa.DateTime(timezone=True)))
    op.create_index("uq_workflows_share_hash", "workflows", ["share_hash"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_workflows_share_hash", table_name="workflows")
    for column in ("shared_at", "share_graph_hash", "share_sealed", "share_hash"):
        op.drop_column("workflows", column)
