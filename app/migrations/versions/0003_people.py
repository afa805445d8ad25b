"""Roles of one's own making, the limits of tokens, the switches of agent groups and pause sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SWITCHES = {
    "force_unpause": "false",
    "allow_calls_between_agents": "false",
    "allow_contacts": "true",
    "allow_callbacks": "true",
    "allow_dispositions": "true",
    "allow_preview_campaigns": "true",
    "allow_password_change": "true",
    "show_timers": "true",
}


def upgrade() -> None:
    _extend_accounts()
    _create_pause_sets()
    _extend_agent_groups()


def downgrade() -> None:
    op.drop_index("ix_agent_groups_pause_set_id", table_name="agent_groups")
    for name in ("personal_callback_limit_range", "personal_callback_days_range"):
        op.drop_constraint(op.f(f"ck_agent_groups_{name}"), "agent_groups", type_="check")
    op.drop_constraint(op.f("fk_agent_groups_pause_set_id"), "agent_groups", type_="foreignkey")
    columns = ("personal_callback_limit", "personal_callback_days", "manual_call_campaign_kinds", "pause_set_id")
    for column in (*SWITCHES, *columns):
        op.drop_column("agent_groups", column)
    op.drop_table("pause_set_pauses")
    op.drop_table("pause_sets")
    op.drop_column("access_tokens", "permissions")
    op.drop_column("users", "language")
    op.drop_index("uq_roles_name_own", table_name="roles")
    op.drop_column("roles", "deleted_at")


def _extend_accounts() -> None:
    op.add_column("roles", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "uq_roles_name_own",
        "roles",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL AND NOT is_predefined"),
    )
    op.add_column("users", sa.Column("language", sa.String(length=2), server_default="es", nullable=False))
    op.add_column("access_tokens", sa.Column("permissions", ARRAY(sa.String(length=64)), nullable=True))


def _create_pause_sets() -> None:
    op.create_table(
        "pause_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause_sets")),
    )
    op.create_index("uq_pause_sets_name", "pause_sets", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "pause_set_pauses",
        sa.Column("pause_set_id", sa.Integer(), nullable=False),
        sa.Column("pause_id", sa.Integer(), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("limit_seconds BETWEEN 0 AND 28800", name=op.f("ck_pause_set_pauses_limit_seconds_range")),
        sa.ForeignKeyConstraint(
            ["pause_set_id"], ["pause_sets.id"], name=op.f("fk_pause_set_pauses_pause_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["pause_id"], ["pauses.id"], name=op.f("fk_pause_set_pauses_pause_id")),
        sa.PrimaryKeyConstraint("pause_set_id", "pause_id", name=op.f("pk_pause_set_pauses")),
    )
    op.create_index("ix_pause_set_pauses_pause_id", "pause_set_pauses", ["pause_id"])


def _extend_agent_groups() -> None:
    for name, default in SWITCHES.items():
        op.add_column("agent_groups", sa.Column(name, sa.Boolean(), server_default=default, nullable=False))
    op.add_column("agent_groups", sa.Column("personal_callback_limit", sa.Integer(), nullable=True))
    op.add_column("agent_groups", sa.Column("personal_callback_days", sa.Integer(), nullable=True))
    op.add_column(
        "agent_groups",
        sa.Column(
            "manual_call_campaign_kinds",
            ARRAY(sa.String(length=8)),
            server_default=sa.text("'{manual,dialer,inbound,preview}'"),
            nullable=False,
        ),
    )
    op.add_column("agent_groups", sa.Column("pause_set_id", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_agent_groups_pause_set_id"), "agent_groups", "pause_sets", ["pause_set_id"], ["id"])
    op.create_index("ix_agent_groups_pause_set_id", "agent_groups", ["pause_set_id"])
    op.create_check_constraint(
        op.f("ck_agent_groups_personal_callback_limit_range"),
        "agent_groups",
        "personal_callback_limit BETWEEN 0 AND 10000",
    )
    op.create_check_constraint(
        op.f("ck_agent_groups_personal_callback_days_range"),
        "agent_groups",
        "personal_callback_days BETWEEN 0 AND 365",
    )
