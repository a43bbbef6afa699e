import random
from itertools import pairwise

import pytest

from simulator.core.flow import Flow
from simulator.core.scene import Said, Scene
from simulator.core.world import World

WORLD = World(3, seed=1)
HERE, THERE = (Scene(WORLD.fresh_guild(guild)) for guild in WORLD.guild_ids()[:2])


@pytest.fixture
def flow() -> Flow:
    return Flow(random.Random(1).random)


def test_who_types_writes_one_to_eight_seconds_later_in_that_channel(flow: Flow) -> None:
    flow.types(HERE, 2, 4, elapsed=10.0)
    assert flow.writer(10.9) is None
    (typist,) = [found for n in range(80) if (found := flow.writer(11 + n / 10)) is not None]
    assert (typist.scene, typist.place, typist.author) == (HERE, 2, 4)


def test_whoever_began_first_need_not_be_the_first_to_write(flow: Flow) -> None:
    for author in range(8):
        flow.types(HERE, 0, author, elapsed=0.0)
    written = [found for n in range(90) if (found := flow.writer(n / 10)) is not None]
    assert all(a.due <= b.due for a, b in pairwise(written))
    assert sorted(typist.author for typist in written) == list(range(8))


def test_a_message_nobody_had_time_for_is_given_up(flow: Flow) -> None:
    flow.types(HERE, 0, 0, elapsed=0.0)
    assert flow.writer(60.0) is None


def test_a_link_unfolds_within_two_seconds_and_keeps_its_text(flow: Flow) -> None:
    for ident in range(50):
        flow.said(Said(ident, HERE, 1, 2, b'"see"'), elapsed=0.0)
    assert flow.unfolds(0.29) is None
    found = [said for n in range(90) if (said := flow.unfolds(0.3 + n / 50)) is not None]
    assert 10 < len(found) < 30
    assert {(said.text, said.place) for said in found} == {(b'"see"', 1)}


def test_half_of_all_messages_go_where_the_talk_is(flow: Flow) -> None:
    assert flow.answers() is None
    message = Said(1, THERE, 2, 0, b'""')
    flow.said(message, elapsed=0.0)
    answers = [flow.answers() for _ in range(1000)]
    assert {answer for answer in answers if answer is not None} == {message}
    assert answers.count(None) == pytest.approx(500, abs=60)
