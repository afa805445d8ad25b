"""The rest of what `/api/v1` needs: choices of an IVR with several keys, and whom the installation is registered to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_ivr_options_digit_known"), "ivr_options", type_="check")
    op.alter_column("ivr_options", "digit", type_=sa.String(5), existing_type=sa.String(1), existing_nullable=False)
    op.create_check_constraint(op.f("ck_ivr_options_digit_known"), "ivr_options", "digit ~ '^[0-9*#]{1,5}$'")
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(30), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_registration_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )


def downgrade() -> None:
    op.drop_table("registration")
    op.execute("DELETE FROM ivr_options WHERE length(digit) > 1")
    op.drop_constraint(op.f("ck_ivr_options_digit_known"), "ivr_options", type_="check")
    op.alter_column("ivr_options", "digit", type_=sa.String(1), existing_type=sa.String(5), existing_nullable=False)
    op.create_check_constraint(op.f("ck_ivr_options_digit_known"), "ivr_options", "digit ~ '^[0-9*#]$'")
