"""Agents, telephony, campaigns, dispositions and the call log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_independent_tables()
    _create_dependent_tables()


def downgrade() -> None:
    _drop_dependent_tables()
    _drop_independent_tables()


def _create_independent_tables() -> None:
    op.create_table(
        "agent_activity",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("pause_id", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_activity")),
    )
    op.create_index("ix_agent_activity_agent_id_time", "agent_activity", ["agent_id", "time"], unique=False)
    op.create_index(
        "ix_agent_activity_time",
        "agent_activity",
        ["time"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )
    op.create_table(
        "agent_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("auto_unpause_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("auto_attend_inbound", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("auto_attend_dialer", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("force_disposition", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("allow_off_campaign_calls", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("allow_hold", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("allow_recordings", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("allow_dashboard", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "auto_unpause_seconds BETWEEN 0 AND 28800", name=op.f("ck_agent_groups_auto_unpause_seconds_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_groups")),
    )
    op.create_index(
        "uq_agent_groups_name_live",
        "agent_groups",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "asterisk_sync",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("revision", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_asterisk_sync")),
    )
    op.create_table(
        "audio_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audio_files")),
        sa.UniqueConstraint("sha256", name=op.f("uq_audio_files_sha256")),
    )
    op.create_index("uq_audio_files_name", "audio_files", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "call_events",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("campaign_type", sa.Integer(), nullable=False),
        sa.Column("call_type", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("wait_seconds", sa.Float(), nullable=True),
        sa.Column("talk_seconds", sa.Float(), nullable=True),
        sa.Column("recording", sa.Text(), nullable=True),
        sa.Column("agent_extra_id", sa.Integer(), nullable=True),
        sa.Column("campaign_extra_id", sa.Integer(), nullable=True),
        sa.Column("number_extra", sa.Text(), nullable=True),
        sa.Column("did", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("call_id", "sequence", name=op.f("pk_call_events")),
    )
    op.create_index(
        "ix_call_events_agent_id_time",
        "call_events",
        ["agent_id", "time"],
        unique=False,
        postgresql_where=sa.text("agent_id > 0"),
    )
    op.create_index("ix_call_events_campaign_id_time", "call_events", ["campaign_id", "time"], unique=False)
    op.create_index(
        "ix_call_events_time",
        "call_events",
        ["time"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("did", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("wait_seconds", sa.Float(), nullable=True),
        sa.Column("talk_seconds", sa.Float(), nullable=True),
        sa.Column("ended_by", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(
        "ix_calls_agent_id_started_at", "calls", ["agent_id", sa.literal_column("started_at DESC")], unique=False
    )
    op.create_index(
        "ix_calls_campaign_id_started_at", "calls", ["campaign_id", sa.literal_column("started_at DESC")], unique=False
    )
    op.create_index("ix_calls_number", "calls", ["number"], unique=False, postgresql_ops={"number": "text_pattern_ops"})
    op.create_index(
        "ix_calls_started_at",
        "calls",
        [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("objective", sa.Integer(), nullable=False),
        sa.Column("recording_enabled", sa.Boolean(), nullable=False),
        sa.Column("auto_attend_inbound", sa.Boolean(), nullable=True),
        sa.Column("auto_unpause_seconds", sa.Integer(), nullable=True),
        sa.Column("force_disposition", sa.Boolean(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('inbound')", name=op.f("ck_campaigns_kind_known")),
        sa.CheckConstraint("state IN ('active', 'paused', 'finished')", name=op.f("ck_campaigns_state_known")),
        sa.CheckConstraint(
            "auto_unpause_seconds BETWEEN 0 AND 28800", name=op.f("ck_campaigns_auto_unpause_seconds_range")
        ),
        sa.CheckConstraint("objective >= 0", name=op.f("ck_campaigns_objective_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index(
        "uq_campaigns_name_live",
        "campaigns",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "inbound_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("did", sa.String(length=21), nullable=False),
        sa.Column("caller_id_prefix", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("destination_type", sa.String(length=24), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(destination_type = 'hangup') = (destination_id IS NULL)",
            name=op.f("ck_inbound_routes_destination_complete"),
        ),
        sa.CheckConstraint("did ~ '^[+]?[0-9]{1,20}$'", name=op.f("ck_inbound_routes_did_digits")),
        sa.CheckConstraint("language IN ('es', 'en')", name=op.f("ck_inbound_routes_language_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_routes")),
        sa.UniqueConstraint("did", name=op.f("uq_inbound_routes_did")),
    )
    op.create_index("uq_inbound_routes_name", "inbound_routes", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('productive', 'recreational')", name=op.f("ck_pauses_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(
        "uq_pauses_name_live",
        "pauses",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("duration_seconds", sa.Float(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=True),
        sa.Column("checks", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("state IN ('pending', 'available', 'missing')", name=op.f("ck_recordings_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("file", name=op.f("uq_recordings_file")),
    )
    op.create_index(
        "ix_recordings_agent_id_started_at",
        "recordings",
        ["agent_id", sa.literal_column("started_at DESC")],
        unique=False,
    )
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"], unique=False)
    op.create_index(
        "ix_recordings_campaign_id_started_at",
        "recordings",
        ["campaign_id", sa.literal_column("started_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_recordings_check_at",
        "recordings",
        ["check_at"],
        unique=False,
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_recordings_number", "recordings", ["number"], unique=False, postgresql_ops={"number": "text_pattern_ops"}
    )
    op.create_index(
        "ix_recordings_started_at",
        "recordings",
        [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "sip_trunks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("max_channels", sa.Integer(), nullable=False),
        sa.Column("caller_id", sa.String(length=30), nullable=False),
        sa.Column("wizard_text", sa.Text(), nullable=False),
        sa.Column("sync_state", sa.String(length=10), nullable=False),
        sa.Column("sync_message", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "sync_state IN ('pending', 'applied', 'failed')", name=op.f("ck_sip_trunks_sync_state_known")
        ),
        sa.CheckConstraint("max_channels BETWEEN 1 AND 10000", name=op.f("ck_sip_trunks_max_channels_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sip_trunks")),
    )
    op.create_index("uq_sip_trunks_name", "sip_trunks", [sa.literal_column("lower(name)")], unique=True)


def _create_dependent_tables() -> None:
    op.create_table(
        "audio_contents",
        sa.Column("audio_file_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audio_file_id"], ["audio_files.id"], name=op.f("fk_audio_contents_audio_file_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("audio_file_id", name=op.f("pk_audio_contents")),
    )
    op.create_table(
        "campaign_queues",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("strategy", sa.String(length=16), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("max_waiting", sa.Integer(), nullable=False),
        sa.Column("max_wait_seconds", sa.Integer(), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("retry_seconds", sa.Integer(), nullable=False),
        sa.Column("wrapup_seconds", sa.Integer(), nullable=False),
        sa.Column("service_level_seconds", sa.Integer(), nullable=False),
        sa.Column("welcome_audio_id", sa.Integer(), nullable=True),
        sa.Column("moh_class", sa.String(length=40), nullable=False),
        sa.Column("failover_type", sa.String(length=24), nullable=True),
        sa.Column("failover_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(failover_type = 'inbound-campaign') = (failover_id IS NOT NULL)",
            name=op.f("ck_campaign_queues_failover_complete"),
        ),
        sa.CheckConstraint(
            "strategy IN ('ringall', 'rrmemory', 'leastrecent', 'fewestcalls', 'random', 'wrandom')",
            name=op.f("ck_campaign_queues_strategy_known"),
        ),
        sa.CheckConstraint(
            "weight >= 0 AND max_waiting >= 0 AND max_wait_seconds >= 0 AND retry_seconds >= 0"
            " AND wrapup_seconds >= 0 AND ring_seconds > 0 AND service_level_seconds > 0",
            name=op.f("ck_campaign_queues_numbers_in_range"),
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_queues_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["failover_id"], ["campaigns.id"], name=op.f("fk_campaign_queues_failover_id")),
        sa.ForeignKeyConstraint(
            ["welcome_audio_id"], ["audio_files.id"], name=op.f("fk_campaign_queues_welcome_audio_id")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaign_queues")),
    )
    op.create_index(op.f("ix_campaign_queues_failover_id"), "campaign_queues", ["failover_id"], unique=False)
    op.create_index(op.f("ix_campaign_queues_welcome_audio_id"), "campaign_queues", ["welcome_audio_id"], unique=False)
    op.create_table(
        "disposition_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("is_positive", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('no-action', 'engaged', 'callback')", name=op.f("ck_disposition_options_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_disposition_options_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition_options")),
    )
    op.create_index(
        "uq_disposition_options_campaign_id_name",
        "disposition_options",
        ["campaign_id", sa.literal_column("lower(name)")],
        unique=True,
    )
    op.create_table(
        "agents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("extension", sa.Integer(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("extension BETWEEN 1000 AND 2999", name=op.f("ck_agents_extension_range")),
        sa.ForeignKeyConstraint(["group_id"], ["agent_groups.id"], name=op.f("fk_agents_group_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_agents_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("user_id", name=op.f("uq_agents_user_id")),
    )
    op.create_index(op.f("ix_agents_group_id"), "agents", ["group_id"], unique=False)
    op.create_index(
        "uq_agents_extension_live", "agents", ["extension"], unique=True, postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "campaign_supervisors",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_supervisors_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_campaign_supervisors_user_id")),
        sa.PrimaryKeyConstraint("campaign_id", "user_id", name=op.f("pk_campaign_supervisors")),
    )
    op.create_index(op.f("ix_campaign_supervisors_user_id"), "campaign_supervisors", ["user_id"], unique=False)
    op.create_table(
        "campaign_members",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("penalty", sa.Integer(), nullable=False),
        sa.CheckConstraint("penalty BETWEEN 0 AND 9", name=op.f("ck_campaign_members_penalty_range")),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_campaign_members_agent_id")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_members_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "agent_id", name=op.f("pk_campaign_members")),
    )
    op.create_index(op.f("ix_campaign_members_agent_id"), "campaign_members", ["agent_id"], unique=False)
    op.create_table(
        "dispositions",
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_dispositions_agent_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_dispositions_campaign_id")),
        sa.ForeignKeyConstraint(["option_id"], ["disposition_options.id"], name=op.f("fk_dispositions_option_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_dispositions")),
    )
    op.create_index(op.f("ix_dispositions_agent_id"), "dispositions", ["agent_id"], unique=False)
    op.create_index(
        "ix_dispositions_campaign_id_updated_at", "dispositions", ["campaign_id", "updated_at"], unique=False
    )
    op.create_index(op.f("ix_dispositions_option_id"), "dispositions", ["option_id"], unique=False)
    op.create_table(
        "disposition_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_disposition_history_agent_id")),
        sa.ForeignKeyConstraint(["call_id"], ["dispositions.call_id"], name=op.f("fk_disposition_history_call_id")),
        sa.ForeignKeyConstraint(
            ["option_id"], ["disposition_options.id"], name=op.f("fk_disposition_history_option_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition_history")),
    )
    op.create_index(op.f("ix_disposition_history_call_id"), "disposition_history", ["call_id"], unique=False)
    op.create_index(op.f("ix_disposition_history_option_id"), "disposition_history", ["option_id"], unique=False)


def _drop_dependent_tables() -> None:
    op.drop_index(op.f("ix_disposition_history_option_id"), table_name="disposition_history")
    op.drop_index(op.f("ix_disposition_history_call_id"), table_name="disposition_history")
    op.drop_table("disposition_history")
    op.drop_index(op.f("ix_dispositions_option_id"), table_name="dispositions")
    op.drop_index("ix_dispositions_campaign_id_updated_at", table_name="dispositions")
    op.drop_index(op.f("ix_dispositions_agent_id"), table_name="dispositions")
    op.drop_table("dispositions")
    op.drop_index(op.f("ix_campaign_members_agent_id"), table_name="campaign_members")
    op.drop_table("campaign_members")
    op.drop_index(op.f("ix_campaign_supervisors_user_id"), table_name="campaign_supervisors")
    op.drop_table("campaign_supervisors")
    op.drop_index("uq_agents_extension_live", table_name="agents", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_index(op.f("ix_agents_group_id"), table_name="agents")
    op.drop_table("agents")
    op.drop_index("uq_disposition_options_campaign_id_name", table_name="disposition_options")
    op.drop_table("disposition_options")
    op.drop_index(op.f("ix_campaign_queues_welcome_audio_id"), table_name="campaign_queues")
    op.drop_index(op.f("ix_campaign_queues_failover_id"), table_name="campaign_queues")
    op.drop_table("campaign_queues")
    op.drop_table("audio_contents")
    op.drop_index("uq_sip_trunks_name", table_name="sip_trunks")
    op.drop_table("sip_trunks")


def _drop_independent_tables() -> None:
    op.drop_index("ix_recordings_started_at", table_name="recordings")
    op.drop_index("ix_recordings_number", table_name="recordings", postgresql_ops={"number": "text_pattern_ops"})
    op.drop_index("ix_recordings_check_at", table_name="recordings", postgresql_where=sa.text("check_at IS NOT NULL"))
    op.drop_index("ix_recordings_campaign_id_started_at", table_name="recordings")
    op.drop_index(op.f("ix_recordings_call_id"), table_name="recordings")
    op.drop_index("ix_recordings_agent_id_started_at", table_name="recordings")
    op.drop_table("recordings")
    op.drop_index("uq_pauses_name_live", table_name="pauses", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_table("pauses")
    op.drop_index("uq_inbound_routes_name", table_name="inbound_routes")
    op.drop_table("inbound_routes")
    op.drop_index("uq_campaigns_name_live", table_name="campaigns", postgresql_where=sa.text("deleted_at IS NULL"))
    op.drop_table("campaigns")
    op.drop_index("ix_calls_started_at", table_name="calls")
    op.drop_index("ix_calls_number", table_name="calls", postgresql_ops={"number": "text_pattern_ops"})
    op.drop_index("ix_calls_campaign_id_started_at", table_name="calls")
    op.drop_index("ix_calls_agent_id_started_at", table_name="calls")
    op.drop_table("calls")
    op.drop_index(
        "ix_call_events_time",
        table_name="call_events",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )
    op.drop_index("ix_call_events_campaign_id_time", table_name="call_events")
    op.drop_index("ix_call_events_agent_id_time", table_name="call_events", postgresql_where=sa.text("agent_id > 0"))
    op.drop_table("call_events")
    op.drop_index("uq_audio_files_name", table_name="audio_files")
    op.drop_table("audio_files")
    op.drop_table("asterisk_sync")
    op.drop_index(
        "uq_agent_groups_name_live", table_name="agent_groups", postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.drop_table("agent_groups")
    op.drop_index(
        "ix_agent_activity_time",
        table_name="agent_activity",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )
    op.drop_index("ix_agent_activity_agent_id_time", table_name="agent_activity")
    op.drop_table("agent_activity")
