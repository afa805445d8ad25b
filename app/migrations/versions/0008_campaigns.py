"""Campaigns of all four kinds: what they say and dial, their leads, templates and drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
# Columns of `campaigns` go, such as `auto_attend_inbound`.
contracts = True

_TYPES = (
    "'inbound-campaign', 'time-condition', 'ivr', 'hangup', 'custom-destination', 'voicemail',"
    " 'customer-identification', 'agent'"
)


def upgrade() -> None:
    """Campaigns that exist stay what they are: inbound ones with their queue."""
    _widen_campaigns()
    _widen_queues()
    _widen_dispositions()
    _create_dialing()
    _create_leads()
    _create_library()


def downgrade() -> None:
    """Back to inbound campaigns alone; what only other kinds have is gone."""
    for table in ("campaign_drafts", "campaign_templates", "leads", "incidence_rules", "campaign_dialing"):
        op.drop_table(table)
    op.drop_column("calls", "contact_id")
    op.drop_index("ix_dispositions_campaign_id_contact_id", "dispositions")
    op.drop_index("ix_dispositions_contact_id", "dispositions")
    for table in ("disposition_history", "dispositions"):
        op.drop_column(table, "subdisposition")
    op.drop_column("dispositions", "contact_id")
    for column in ("form_id", "subdispositions", "calls_external_site"):
        op.drop_column("disposition_options", column)
    for column in (
        *("announce_position", "announce_hold_time", "announce_seconds", "periodic_audio_id", "periodic_seconds"),
        *("exit_ivr_id", "agent_audio_id"),
    ):
        op.drop_column("campaign_queues", column)
    op.execute("DELETE FROM campaigns WHERE kind <> 'inbound'")
    op.execute("UPDATE campaigns SET state = 'paused' WHERE state = 'inactive'")
    for column in (
        *("is_hidden", "script", "contact_base_id", "field_rules", "allow_duplicates", "rate_phones", "interaction"),
        *("external_site_id", "external_site_parameters", "external_system_id", "external_id", "outbound_route_id"),
        *("caller_id", "show_name", "show_did", "show_route_name", "show_call_id", "reservation_minutes"),
        *("deactivation_column", "lead_selection", "recycled_from_id"),
    ):
        op.drop_column("campaigns", column)
    op.alter_column("campaigns", "auto_attend", new_column_name="auto_attend_inbound")
    _kinds_and_states("'inbound'", "'active', 'paused', 'finished'")


def _widen_campaigns() -> None:
    op.alter_column("campaigns", "auto_attend_inbound", new_column_name="auto_attend")
    _kinds_and_states("'manual', 'preview', 'dialer', 'inbound'", "'inactive', 'active', 'paused', 'finished'")
    for column in (
        _switch("is_hidden", default=False),
        sa.Column("script", sa.Text, nullable=False, server_default=""),
        sa.Column("contact_base_id", sa.Integer, sa.ForeignKey("contact_bases.id")),
        sa.Column("field_rules", JSONB, nullable=False, server_default="{}"),
        _switch("allow_duplicates", default=True),
        _switch("rate_phones", default=False),
        sa.Column("interaction", sa.String(16), nullable=False, server_default="form"),
        sa.Column("external_site_id", sa.Integer, sa.ForeignKey("external_sites.id")),
        sa.Column("external_site_parameters", JSONB, nullable=False, server_default="[]"),
        sa.Column("external_system_id", sa.Integer, sa.ForeignKey("external_systems.id")),
        sa.Column("external_id", sa.String(128)),
        sa.Column("outbound_route_id", sa.Integer, sa.ForeignKey("outbound_routes.id")),
        sa.Column("caller_id", sa.String(32)),
        _switch("show_name", default=True),
        _switch("show_did", default=False),
        _switch("show_route_name", default=False),
        _switch("show_call_id", default=False),
        sa.Column("reservation_minutes", sa.Integer),
        sa.Column("deactivation_column", sa.String(64)),
        sa.Column("lead_selection", sa.String(8), nullable=False, server_default="base"),
        sa.Column("recycled_from_id", sa.Integer, sa.ForeignKey("campaigns.id")),
    ):
        op.add_column("campaigns", column)
    for name, rule in (
        ("interaction_known", "interaction IN ('form', 'external-site', 'both')"),
        ("lead_selection_known", "lead_selection IN ('base', 'chosen')"),
        ("contact_base_present", "kind IN ('manual', 'inbound') OR contact_base_id IS NOT NULL"),
        ("external_site_present", "interaction = 'form' OR external_site_id IS NOT NULL"),
        ("external_id_complete", "(external_system_id IS NULL) = (external_id IS NULL)"),
        ("reservation_minutes_range", "reservation_minutes BETWEEN 1 AND 1440"),
    ):
        op.create_check_constraint(name, "campaigns", rule)
    for column_name in ("contact_base_id", "external_site_id", "outbound_route_id"):
        op.create_index(f"ix_campaigns_{column_name}", "campaigns", [column_name])
    op.create_index(
        "uq_campaigns_external_live",
        "campaigns",
        ["external_system_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _kinds_and_states(kinds: str, states: str) -> None:
    for name, rule in (("kind_known", f"kind IN ({kinds})"), ("state_known", f"state IN ({states})")):
        op.drop_constraint(op.f(f"ck_campaigns_{name}"), "campaigns")
        op.create_check_constraint(name, "campaigns", rule)


def _widen_queues() -> None:
    for column in (
        _switch("announce_position", default=False),
        sa.Column("announce_hold_time", sa.String(8), nullable=False, server_default="no"),
        sa.Column("announce_seconds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("periodic_audio_id", sa.Integer, sa.ForeignKey("audio_files.id")),
        sa.Column("periodic_seconds", sa.Integer, nullable=False, server_default="0"),
        sa.Column("exit_ivr_id", sa.Integer, sa.ForeignKey("ivrs.id")),
        sa.Column("agent_audio_id", sa.Integer, sa.ForeignKey("audio_files.id")),
    ):
        op.add_column("campaign_queues", column)
    for name, rule in (
        ("announce_hold_time_known", "announce_hold_time IN ('no', 'yes', 'once')"),
        ("announcements_in_range", "announce_seconds >= 0 AND periodic_seconds >= 0"),
    ):
        op.create_check_constraint(name, "campaign_queues", rule)
    for column_name in ("periodic_audio_id", "exit_ivr_id", "agent_audio_id"):
        op.create_index(f"ix_campaign_queues_{column_name}", "campaign_queues", [column_name])


def _widen_dispositions() -> None:
    op.add_column("disposition_options", sa.Column("form_id", sa.Integer, sa.ForeignKey("forms.id")))
    op.add_column(
        "disposition_options", sa.Column("subdispositions", ARRAY(sa.String(50)), nullable=False, server_default="{}")
    )
    op.add_column("disposition_options", _switch("calls_external_site", default=False))
    op.create_check_constraint("form_of_engaged", "disposition_options", "kind = 'engaged' OR form_id IS NULL")
    op.create_index("ix_disposition_options_form_id", "disposition_options", ["form_id"])
    for table in ("dispositions", "disposition_history"):
        op.add_column(table, sa.Column("subdisposition", sa.String(50)))
    op.add_column(
        "dispositions", sa.Column("contact_id", sa.BigInteger, sa.ForeignKey("contacts.id", ondelete="SET NULL"))
    )
    op.create_index("ix_dispositions_contact_id", "dispositions", ["contact_id"])
    op.create_index("ix_dispositions_campaign_id_contact_id", "dispositions", ["campaign_id", "contact_id"])
    op.add_column("calls", sa.Column("contact_id", sa.BigInteger))
    op.create_index(
        "ix_calls_contact_id",
        "calls",
        ["contact_id", "campaign_id", sa.text("started_at DESC")],
        postgresql_where=sa.text("contact_id IS NOT NULL"),
    )


def _create_dialing() -> None:
    op.create_table(
        "campaign_dialing",
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("weekdays", ARRAY(sa.Integer), nullable=False),
        sa.Column("opens_at", sa.Time, nullable=False),
        sa.Column("closes_at", sa.Time, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("is_predictive", sa.Boolean, nullable=False),
        sa.Column("initial_boost_factor", sa.Float, nullable=False),
        sa.Column("dial_timeout_seconds", sa.Integer, nullable=False),
        sa.Column("detect_machines", sa.Boolean, nullable=False),
        sa.Column("machine_audio_id", sa.Integer, sa.ForeignKey("audio_files.id"), index=True),
        sa.Column("skip_duplicate_phones", sa.Boolean, nullable=False),
        sa.Column("skip_without_phone", sa.Boolean, nullable=False),
        sa.Column("prefix", sa.String(16), nullable=False),
        sa.Column("answered_type", sa.String(24)),
        sa.Column("answered_id", sa.Integer),
        sa.CheckConstraint("starts_on <= ends_on", name="dates_in_order"),
        sa.CheckConstraint("opens_at < closes_at", name="hours_in_order"),
        sa.CheckConstraint("weekdays <@ ARRAY[1, 2, 3, 4, 5, 6, 7]", name="weekdays_known"),
        sa.CheckConstraint("priority BETWEEN 1 AND 100", name="priority_range"),
        sa.CheckConstraint("initial_boost_factor BETWEEN 1 AND 20", name="initial_boost_factor_range"),
        sa.CheckConstraint("dial_timeout_seconds BETWEEN 5 AND 300", name="dial_timeout_seconds_range"),
        sa.CheckConstraint("answered_type IS NOT NULL OR answered_id IS NULL", name="answered_present"),
        sa.CheckConstraint(f"answered_type IN ({_TYPES})", name="answered_type_known"),
        sa.CheckConstraint("(answered_type = 'hangup') = (answered_id IS NULL)", name="answered_complete"),
    )
    op.create_table(
        "incidence_rules",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "campaign_id",
            sa.Integer,
            sa.ForeignKey("campaign_dialing.campaign_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(20)),
        sa.Column("disposition_option_id", sa.Integer, sa.ForeignKey("disposition_options.id", ondelete="CASCADE")),
        sa.Column("max_attempts", sa.Integer, nullable=False),
        sa.Column("delay_seconds", sa.Integer, nullable=False),
        sa.Column("mode", sa.String(8), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('busy', 'answering-machine', 'no-answer', 'rejected', 'timeout')", name="outcome_known"
        ),
        sa.CheckConstraint("mode IN ('fixed', 'multiply')", name="mode_known"),
        sa.CheckConstraint("(outcome IS NULL) <> (disposition_option_id IS NULL)", name="one_cause"),
        sa.CheckConstraint("max_attempts BETWEEN 1 AND 100 AND delay_seconds BETWEEN 1 AND 2592000", name="in_range"),
        sa.UniqueConstraint("campaign_id", "outcome"),
        sa.UniqueConstraint("disposition_option_id"),
    )


def _create_leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("campaign_id", sa.Integer, sa.ForeignKey("campaigns.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "contact_id", sa.BigInteger, sa.ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("state", sa.String(12), nullable=False, server_default="pending"),
        sa.Column("agent_id", sa.Integer, sa.ForeignKey("agents.id")),
        sa.Column("position", sa.BigInteger, nullable=False),
        _switch("is_enabled", default=True),
        _switch("is_original", default=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'assigned', 'finished')", name="state_known"),
        sa.CheckConstraint("state NOT IN ('delivered', 'assigned') OR agent_id IS NOT NULL", name="holder_present"),
        sa.UniqueConstraint("campaign_id", "contact_id"),
    )
    op.create_index(
        "ix_leads_pending",
        "leads",
        ["campaign_id", "position", "id"],
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "ix_leads_held", "leads", ["agent_id"], postgresql_where=sa.text("state IN ('delivered', 'assigned')")
    )


def _create_library() -> None:
    op.create_table(
        "campaign_templates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("request", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )
    op.create_index("uq_campaign_templates_name", "campaign_templates", [sa.text("lower(name)")], unique=True)
    op.create_table(
        "campaign_drafts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("request", JSONB, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
    )


def _switch(name: str, *, default: bool) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())
