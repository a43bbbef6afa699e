"""Rounds in a database that all workers share.

Each change is one short transaction: read the round, ask the rules, write the difference. What
must happen once per event (a note that the event was handled) belongs into the same transaction,
and ``Database.change`` is the only way to begin one.

What the database itself raises is for the caller to let through: a handler that fails is tried
again, one that swallows it has lost the event.
"""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from runtime.bots.frolf import inbox, rounds
from runtime.bots.frolf.database import connect
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
        self._database = connect(url)

    async def open(self) -> None:
        """Connect, and make the tables if they are missing."""
        await self._database.open()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._database.close()

    async def create(
        self, channel_id: int, course: str, holes: int, now: float, event_id: str | None = None
    ) -> Round:
        """Open a round; ``event_id``, here and below, names the event that asks for it.

        Raises:
            RuleBroken: one is open, or the rules do not allow this one.
        """
        created = rounds.create(course, holes)

        def work(session: Session) -> Round:
            inbox.forget_old(session, now)
            _leave_abandoned(session, channel_id, now)
            session.add(
                RoundRow(
                    channel_id=channel_id,
                    course=created.course,
                    pars=list(created.pars),
                    touched_at=now,
                )
            )
            return created

        return await self._once(event_id, work)

    async def join(
        self, channel_id: int, user_id: int, name: str, event_id: str | None = None
    ) -> Round:
        """Take part in the open round.

        Raises:
            RuleBroken: no open round, or the rules do not allow it.
        """

        def work(session: Session) -> Round:
            row = _locked(session, channel_id)
            joined = rounds.join(_round(row), user_id, name)
            seat = len(row.players)
            row.players.append(PlayerRow(user_id=user_id, name=name, seat=seat, scores=[]))
            return joined

        return await self._once(event_id, work)

    async def score(
        self,
        channel_id: int,
        user_id: int,
        hole: int,
        strokes: int,
        now: float,
        event_id: str | None = None,
    ) -> Round:
        """Note a score; the last one of all closes the round.

        Raises:
            RuleBroken: no open round, or the rules do not allow it.
        """

        def work(session: Session) -> Round:
            row = _locked(session, channel_id)
            scored = rounds.score(_round(row), user_id, hole, strokes)
            session.merge(ScoreRow(round_id=row.id, user_id=user_id, hole=hole, strokes=strokes))
            row.touched_at = now
            row.is_open = not scored.is_finished
            return scored

        return await self._once(event_id, work)

    async def _once(self, event_id: str | None, work: Callable[[Session], Round]) -> Round:
        """One transaction with its effect and its note. Of two at once who want the same, the
        indices let one; the other looks again and sees what the first has done."""
        noted = partial(inbox.once, event_id=event_id, work=work)
        try:
            return await self._database.change(noted)
        except IntegrityError:
            return await self._database.change(noted)

    async def open_round(self, channel_id: int) -> Round:
        """The open round of a channel.

        Raises:
            RuleBroken: there is none.
        """
        return await self._database.read(lambda session: _found(session, _open_in(channel_id)))

    async def latest_round(self, channel_id: int) -> Round:
        """The open round of a channel, or else its last one.

        Raises:
            RuleBroken: there never was one.
        """
        newest = select(RoundRow).where(RoundRow.channel_id == channel_id)
        query = newest.order_by(RoundRow.id.desc()).limit(1)
        return await self._database.read(lambda session: _found(session, query))


def _found(session: Session, query: Select[RoundRow]) -> Round:
    row = session.scalar(query)
    if row is None:
        raise RuleBroken(_NO_ROUND)
    return _round(row)


def _locked(session: Session, channel_id: int) -> RoundRow:
    """The open round, which no other process can change until the transaction ends."""
    row = session.scalar(_open_in(channel_id).with_for_update())
    if row is None:
        raise RuleBroken(_NO_ROUND)
    return row


def _leave_abandoned(session: Session, channel_id: int, now: float) -> None:
    row = session.scalar(_open_in(channel_id).with_for_update())
    if row is None:
        return
    if now - row.touched_at < ABANDONED_AFTER:
        raise RuleBroken(f"A round is already open in this channel: {row.course}.")
    row.is_open = False
    session.flush()


def _open_in(channel_id: int) -> Select[RoundRow]:
    return select(RoundRow).where(RoundRow.channel_id == channel_id, RoundRow.is_open)


def _round(row: RoundRow) -> Round:
    return Round(row.course, tuple(row.pars), tuple(_player(row, one) for one in row.players))


def _player(row: RoundRow, player: PlayerRow) -> Player:
    strokes = {one.hole: one.strokes for one in player.scores}
    holes = range(1, len(row.pars) + 1)
    return Player(player.user_id, player.name, tuple(strokes.get(hole) for hole in holes))
