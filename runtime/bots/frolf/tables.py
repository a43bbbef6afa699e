"""The tables. Discord's ids are 64 bits wide; times are seconds since 1970.

A change here needs a step in ``migrations/versions``.
"""

import time

from sqlalchemy import (
    JSON,
    BigInteger,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """All tables of the bot."""


class RoundRow(Base):
    """A round; the unique index lets a channel have one that is open."""

    __tablename__ = "frolf_rounds"
    __table_args__ = (
        Index(
            "frolf_one_open_round",
            "channel_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        Index("frolf_rounds_of_channel", "channel_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(BigInteger)
    course: Mapped[str] = mapped_column(String(80))
    pars: Mapped[list[int]] = mapped_column(JSON)
    is_open: Mapped[bool] = mapped_column(default=True)
    touched_at: Mapped[float] = mapped_column(Double)
    players: Mapped[list["PlayerRow"]] = relationship(
        lazy="selectin", order_by="PlayerRow.seat", cascade="all, delete-orphan"
    )


class PlayerRow(Base):
    """Someone in a round; seats are numbered in the order of joining."""

    __tablename__ = "frolf_players"

    round_id: Mapped[int] = mapped_column(ForeignKey("frolf_rounds.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seat: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    scores: Mapped[list["ScoreRow"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


class ScoreRow(Base):
    """What somebody needed for a hole."""

    __tablename__ = "frolf_scores"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "user_id"], ["frolf_players.round_id", "frolf_players.user_id"]
        ),
    )

    round_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hole: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    strokes: Mapped[int]


class InboxRow(Base):
    """An event that was handled, and what came of it as JSON."""

    __tablename__ = "frolf_inbox"

    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    outcome: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[float] = mapped_column(Double, default=time.time, index=True)
