"""Several Asterisks: which there are, and what each says of the trunks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asterisk_nodes",
        sa.Column("node", sa.String(64), nullable=False),
        sa.Column("here_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_asterisk_nodes")),
    )
    # Said anew within seconds.
    op.execute("DELETE FROM trunk_lines")
    op.add_column("trunk_lines", sa.Column("node", sa.String(64), nullable=False))
    op.drop_constraint(op.f("pk_trunk_lines"), "trunk_lines")
    op.create_primary_key(op.f("pk_trunk_lines"), "trunk_lines", ["trunk_id", "node"])


def downgrade() -> None:
    op.execute("DELETE FROM trunk_lines")
    op.drop_constraint(op.f("pk_trunk_lines"), "trunk_lines")
    op.drop_column("trunk_lines", "node")
    op.create_primary_key(op.f("pk_trunk_lines"), "trunk_lines", ["trunk_id"])
    op.drop_table("asterisk_nodes")
