"""Streams, consumers and buckets: the values that carry the guarantees."""

from runtime.bus.memory.subjects import matches
from runtime.core import advisory
from runtime.core.routing import LANES, Subjects, TrafficClass
from runtime.core.topology import Retention, Topology

TOPOLOGY = Topology(Subjects("discord"))


def test_the_streams_are_named_after_the_prefix() -> None:
    names = [stream.name for stream in Topology(Subjects("my-bot")).streams]
    assert names == ["MY-BOT_INTERACTIONS", "MY-BOT_EVENTS", "MY-BOT_DEAD", "MY-BOT_ADVISORIES"]


def test_two_prefixes_share_nothing() -> None:
    one, other = TOPOLOGY, Topology(Subjects("other"))
    assert not {s.name for s in one.streams} & {s.name for s in other.streams}
    assert not {b.name for b in one.buckets} & {b.name for b in other.buckets}


def test_work_queues_refuse_the_new_when_full_and_dead_letters_forget_the_old() -> None:
    for stream in (TOPOLOGY.interactions, TOPOLOGY.events):
        assert (stream.retention, stream.discard_new) == (Retention.WORK_QUEUE, True)
    assert (TOPOLOGY.dead.retention, TOPOLOGY.dead.discard_new) == (Retention.LIMITS, False)


def test_no_stream_forgets_an_id_sooner_than_a_replay_may_take() -> None:
    assert all(stream.duplicate_window >= 300 for stream in TOPOLOGY.streams)


def test_a_lane_has_one_event_in_flight() -> None:
    assert len(TOPOLOGY.lane_consumers) == LANES
    assert {one.max_ack_pending for one in TOPOLOGY.lane_consumers} == {1}


def test_every_event_subject_belongs_to_exactly_one_lane() -> None:
    for lane in range(LANES):
        subject = f"discord.v1.event.{lane}.MESSAGE_CREATE"
        readers = [
            one.durable for one in TOPOLOGY.consumers if matches(one.filter_subject, subject)
        ]
        assert readers == [f"lane-{lane:02d}"]


def test_every_interaction_belongs_to_the_shared_consumer() -> None:
    subject = "discord.v1.interaction.modal"
    readers = [one for one in TOPOLOGY.consumers if matches(one.filter_subject, subject)]
    assert readers == [TOPOLOGY.interaction_consumer]


def test_the_broker_tries_more_often_than_the_policy() -> None:
    assert TOPOLOGY.interaction_consumer.max_deliver == 3 + 3
    assert TOPOLOGY.lane_consumer(0).max_deliver == 5 + 3


def test_an_interaction_is_delivered_again_well_inside_its_deadline() -> None:
    assert TOPOLOGY.interaction_consumer.ack_wait == 1.0
    assert TOPOLOGY.lane_consumer(0).ack_wait == 5.0


def test_streams_take_disjoint_subjects() -> None:
    subjects = [
        "discord.v1.interaction.command",
        "discord.v1.event.0.MESSAGE_CREATE",
        TOPOLOGY.subjects.dead(TrafficClass.EVENT, "MESSAGE_CREATE"),
        "discord.v1.ambient.TYPING_START",
        TOPOLOGY.subjects.rest,
    ]
    takers = [[s.name for s in TOPOLOGY.streams if matches(s.subjects[0], x)] for x in subjects]
    assert takers == [["DISCORD_INTERACTIONS"], ["DISCORD_EVENTS"], ["DISCORD_DEAD"], [], []]


def test_what_the_broker_says_of_each_work_queue_reaches_whoever_sweeps() -> None:
    for stream, consumer in (("DISCORD_EVENTS", "lane-07"), ("DISCORD_INTERACTIONS", "any")):
        said = advisory.subject(stream, consumer)
        assert [one.name for one in TOPOLOGY.streams if any(matches(x, said) for x in one.subjects)]
        readers = [one for one in TOPOLOGY.consumers if matches(one.filter_subject, said)]
        assert [one.durable for one in readers] == [f"sweeper-{stream}"]


def test_a_lease_ends_by_itself_and_state_does_not() -> None:
    assert TOPOLOGY.leases.ttl > 0
    assert TOPOLOGY.state.ttl == 0
