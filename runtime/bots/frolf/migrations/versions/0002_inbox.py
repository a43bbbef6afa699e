"""A note of every event that was handled."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "frolf_inbox",
        sa.Column("event_id", sa.String(200), primary_key=True),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("noted_at", sa.Double, nullable=False),
    )
    op.create_index("ix_frolf_inbox_noted_at", "frolf_inbox", ["noted_at"])
