"""What the agent's desk needs: contacts of calls, answers in forms, and what was sent to external sites."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_contacts",
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("contact_id", sa.BigInteger, nullable=False),
        sa.Column("agent_id", sa.Integer),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_contacts"),
    )
    for table in ("dispositions", "disposition_history"):
        op.add_column(table, sa.Column("answers", JSONB, nullable=False, server_default="{}"))
    op.create_table(
        "external_site_requests",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column(
            "site_id",
            sa.Integer,
            sa.ForeignKey(
                "external_sites.id", ondelete="CASCADE", name="fk_external_site_requests_site_id_external_sites"
            ),
            nullable=False,
        ),
        sa.Column("campaign_id", sa.Integer, nullable=False),
        sa.Column("call_id", sa.String(32), nullable=False),
        sa.Column("agent_id", sa.Integer, nullable=False),
        sa.Column("occasion", sa.String(80), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("duration_ms", sa.Integer),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("message", sa.Text, nullable=False, server_default=""),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_external_site_requests"),
        sa.UniqueConstraint("occasion", name="uq_external_site_requests_occasion"),
        sa.CheckConstraint(
            "state IN ('opened', 'queued', 'sent', 'failed')", name="ck_external_site_requests_state_known"
        ),
    )
    op.create_index(
        "ix_external_site_requests_site_id_requested_at",
        "external_site_requests",
        ["site_id", sa.text("requested_at DESC")],
    )
    op.create_index("ix_external_site_requests_requested_at", "external_site_requests", ["requested_at"])


def downgrade() -> None:
    op.drop_table("external_site_requests")
    for table in ("disposition_history", "dispositions"):
        op.drop_column(table, "answers")
    op.drop_table("call_contacts")
