"""Everything calls meet: outbound routes, hours, IVRs, identification, custom destinations, voicemail, playlists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.sql.schema import SchemaItem

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
# `campaign_queues.moh_class` goes.
contracts = True

_TYPES = (
    "'inbound-campaign', 'time-condition', 'ivr', 'hangup', 'custom-destination', 'voicemail',"
    " 'customer-identification', 'agent'"
)
_TABLES_LAST_FIRST = (
    "voicemail_boxes",
    "custom_destinations",
    "customer_identifications",
    "ivr_options",
    "ivrs",
    "time_conditions",
    "time_group_ranges",
    "time_groups",
    "outbound_route_trunks",
    "outbound_patterns",
    "outbound_routes",
    "moh_playlist_files",
    "moh_playlists",
    "trunk_lines",
    "recording_name_scheme",
    "custom_dialplan",
    "asterisk_file_sync",
    "amd_settings",
)


def upgrade() -> None:
    _create_settings()
    _create_playlists()
    _create_outbound_routes()
    _create_time_conditions()
    _create_ivrs()
    _create_other_destinations()
    _let_routes_lead_anywhere()
    _let_campaigns_play_playlists()
    _let_failovers_lead_anywhere()


def downgrade() -> None:
    _keep_failovers_to_campaigns()
    _forget_playlists_of_campaigns()
    _keep_routes_to_campaigns()
    for table in _TABLES_LAST_FIRST:
        op.drop_table(table)


def _destination(table: str, what: str) -> tuple[SchemaItem, ...]:
    known, complete = _destination_rules(what)
    return (
        sa.Column(f"{what}_type", sa.String(length=24), nullable=False),
        sa.Column(f"{what}_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(known, name=op.f(f"ck_{table}_{what}_type_known")),
        sa.CheckConstraint(complete, name=op.f(f"ck_{table}_{what}_complete")),
    )


def _destination_rules(what: str) -> tuple[str, str]:
    return f"{what}_type IN ({_TYPES})", f"({what}_type = 'hangup') = ({what}_id IS NULL)"


def _create_settings() -> None:
    op.create_table(
        "amd_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("initial_silence_ms", sa.Integer(), nullable=False),
        sa.Column("greeting_ms", sa.Integer(), nullable=False),
        sa.Column("after_greeting_silence_ms", sa.Integer(), nullable=False),
        sa.Column("total_analysis_ms", sa.Integer(), nullable=False),
        sa.Column("min_word_ms", sa.Integer(), nullable=False),
        sa.Column("between_words_silence_ms", sa.Integer(), nullable=False),
        sa.Column("max_words", sa.Integer(), nullable=False),
        sa.Column("max_word_ms", sa.Integer(), nullable=False),
        sa.Column("silence_threshold", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_amd_settings_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amd_settings")),
    )
    op.create_table(
        "asterisk_file_sync",
        sa.Column("node", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('applied', 'failed')", name=op.f("ck_asterisk_file_sync_state_known")),
        sa.PrimaryKeyConstraint("node", "file", name=op.f("pk_asterisk_file_sync")),
    )
    op.create_table(
        "custom_dialplan",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_custom_dialplan_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_dialplan")),
    )
    op.create_table(
        "recording_name_scheme",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("with_contact_id", sa.Boolean(), nullable=False),
        sa.Column("with_date", sa.Boolean(), nullable=False),
        sa.Column("with_phone", sa.Boolean(), nullable=False),
        sa.Column("with_campaign_id", sa.Boolean(), nullable=False),
        sa.Column("with_external_contact_id", sa.Boolean(), nullable=False),
        sa.Column("with_external_campaign_id", sa.Boolean(), nullable=False),
        sa.Column("with_agent_id", sa.Boolean(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_recording_name_scheme_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_name_scheme")),
    )
    op.create_table(
        "trunk_lines",
        sa.Column("trunk_id", sa.Integer(), nullable=False),
        sa.Column("registration", sa.String(length=16), nullable=False),
        sa.Column("reachability", sa.String(length=16), nullable=False),
        sa.Column("round_trip_ms", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reachability IN ('unknown', 'reachable', 'unreachable')", name=op.f("ck_trunk_lines_reachability_known")
        ),
        sa.CheckConstraint(
            "registration IN ('none', 'registered', 'rejected', 'unregistered')",
            name=op.f("ck_trunk_lines_registration_known"),
        ),
        sa.ForeignKeyConstraint(
            ["trunk_id"], ["sip_trunks.id"], name=op.f("fk_trunk_lines_trunk_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trunk_id", name=op.f("pk_trunk_lines")),
    )


def _create_playlists() -> None:
    op.create_table(
        "moh_playlists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("order", sa.String(length=10), nullable=False),
        sa.CheckConstraint("\"order\" IN ('listed', 'random')", name=op.f("ck_moh_playlists_order_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moh_playlists")),
    )
    op.create_index("uq_moh_playlists_name", "moh_playlists", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "moh_playlist_files",
        sa.Column("playlist_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("audio_file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["audio_file_id"], ["audio_files.id"], name=op.f("fk_moh_playlist_files_audio_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["moh_playlists.id"], name=op.f("fk_moh_playlist_files_playlist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("playlist_id", "position", name=op.f("pk_moh_playlist_files")),
    )
    op.create_index(op.f("ix_moh_playlist_files_audio_file_id"), "moh_playlist_files", ["audio_file_id"], unique=False)


def _create_outbound_routes() -> None:
    op.create_table(
        "outbound_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ring_seconds", sa.Integer(), nullable=False),
        sa.Column("dial_options", sa.String(length=60), nullable=False),
        sa.CheckConstraint("ring_seconds BETWEEN 5 AND 120", name=op.f("ck_outbound_routes_ring_seconds_range")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_routes")),
    )
    op.create_index("uq_outbound_routes_name", "outbound_routes", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "outbound_patterns",
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("prepend", sa.String(length=20), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("match", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["route_id"], ["outbound_routes.id"], name=op.f("fk_outbound_patterns_route_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("route_id", "position", name=op.f("pk_outbound_patterns")),
    )
    op.create_table(
        "outbound_route_trunks",
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("trunk_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["route_id"], ["outbound_routes.id"], name=op.f("fk_outbound_route_trunks_route_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["trunk_id"], ["sip_trunks.id"], name=op.f("fk_outbound_route_trunks_trunk_id")),
        sa.PrimaryKeyConstraint("route_id", "position", name=op.f("pk_outbound_route_trunks")),
    )
    op.create_index(op.f("ix_outbound_route_trunks_trunk_id"), "outbound_route_trunks", ["trunk_id"], unique=False)


def _create_time_conditions() -> None:
    op.create_table(
        "time_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_groups")),
    )
    op.create_index("uq_time_groups_name", "time_groups", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "time_group_ranges",
        sa.Column("time_group_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("time_from", sa.Time(), nullable=False),
        sa.Column("time_to", sa.Time(), nullable=False),
        sa.Column("weekday_from", sa.Integer(), nullable=True),
        sa.Column("weekday_to", sa.Integer(), nullable=True),
        sa.Column("month_day_from", sa.Integer(), nullable=True),
        sa.Column("month_day_to", sa.Integer(), nullable=True),
        sa.Column("month_from", sa.Integer(), nullable=True),
        sa.Column("month_to", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(month_day_from IS NULL) = (month_day_to IS NULL)", name=op.f("ck_time_group_ranges_month_day_complete")
        ),
        sa.CheckConstraint(
            "(month_from IS NULL) = (month_to IS NULL)", name=op.f("ck_time_group_ranges_month_complete")
        ),
        sa.CheckConstraint(
            "(weekday_from IS NULL) = (weekday_to IS NULL)", name=op.f("ck_time_group_ranges_weekday_complete")
        ),
        sa.CheckConstraint(
            "month_day_from BETWEEN 1 AND 31 AND month_day_to BETWEEN 1 AND 31",
            name=op.f("ck_time_group_ranges_month_day_range"),
        ),
        sa.CheckConstraint(
            "month_from BETWEEN 1 AND 12 AND month_to BETWEEN 1 AND 12", name=op.f("ck_time_group_ranges_month_range")
        ),
        sa.CheckConstraint(
            "weekday_from BETWEEN 1 AND 7 AND weekday_to BETWEEN 1 AND 7",
            name=op.f("ck_time_group_ranges_weekday_range"),
        ),
        sa.ForeignKeyConstraint(
            ["time_group_id"], ["time_groups.id"], name=op.f("fk_time_group_ranges_time_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("time_group_id", "position", name=op.f("pk_time_group_ranges")),
    )
    op.create_table(
        "time_conditions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("time_group_id", sa.Integer(), nullable=False),
        *_destination("time_conditions", "match"),
        *_destination("time_conditions", "otherwise"),
        sa.ForeignKeyConstraint(["time_group_id"], ["time_groups.id"], name=op.f("fk_time_conditions_time_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_conditions")),
    )
    op.create_index(op.f("ix_time_conditions_time_group_id"), "time_conditions", ["time_group_id"], unique=False)
    op.create_index("uq_time_conditions_name", "time_conditions", [sa.literal_column("lower(name)")], unique=True)


def _create_ivrs() -> None:
    op.create_table(
        "ivrs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("audio_id", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("timeout_retries", sa.Integer(), nullable=False),
        sa.Column("timeout_audio_id", sa.Integer(), nullable=True),
        *_destination("ivrs", "timeout"),
        sa.Column("invalid_retries", sa.Integer(), nullable=False),
        sa.Column("invalid_audio_id", sa.Integer(), nullable=True),
        *_destination("ivrs", "invalid"),
        sa.CheckConstraint("invalid_retries BETWEEN 0 AND 10", name=op.f("ck_ivrs_invalid_retries_range")),
        sa.CheckConstraint("timeout_retries BETWEEN 0 AND 10", name=op.f("ck_ivrs_timeout_retries_range")),
        sa.CheckConstraint("timeout_seconds BETWEEN 1 AND 60", name=op.f("ck_ivrs_timeout_seconds_range")),
        sa.ForeignKeyConstraint(["audio_id"], ["audio_files.id"], name=op.f("fk_ivrs_audio_id")),
        sa.ForeignKeyConstraint(["invalid_audio_id"], ["audio_files.id"], name=op.f("fk_ivrs_invalid_audio_id")),
        sa.ForeignKeyConstraint(["timeout_audio_id"], ["audio_files.id"], name=op.f("fk_ivrs_timeout_audio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ivrs")),
    )
    op.create_index(op.f("ix_ivrs_audio_id"), "ivrs", ["audio_id"], unique=False)
    op.create_index(op.f("ix_ivrs_invalid_audio_id"), "ivrs", ["invalid_audio_id"], unique=False)
    op.create_index(op.f("ix_ivrs_timeout_audio_id"), "ivrs", ["timeout_audio_id"], unique=False)
    op.create_index("uq_ivrs_name", "ivrs", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "ivr_options",
        sa.Column("ivr_id", sa.Integer(), nullable=False),
        sa.Column("digit", sa.String(length=1), nullable=False),
        *_destination("ivr_options", "destination"),
        sa.CheckConstraint("digit ~ '^[0-9*#]$'", name=op.f("ck_ivr_options_digit_known")),
        sa.ForeignKeyConstraint(["ivr_id"], ["ivrs.id"], name=op.f("fk_ivr_options_ivr_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ivr_id", "digit", name=op.f("pk_ivr_options")),
    )


def _create_other_destinations() -> None:
    op.create_table(
        "customer_identifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("audio_id", sa.Integer(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("timeout_seconds", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_destination("customer_identifications", "identified"),
        *_destination("customer_identifications", "unidentified"),
        sa.CheckConstraint("mode = 'ask-only' OR url <> ''", name=op.f("ck_customer_identifications_url_present")),
        sa.CheckConstraint(
            "mode IN ('ask-only', 'crm-decides', 'crm-routes')", name=op.f("ck_customer_identifications_mode_known")
        ),
        sa.CheckConstraint("attempts BETWEEN 1 AND 20", name=op.f("ck_customer_identifications_attempts_range")),
        sa.CheckConstraint("length BETWEEN 0 AND 30", name=op.f("ck_customer_identifications_length_range")),
        sa.CheckConstraint(
            "timeout_seconds BETWEEN 1 AND 60", name=op.f("ck_customer_identifications_timeout_seconds_range")
        ),
        sa.ForeignKeyConstraint(["audio_id"], ["audio_files.id"], name=op.f("fk_customer_identifications_audio_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_identifications")),
    )
    op.create_index(
        op.f("ix_customer_identifications_audio_id"), "customer_identifications", ["audio_id"], unique=False
    )
    op.create_index(
        "uq_customer_identifications_name", "customer_identifications", [sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "custom_destinations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("context", sa.String(length=79), nullable=False),
        sa.Column("extension", sa.String(length=79), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        *_destination("custom_destinations", "failover"),
        sa.CheckConstraint("priority >= 1", name=op.f("ck_custom_destinations_priority_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_destinations")),
    )
    op.create_index(
        "uq_custom_destinations_name", "custom_destinations", [sa.literal_column("lower(name)")], unique=True
    )
    op.create_table(
        "voicemail_boxes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("greeting_audio_id", sa.Integer(), nullable=True),
        sa.Column("max_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("max_seconds BETWEEN 10 AND 600", name=op.f("ck_voicemail_boxes_max_seconds_range")),
        sa.ForeignKeyConstraint(
            ["greeting_audio_id"], ["audio_files.id"], name=op.f("fk_voicemail_boxes_greeting_audio_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voicemail_boxes")),
    )
    op.create_index(
        op.f("ix_voicemail_boxes_greeting_audio_id"), "voicemail_boxes", ["greeting_audio_id"], unique=False
    )
    op.create_index("uq_voicemail_boxes_name", "voicemail_boxes", [sa.literal_column("lower(name)")], unique=True)


def _let_routes_lead_anywhere() -> None:
    known, complete = _destination_rules("destination")
    op.drop_constraint(op.f("ck_inbound_routes_destination_complete"), "inbound_routes")
    op.create_check_constraint(op.f("ck_inbound_routes_destination_type_known"), "inbound_routes", known)
    op.create_check_constraint(op.f("ck_inbound_routes_destination_complete"), "inbound_routes", complete)
    op.create_index(
        "ix_inbound_routes_destination", "inbound_routes", ["destination_type", "destination_id"], unique=False
    )


def _keep_routes_to_campaigns() -> None:
    op.execute("DELETE FROM inbound_routes WHERE destination_type NOT IN ('inbound-campaign', 'hangup')")
    op.drop_index("ix_inbound_routes_destination", table_name="inbound_routes")
    op.drop_constraint(op.f("ck_inbound_routes_destination_type_known"), "inbound_routes")


def _let_campaigns_play_playlists() -> None:
    op.add_column("campaign_queues", sa.Column("moh_playlist_id", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_campaign_queues_moh_playlist_id"), "campaign_queues", "moh_playlists", ["moh_playlist_id"], ["id"]
    )
    op.create_index(op.f("ix_campaign_queues_moh_playlist_id"), "campaign_queues", ["moh_playlist_id"], unique=False)
    op.drop_column("campaign_queues", "moh_class")


def _forget_playlists_of_campaigns() -> None:
    op.add_column(
        "campaign_queues", sa.Column("moh_class", sa.String(length=40), nullable=False, server_default="default")
    )
    op.alter_column("campaign_queues", "moh_class", server_default=None)
    op.drop_column("campaign_queues", "moh_playlist_id")


def _let_failovers_lead_anywhere() -> None:
    known, complete = _destination_rules("failover")
    op.drop_index(op.f("ix_campaign_queues_failover_id"), table_name="campaign_queues")
    op.drop_constraint(op.f("fk_campaign_queues_failover_id"), "campaign_queues", type_="foreignkey")
    op.drop_constraint(op.f("ck_campaign_queues_failover_complete"), "campaign_queues")
    op.create_check_constraint(op.f("ck_campaign_queues_failover_type_known"), "campaign_queues", known)
    op.create_check_constraint(op.f("ck_campaign_queues_failover_complete"), "campaign_queues", complete)
    op.create_check_constraint(
        op.f("ck_campaign_queues_failover_present"),
        "campaign_queues",
        "failover_type IS NOT NULL OR failover_id IS NULL",
    )


def _keep_failovers_to_campaigns() -> None:
    for rule in ("present", "type_known", "complete"):
        op.drop_constraint(op.f(f"ck_campaign_queues_failover_{rule}"), "campaign_queues")
    op.execute(
        "UPDATE campaign_queues SET failover_type = NULL, failover_id = NULL"
        " WHERE failover_type NOT IN ('inbound-campaign', 'hangup')"
    )
    op.create_check_constraint(
        op.f("ck_campaign_queues_failover_complete"),
        "campaign_queues",
        "(failover_type = 'inbound-campaign') = (failover_id IS NOT NULL)",
    )
    op.create_foreign_key(
        op.f("fk_campaign_queues_failover_id"), "campaign_queues", "campaigns", ["failover_id"], ["id"]
    )
    op.create_index(op.f("ix_campaign_queues_failover_id"), "campaign_queues", ["failover_id"], unique=False)
