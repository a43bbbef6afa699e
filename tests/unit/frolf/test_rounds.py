"""The rules of a round of disc golf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bots.frolf.rounds import (
    MAX_PLAYERS,
    Round,
    RuleBroken,
    create,
    join,
    leaderboard,
    player_of,
    relative_text,
    score,
    standing,
    term,
)

ANN, BEN, CLEO = 1, 2, 3


def round_of(*names: str, holes: int = 3) -> Round:
    """A round whose players have the ids 1, 2, ..."""
    made = create("Maple Hill", holes)
    for user_id, name in enumerate(names, start=1):
        made = join(made, user_id, name)
    return made


def scored(made: Round, user_id: int, *strokes: int) -> Round:
    """The round after somebody played its first holes."""
    for hole, one in enumerate(strokes, start=1):
        made = score(made, user_id, hole, one)
    return made


def test_a_round_has_18_holes_of_par_3_unless_told() -> None:
    made = create("  Maple \n Hill ")
    assert (made.course, made.pars, made.par) == ("Maple Hill", (3,) * 18, 54)


@pytest.mark.parametrize("course", ["", "  ", "x" * 81])
def test_a_course_needs_a_name_of_reasonable_length(course: str) -> None:
    with pytest.raises(RuleBroken, match="name"):
        create(course)


@pytest.mark.parametrize("holes", [0, -1, 28])
def test_a_round_has_1_to_27_holes(holes: int) -> None:
    with pytest.raises(RuleBroken, match="holes"):
        create("Maple Hill", holes)


def test_players_keep_the_order_of_joining() -> None:
    assert [player.name for player in round_of("Ann", "Ben").players] == ["Ann", "Ben"]


def test_nobody_joins_twice() -> None:
    with pytest.raises(RuleBroken, match="already"):
        join(round_of("Ann"), ANN, "Ann")


def test_a_full_round_takes_nobody() -> None:
    full = round_of(*(f"player {n}" for n in range(MAX_PLAYERS)))
    with pytest.raises(RuleBroken, match="full"):
        join(full, 4711, "late")


def test_a_score_is_noted_for_its_player_and_hole_only() -> None:
    made = score(round_of("Ann", "Ben"), ANN, hole=2, strokes=4)
    assert [player.strokes for player in made.players] == [(None, 4, None), (None, None, None)]


def test_a_second_score_corrects_the_first() -> None:
    made = score(score(round_of("Ann"), ANN, 1, 7), ANN, 1, 3)
    assert player_of(made, ANN).strokes == (3, None, None)


@pytest.mark.parametrize("hole", [0, 4, -1])
def test_there_is_no_score_for_a_hole_that_is_not_there(hole: int) -> None:
    with pytest.raises(RuleBroken, match="holes 1 to 3"):
        score(round_of("Ann"), ANN, hole, 3)


@pytest.mark.parametrize("strokes", [0, 31, -3])
def test_a_hole_takes_1_to_30_strokes(strokes: int) -> None:
    with pytest.raises(RuleBroken, match="strokes"):
        score(round_of("Ann"), ANN, 1, strokes)


def test_whoever_scores_must_have_joined() -> None:
    with pytest.raises(RuleBroken, match="/round join"):
        score(round_of("Ann"), BEN, 1, 3)


def test_the_leaderboard_goes_by_strokes_relative_to_par() -> None:
    made = scored(round_of("Ann", "Ben", "Cleo"), ANN, 4, 4)
    made = scored(scored(made, BEN, 2), CLEO, 3, 3, 3)
    ranks = [(one.name, one.relative, one.strokes, one.played) for one in leaderboard(made)]
    assert ranks == [("Ben", -1, 2, 1), ("Cleo", 0, 9, 3), ("Ann", 2, 8, 2)]


def test_on_a_tie_whoever_played_more_holes_leads_and_nobody_leads_without_playing() -> None:
    made = scored(scored(round_of("Ann", "Ben", "Cleo"), ANN, 4), BEN, 3, 4)
    assert [one.name for one in leaderboard(made)] == ["Ben", "Ann", "Cleo"]


def test_a_round_is_finished_when_all_have_played_all_holes() -> None:
    made = scored(round_of("Ann", "Ben", holes=2), ANN, 3, 3)
    assert not made.is_finished
    assert not scored(made, BEN, 3).is_finished
    assert scored(made, BEN, 3, 3).is_finished


def test_a_round_without_players_is_not_finished() -> None:
    assert not create("Maple Hill", 1).is_finished


@given(st.dictionaries(st.integers(1, 18), st.integers(1, 30)))
def test_a_standing_is_the_sum_of_the_holes_played(strokes: dict[int, int]) -> None:
    made = round_of("Ann", holes=18)
    for hole, one in strokes.items():
        made = score(made, ANN, hole, one)
    mine = standing(made, player_of(made, ANN))
    assert (mine.played, mine.strokes) == (len(strokes), sum(strokes.values()))
    assert mine.relative == sum(one - 3 for one in strokes.values())


@pytest.mark.parametrize(
    ("strokes", "par", "name"),
    [
        (1, 3, "ace"),
        (2, 3, "birdie"),
        (3, 3, "par"),
        (4, 3, "bogey"),
        (9, 3, "+6"),
        (2, 5, "albatross"),
    ],
)
def test_scores_have_the_names_that_golfers_give_them(strokes: int, par: int, name: str) -> None:
    assert term(strokes, par) == name


@pytest.mark.parametrize(("relative", "text"), [(-2, "-2"), (0, "E"), (3, "+3")])
def test_strokes_above_par_are_written_as_golfers_do(relative: int, text: str) -> None:
    assert relative_text(relative) == text
