"""The rules of a round. No I/O, no clock, no Discord: values in, values out."""

from dataclasses import dataclass, replace

PAR = 3
"""Strokes that a hole should take: nearly every hole of disc golf is a par 3."""

MAX_HOLES = 27
MAX_PLAYERS = 12
MAX_STROKES = 30
MAX_COURSE = 80

_TERMS = {-3: "albatross", -2: "eagle", -1: "birdie", 0: "par", 1: "bogey", 2: "double bogey"}


class RuleBroken(Exception):  # noqa: N818 - the text is the answer to a player, not a fault of ours
    """What was asked is not in the rules; the text says so to the player."""


@dataclass(frozen=True, slots=True)
class Player:
    """Someone who joined. ``strokes`` has one place per hole, None until it is played."""

    user_id: int
    name: str
    strokes: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """A round: where, the par of each hole, and who plays, in the order of joining."""

    course: str
    pars: tuple[int, ...]
    players: tuple[Player, ...] = ()

    @property
    def par(self) -> int:
        """Par of the whole course."""
        return sum(self.pars)

    @property
    def is_finished(self) -> bool:
        """Whether somebody joined and everybody has played every hole."""
        return bool(self.players) and all(None not in player.strokes for player in self.players)


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the leaderboard. ``relative`` counts strokes above par of the holes played."""

    name: str
    relative: int
    strokes: int
    played: int


def create(course: str, holes: int = 18) -> Round:
    """A new round.

    Raises:
        RuleBroken: no course, too long a name, or an impossible number of holes.
    """
    name = " ".join(course.split())
    if not 1 <= len(name) <= MAX_COURSE:
        raise RuleBroken(f"A course needs a name of at most {MAX_COURSE} characters.")
    if not 1 <= holes <= MAX_HOLES:
        raise RuleBroken(f"A round has 1 to {MAX_HOLES} holes.")
    return Round(name, (PAR,) * holes)


def join(current: Round, user_id: int, name: str) -> Round:
    """The round with one more player.

    Raises:
        RuleBroken: joined before, or the round is full.
    """
    if any(player.user_id == user_id for player in current.players):
        raise RuleBroken("You already joined this round.")
    if len(current.players) >= MAX_PLAYERS:
        raise RuleBroken(f"This round is full: {MAX_PLAYERS} players.")
    player = Player(user_id, name, (None,) * len(current.pars))
    return replace(current, players=(*current.players, player))


def score(current: Round, user_id: int, hole: int, strokes: int) -> Round:
    """The round with a score noted; a second score for a hole corrects the first.

    Raises:
        RuleBroken: not joined, no such hole, or an impossible number of strokes.
    """
    if not 1 <= hole <= len(current.pars):
        raise RuleBroken(f"This course has holes 1 to {len(current.pars)}.")
    if not 1 <= strokes <= MAX_STROKES:
        raise RuleBroken(f"A hole takes 1 to {MAX_STROKES} strokes.")
    player = player_of(current, user_id)
    played = (*player.strokes[: hole - 1], strokes, *player.strokes[hole:])
    scored = replace(player, strokes=played)
    return replace(
        current, players=tuple(scored if one is player else one for one in current.players)
    )


def player_of(current: Round, user_id: int) -> Player:
    """Someone's place in the round.

    Raises:
        RuleBroken: not joined.
    """
    for player in current.players:
        if player.user_id == user_id:
            return player
    raise RuleBroken("You are not in this round yet: `/round join`.")


def standing(current: Round, player: Player) -> Standing:
    """How a player does."""
    done = [
        (strokes, par)
        for strokes, par in zip(player.strokes, current.pars, strict=True)
        if strokes is not None
    ]
    strokes = sum(one for one, _ in done)
    return Standing(player.name, strokes - sum(par for _, par in done), strokes, len(done))


def leaderboard(current: Round) -> tuple[Standing, ...]:
    """Everybody by strokes relative to par, on a tie whoever played more holes first; those who
    have not begun come last."""
    standings = (standing(current, player) for player in current.players)
    return tuple(sorted(standings, key=lambda one: (one.played == 0, one.relative, -one.played)))


def relative_text(relative: int) -> str:
    """Strokes above par as golfers write them: ``-2``, ``E``, ``+1``."""
    return f"{relative:+d}" if relative else "E"


def term(strokes: int, par: int) -> str:
    """What golfers call a score."""
    if strokes == 1:
        return "ace"
    return _TERMS.get(strokes - par, relative_text(strokes - par))
