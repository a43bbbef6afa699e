"""The streams, consumers and buckets that one bot needs, with their exact settings.

The lanes carry the guarantee: ``max_ack_pending=1`` lets the broker deliver a lane's next event
only when the one before it was acknowledged or its tries are used up, whichever worker holds it.
"""

from dataclasses import dataclass
from enum import StrEnum

from runtime.core import advisory
from runtime.core.routing import LANES, Subjects, TrafficClass

MIB = 1 << 20
DAY = 86_400.0

EVENT_TRIES = 5
INTERACTION_TRIES = 3
# Deliveries beyond the tries of the policy: for workers that die while holding an event and for
# dead letters that cannot be stored at the moment.
SPARE_DELIVERIES = 3


class Retention(StrEnum):
    """NATS's own names."""

    WORK_QUEUE = "workqueue"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True)
class Stream:
    """A JetStream stream. ``discard_new`` makes a full stream an error at the publisher."""

    name: str
    subjects: tuple[str, ...]
    retention: Retention
    discard_new: bool
    max_bytes: int
    max_age: float = 0.0
    """Seconds; 0 keeps a message until it is acknowledged."""
    duplicate_window: float = 300.0
    """Seconds in which a ``Nats-Msg-Id`` is refused a second time: the longest RESUME replay."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """A durable pull consumer shared by all workers."""

    stream: str
    durable: str
    filter_subject: str
    ack_wait: float
    max_deliver: int
    max_ack_pending: int


@dataclass(frozen=True, slots=True)
class Bucket:
    """A key-value bucket; ``ttl`` in seconds, 0 keeps values for ever."""

    name: str
    ttl: float = 0.0


class Topology:
    """All of one bot's streams, consumers and buckets."""

    def __init__(self, subjects: Subjects) -> None:
        upper = subjects.prefix.upper()
        self.subjects = subjects
        self.interactions = Stream(
            f"{upper}_INTERACTIONS",
            (subjects.all_of(TrafficClass.INTERACTION),),
            Retention.WORK_QUEUE,
            discard_new=True,
            max_bytes=256 * MIB,
        )
        self.events = Stream(
            f"{upper}_EVENTS",
            (subjects.all_of(TrafficClass.EVENT),),
            Retention.WORK_QUEUE,
            discard_new=True,
            max_bytes=2048 * MIB,
        )
        self.dead = Stream(
            f"{upper}_DEAD",
            (subjects.all_dead,),
            Retention.LIMITS,
            discard_new=False,
            max_bytes=512 * MIB,
            max_age=14 * DAY,
        )
        self.advisories = Stream(
            f"{upper}_ADVISORIES",
            tuple(advisory.subject(one.name, "*") for one in (self.interactions, self.events)),
            Retention.WORK_QUEUE,
            discard_new=False,
            max_bytes=16 * MIB,
            max_age=14 * DAY,
        )
        self.state = Bucket(f"{subjects.prefix}_state")
        self.leases = Bucket(f"{subjects.prefix}_leases", ttl=5.0)
        self.workers = Bucket(f"{subjects.prefix}_workers", ttl=30.0)
        self.guilds = Bucket(f"{subjects.prefix}_guilds")
        self.seen = Bucket(f"{subjects.prefix}_seen", ttl=DAY)  # as many as core/seen.py has slots
        # Parts of bodies that are too large for a message: as long as an event may wait.
        self.bodies = Bucket(f"{subjects.prefix}_bodies", ttl=DAY)
        # The same of dead letters: as long as these are kept.
        self.dead_bodies = Bucket(f"{subjects.prefix}_dead_bodies", ttl=self.dead.max_age)

    @property
    def streams(self) -> tuple[Stream, ...]:
        """In the order in which they are made."""
        return (self.interactions, self.events, self.dead, self.advisories)

    @property
    def buckets(self) -> tuple[Bucket, ...]:
        """All buckets."""
        return (
            self.state, self.leases, self.workers, self.guilds, self.seen, self.bodies,
            self.dead_bodies,
        )  # fmt: skip

    @property
    def interaction_consumer(self) -> Consumer:
        """The one consumer of all interactions: no order, short tries."""
        return Consumer(
            stream=self.interactions.name,
            durable="interactions",
            filter_subject=self.subjects.all_of(TrafficClass.INTERACTION),
            ack_wait=1.0,
            max_deliver=INTERACTION_TRIES + SPARE_DELIVERIES,
            max_ack_pending=10_000,
        )

    def lane_consumer(self, lane: int) -> Consumer:
        """The consumer of one lane."""
        return Consumer(
            stream=self.events.name,
            durable=f"lane-{lane:02d}",
            filter_subject=self.subjects.lane(lane),
            ack_wait=5.0,
            max_deliver=EVENT_TRIES + SPARE_DELIVERIES,
            max_ack_pending=1,
        )

    @property
    def lane_consumers(self) -> tuple[Consumer, ...]:
        """One per lane."""
        return tuple(self.lane_consumer(lane) for lane in range(LANES))

    @property
    def advisory_consumers(self) -> tuple[Consumer, ...]:
        """What is to be swept: of each work queue, the events whose deliveries are used up."""
        return tuple(
            Consumer(
                stream=self.advisories.name,
                durable=f"sweeper-{queue.name}",
                filter_subject=subject,
                ack_wait=30.0,
                max_deliver=10_000,
                max_ack_pending=100,
            )
            for queue, subject in zip(
                (self.interactions, self.events), self.advisories.subjects, strict=True
            )
        )

    @property
    def consumers(self) -> tuple[Consumer, ...]:
        """All durable consumers."""
        return (self.interaction_consumer, *self.lane_consumers, *self.advisory_consumers)
