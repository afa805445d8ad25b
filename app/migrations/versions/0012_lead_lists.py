"""Indexes for the lists of a million leads: all in their order, those worked by state, those of an agent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_leads_order", "leads", ["campaign_id", "position", "id"])
    op.create_index(
        "ix_leads_worked",
        "leads",
        ["campaign_id", "state", "position", "id"],
        postgresql_where=sa.text("state <> 'pending'"),
    )
    op.create_index(
        "ix_leads_agent",
        "leads",
        ["campaign_id", "agent_id", "position", "id"],
        postgresql_where=sa.text("agent_id IS NOT NULL"),
    )


def downgrade() -> None:
    for name in ("ix_leads_agent", "ix_leads_worked", "ix_leads_order"):
        op.drop_index(name, "leads")
