"""Rounds in a database that all workers share.

Each change is one short transaction: read the round, ask the rules, write the difference. What
must happen once per event (a note that the event was handled) belongs into the same transaction,
and ``_change`` is the only place that begins one.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from runtime.bots.frolf import rounds
from runtime.bots.frolf.database import READ_ONLY, make_engine, make_tables, writers_at_once
from runtime.bots.frolf.rounds import Player, Round, RuleBroken
from runtime.bots.frolf.tables import PlayerRow, RoundRow, ScoreRow

ABANDONED_AFTER = 12 * 3600.0
"""Seconds without a score after which a channel may open another round."""

_NO_ROUND = "No open round in this channel: `/round create` opens one."


class Store:
    """The rounds of all channels, at most one of them open in each.

    Args:
        url: the database, as SQLAlchemy writes it; connected to when first needed.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._writing = async_sessionmaker(self._engine, expire_on_commit=False)
        self._reading = async_sessionmaker(self._engine.execution_options(**READ_ONLY))
        self._turns = asyncio.Semaphore(writers_at_once(self._engine))

    async def open(self) -> None:
        """Connect, and make the tables if they are missing."""
        await make_tables(self._engine)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()

    async def create(self, channel_id: int, course: str, holes: int, now: float) -> Round:
        """Open a round.

        Raises:
            RuleBroken: one is open, or the rules do not allow this one.
        """
        created = rounds.create(course, holes)
        try:
            async with self._change() as session:
                await self._leave_abandoned(session, channel_id, now)
                session.add(
                    RoundRow(
                        channel_id=channel_id,
                        course=created.course,
                        pars=list(created.pars),
                        touched_at=now,
                    )
                )
        except IntegrityError:  # two at once: the index lets one of them
            raise RuleBroken("A round is already open in this channel.") from None
        return created

    async def join(self, channel_id: int, user_id: int, name: str) -> Round:
        """Take part in the open round.

        Raises:
            RuleBroken: no open round, or the rules do not allow it.
        """
        async with self._change() as session:
            row = await self._locked(session, channel_id)
            joined = rounds.join(_round(row), user_id, name)
            seat = len(row.players)
            row.players.append(PlayerRow(user_id=user_id, name=name, seat=seat, scores=[]))
            return joined

    async def score(
        self, channel_id: int, user_id: int, hole: int, strokes: int, now: float
    ) -> Round:
        """Note a score; the last one of all closes the round.

        Raises:
            RuleBroken: no open round, or the rules do not allow it.
        """
        async with self._change() as session:
            row = await self._locked(session, channel_id)
            scored = rounds.score(_round(row), user_id, hole, strokes)
            await session.merge(
                ScoreRow(round_id=row.id, user_id=user_id, hole=hole, strokes=strokes)
            )
            row.touched_at = now
            row.is_open = not scored.is_finished
            return scored

    async def open_round(self, channel_id: int) -> Round:
        """The open round of a channel.

        Raises:
            RuleBroken: there is none.
        """
        async with self._reading() as session:
            row = await session.scalar(_open_in(channel_id))
            if row is None:
                raise RuleBroken(_NO_ROUND)
            return _round(row)

    async def latest_round(self, channel_id: int) -> Round:
        """The open round of a channel, or else its last one.

        Raises:
            RuleBroken: there never was one.
        """
        newest = select(RoundRow).where(RoundRow.channel_id == channel_id)
        async with self._reading() as session:
            row = await session.scalar(newest.order_by(RoundRow.id.desc()).limit(1))
            if row is None:
                raise RuleBroken(_NO_ROUND)
            return _round(row)

    @asynccontextmanager
    async def _change(self) -> AsyncIterator[AsyncSession]:
        async with self._turns, self._writing.begin() as session:
            yield session

    async def _locked(self, session: AsyncSession, channel_id: int) -> RoundRow:
        """The open round, which no other process can change until the transaction ends."""
        row = await session.scalar(_open_in(channel_id).with_for_update())
        if row is None:
            raise RuleBroken(_NO_ROUND)
        return row

    async def _leave_abandoned(self, session: AsyncSession, channel_id: int, now: float) -> None:
        row = await session.scalar(_open_in(channel_id).with_for_update())
        if row is None:
            return
        if now - row.touched_at < ABANDONED_AFTER:
            raise RuleBroken(f"A round is already open in this channel: {row.course}.")
        row.is_open = False
        await session.flush()


def _open_in(channel_id: int) -> Select[RoundRow]:
    return select(RoundRow).where(RoundRow.channel_id == channel_id, RoundRow.is_open)


def _round(row: RoundRow) -> Round:
    return Round(row.course, tuple(row.pars), tuple(_player(row, one) for one in row.players))


def _player(row: RoundRow, player: PlayerRow) -> Player:
    strokes = {one.hole: one.strokes for one in player.scores}
    holes = range(1, len(row.pars) + 1)
    return Player(player.user_id, player.name, tuple(strokes.get(hole) for hole in holes))
