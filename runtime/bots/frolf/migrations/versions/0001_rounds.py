"""Rounds, players, scores. Databases that were made before there were steps have these tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    """Make the tables that are missing."""
    op.create_table(
        "frolf_rounds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("course", sa.String(80), nullable=False),
        sa.Column("pars", sa.JSON, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("touched_at", sa.Double, nullable=False),
        if_not_exists=True,
    )
    op.create_index(
        "frolf_one_open_round",
        "frolf_rounds",
        ["channel_id"],
        unique=True,
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
        if_not_exists=True,
    )
    op.create_index(
        "frolf_rounds_of_channel", "frolf_rounds", ["channel_id", "id"], if_not_exists=True
    )
    op.create_table(
        "frolf_players",
        sa.Column("round_id", sa.Integer, sa.ForeignKey("frolf_rounds.id"), primary_key=True),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seat", sa.Integer, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        if_not_exists=True,
    )
    op.create_table(
        "frolf_scores",
        sa.Column("round_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("hole", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("strokes", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id", "user_id"], ["frolf_players.round_id", "frolf_players.user_id"]
        ),
        if_not_exists=True,
    )
