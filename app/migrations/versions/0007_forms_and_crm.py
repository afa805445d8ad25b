"""Forms, the catalogue of dispositions, external sites and external systems."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES_LAST_FIRST = (
    "disposition_names",
    "form_fields",
    "forms",
    "external_system_agents",
    "external_systems",
    "external_sites",
    "external_site_authentications",
)
_NO_OPTIONS = sa.text("'{}'")


def upgrade() -> None:
    _create_external_sites()
    _create_external_systems()
    _create_forms()


def downgrade() -> None:
    for table in _TABLES_LAST_FIRST:
        op.drop_table(table)


def _unique_name(table: str) -> None:
    op.create_index(f"uq_{table}_name", table, [sa.text("lower(name)")], unique=True)


def _create_external_sites() -> None:
    op.create_table(
        "external_site_authentications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_url", sa.String(length=2000), nullable=False),
        sa.Column("username", sa.String(length=200), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=False),
        sa.Column("token_field", sa.String(length=100), nullable=False),
        sa.Column("duration_seconds", sa.Integer(), nullable=True),
        sa.Column("duration_field", sa.String(length=100), server_default="", nullable=False),
        sa.Column("strict_tls", sa.Boolean(), server_default="true", nullable=False),
        sa.CheckConstraint(
            "duration_seconds BETWEEN 1 AND 31536000",
            name=op.f("ck_external_site_authentications_duration_seconds_range"),
        ),
        sa.CheckConstraint(
            "duration_seconds IS NULL OR duration_field = ''",
            name=op.f("ck_external_site_authentications_one_duration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_site_authentications")),
    )
    _unique_name("external_site_authentications")
    op.create_table(
        "external_sites",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("trigger", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=4), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=True),
        sa.Column("target", sa.String(length=16), nullable=True),
        sa.Column("authentication_id", sa.Integer(), nullable=True),
        sa.Column("is_hidden", sa.Boolean(), server_default="false", nullable=False),
        sa.CheckConstraint(
            "trigger IN ('button', 'automatic', 'server', 'disposition', 'dynamic-list')",
            name=op.f("ck_external_sites_trigger_known"),
        ),
        sa.CheckConstraint("method IN ('GET', 'POST')", name=op.f("ck_external_sites_method_known")),
        sa.CheckConstraint(
            "format IN ('multipart', 'urlencoded', 'text', 'json')", name=op.f("ck_external_sites_format_known")
        ),
        sa.CheckConstraint("target IN ('embedded', 'new-tab')", name=op.f("ck_external_sites_target_known")),
        sa.CheckConstraint("(method = 'POST') = (format IS NOT NULL)", name=op.f("ck_external_sites_format_of_post")),
        sa.CheckConstraint(
            "(target IS NULL) = (trigger IN ('server', 'dynamic-list') OR format IS NOT DISTINCT FROM 'json')",
            name=op.f("ck_external_sites_target_of_browser"),
        ),
        sa.ForeignKeyConstraint(
            ["authentication_id"],
            ["external_site_authentications.id"],
            name=op.f("fk_external_sites_authentication_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_sites")),
    )
    _unique_name("external_sites")
    op.create_index(op.f("ix_external_sites_authentication_id"), "external_sites", ["authentication_id"])


def _create_external_systems() -> None:
    op.create_table(
        "external_systems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_external_systems")),
    )
    _unique_name("external_systems")
    op.create_table(
        "external_system_agents",
        sa.Column("external_system_id", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_external_system_agents_agent_id")),
        sa.ForeignKeyConstraint(
            ["external_system_id"],
            ["external_systems.id"],
            name=op.f("fk_external_system_agents_external_system_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("external_system_id", "agent_id", name=op.f("pk_external_system_agents")),
        sa.UniqueConstraint(
            "external_system_id", "external_id", name=op.f("uq_external_system_agents_external_system_id_external_id")
        ),
    )
    op.create_index(op.f("ix_external_system_agents_agent_id"), "external_system_agents", ["agent_id"])


def _create_forms() -> None:
    op.create_table(
        "forms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("description", sa.String(length=500), server_default="", nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forms")),
    )
    _unique_name("forms")
    op.create_table(
        "form_fields",
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("is_required", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("options", postgresql.ARRAY(sa.Text()), server_default=_NO_OPTIONS, nullable=False),
        sa.Column("number_kind", sa.String(length=8), nullable=True),
        sa.Column("digits", sa.Integer(), nullable=True),
        sa.Column("external_site_id", sa.Integer(), nullable=True),
        *_field_rules(),
        sa.ForeignKeyConstraint(
            ["external_site_id"], ["external_sites.id"], name=op.f("fk_form_fields_external_site_id")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["forms.id"], name=op.f("fk_form_fields_form_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("form_id", "position", name=op.f("pk_form_fields")),
    )
    op.create_index("uq_form_fields_form_id_name", "form_fields", ["form_id", sa.text("lower(name)")], unique=True)
    op.create_index(op.f("ix_form_fields_external_site_id"), "form_fields", ["external_site_id"])
    op.create_table(
        "disposition_names",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("subdispositions", postgresql.ARRAY(sa.Text()), server_default=_NO_OPTIONS, nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default="false", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposition_names")),
    )
    _unique_name("disposition_names")


def _field_rules() -> list[sa.CheckConstraint]:
    rules = {
        "type_known": "type IN ('text', 'date', 'list', 'text-area', 'number', 'dynamic-list')",
        "number_kind_known": "number_kind IN ('integer', 'decimal')",
        "number_kind_of_number": "(type = 'number') = (number_kind IS NOT NULL)",
        "digits_range": "digits BETWEEN 1 AND 10",
        "digits_of_decimal": "(number_kind IS NOT DISTINCT FROM 'decimal') = (digits IS NOT NULL)",
        "options_of_list": "(type = 'list') = (cardinality(options) > 0)",
        "site_of_dynamic_list": "(type = 'dynamic-list') = (external_site_id IS NOT NULL)",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_form_fields_{name}")) for name, rule in rules.items()]
