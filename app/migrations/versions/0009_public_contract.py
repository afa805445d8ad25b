"""What `/api/v1` needs: a token for each user who signs in there, and dispositions without a call of ours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "login_tokens",
        sa.Column(
            "user_id", sa.Integer, sa.ForeignKey("users.id", name="fk_login_tokens_user_id_users"), nullable=False
        ),
        sa.Column("nonce", sa.LargeBinary, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_login_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_login_tokens_token_hash"),
    )
    op.add_column("dispositions", sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False))
    op.create_unique_constraint("uq_dispositions_id", "dispositions", ["id"])
    op.add_column("dispositions", sa.Column("given_call_id", sa.String(128)))


def downgrade() -> None:
    op.drop_column("dispositions", "given_call_id")
    op.drop_column("dispositions", "id")
    op.drop_table("login_tokens")
