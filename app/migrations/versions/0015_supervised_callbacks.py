"""The next callbacks of all campaigns, read without sorting them."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_callbacks_due_at_id", "callbacks", ["due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_callbacks_due_at_id", "callbacks")
