"""Contact bases and contacts, do-not-call lists, and the files they are imported from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_TABLES_LAST_FIRST = (
    "contact_import_rejects",
    "contact_import_chunks",
    "contact_imports",
    "blacklist_entries",
    "blacklist_campaigns",
    "blacklists",
    "contacts",
    "contact_bases",
)
_INCOMPRESSIBLE = ("contact_import_chunks", "contact_import_rejects")


def upgrade() -> None:
    """Files are kept as they are: they are read once, and compressing them would cost more than it saves."""
    _create_bases()
    _create_blacklists()
    _create_imports()
    for table in _INCOMPRESSIBLE:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    for table in _TABLES_LAST_FIRST:
        op.drop_table(table)


def _create_bases() -> None:
    op.create_table(
        "contact_bases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("contact_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_bases")),
    )
    op.create_index(
        "uq_contact_bases_name_live",
        "contact_bases",
        [sa.literal_column("lower(name)")],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=26), nullable=False),
        sa.Column("external_id", sa.Text(collation="C"), nullable=True),
        sa.Column("values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=False),
        sa.Column("is_original", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["contact_bases.id"], name=op.f("fk_contacts_base_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_base_id_id", "contacts", ["base_id", "id"], unique=False)
    op.create_index(
        "ix_contacts_base_id_main_phone",
        "contacts",
        ["base_id", sa.literal_column("(phones[1])")],
        unique=False,
    )
    op.create_index("ix_contacts_search", "contacts", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "uq_contacts_base_id_external_id",
        "contacts",
        ["base_id", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )


def _create_blacklists() -> None:
    op.create_table(
        "blacklists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("applies_to_all", sa.Boolean(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blacklists")),
    )
    op.create_index("uq_blacklists_name", "blacklists", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "blacklist_campaigns",
        sa.Column("blacklist_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blacklist_id"], ["blacklists.id"], name=op.f("fk_blacklist_campaigns_blacklist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_blacklist_campaigns_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blacklist_id", "campaign_id", name=op.f("pk_blacklist_campaigns")),
    )
    op.create_index(op.f("ix_blacklist_campaigns_campaign_id"), "blacklist_campaigns", ["campaign_id"], unique=False)
    op.create_table(
        "blacklist_entries",
        sa.Column("blacklist_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=25, collation="C"), nullable=False),
        sa.Column("reason", sa.String(length=200), server_default="", nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["blacklist_id"], ["blacklists.id"], name=op.f("fk_blacklist_entries_blacklist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("blacklist_id", "number", name=op.f("pk_blacklist_entries")),
    )
    op.create_index("ix_blacklist_entries_number", "blacklist_entries", ["number"], unique=False)


def _create_imports() -> None:
    op.create_table(
        "contact_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("blacklist_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("job_id", sa.String(length=26), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("is_cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("done_bytes", sa.BigInteger(), nullable=False),
        sa.Column("read_count", sa.Integer(), nullable=False),
        sa.Column("accepted_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_count", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('contacts', 'blacklist')", name=op.f("ck_contact_imports_kind_known")),
        sa.CheckConstraint(
            "state IN ('uploading', 'queued', 'running', 'done', 'failed', 'cancelled')",
            name=op.f("ck_contact_imports_state_known"),
        ),
        sa.ForeignKeyConstraint(["base_id"], ["contact_bases.id"], name=op.f("fk_contact_imports_base_id")),
        sa.ForeignKeyConstraint(
            ["blacklist_id"], ["blacklists.id"], name=op.f("fk_contact_imports_blacklist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_contact_imports_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_imports")),
    )
    op.create_index(op.f("ix_contact_imports_base_id"), "contact_imports", ["base_id"], unique=False)
    op.create_index(op.f("ix_contact_imports_blacklist_id"), "contact_imports", ["blacklist_id"], unique=False)
    op.create_index("ix_contact_imports_kind_id", "contact_imports", ["kind", "id"], unique=False)
    op.create_table(
        "contact_import_chunks",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["contact_imports.id"], name=op.f("fk_contact_import_chunks_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_contact_import_chunks")),
    )
    op.create_table(
        "contact_import_rejects",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["contact_imports.id"], name=op.f("fk_contact_import_rejects_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_contact_import_rejects")),
    )
