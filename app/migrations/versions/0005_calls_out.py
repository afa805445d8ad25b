"""Calls out: the direction of a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every call before this was inbound, so the default is right for the rows that exist."""
    op.add_column("calls", sa.Column("direction", sa.String(8), nullable=False, server_default="inbound"))


def downgrade() -> None:
    """Back to calls that are all inbound."""
    op.drop_column("calls", "direction")
