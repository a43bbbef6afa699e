"""Locustfile: synthetic events through NATS to the workers, as an open loop.

A user is a unit of rate, not somebody who waits: it offers ``--event-rate`` events/s by a clock
that never resets, so Locust's number of users, ramps and shapes mean offered load. Latencies count
from the time at which an event was due. The run ends with a verdict; an invalid one exits with 1.
"""

from typing import Any

import gevent
from locust import User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from loadtests._generator import Offer
from loadtests._locust import (
    above_zero,
    count,
    listens_to,
    new_file,
    not_negative,
    prefix,
    share,
    whole,
)
from loadtests._session import Session
from loadtests._verdict import LATENESS_LIMIT

_sessions: dict[int, Session] = {}
"""By the id of the environment: Locust's listeners are global, its environments are not."""


@listens_to(events.init_command_line_parser)
def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    default = Offer()
    group = parser.add_argument_group("Multipod events", "What the event users offer")
    add = group.add_argument
    url, named = "NATS servers of the fleet", "the fleet's SUBJECT_PREFIX"
    add("--nats-url", env_var="NATS_URL", default=default.nats_url, help=url)
    add(
        "--subject-prefix",
        env_var="SUBJECT_PREFIX",
        type=prefix,
        default=default.subject_prefix,
        help=named,
    )
    add("--event-rate", type=above_zero, default=default.event_rate, help="events/s of one user")
    add("--guilds", type=count, default=default.guilds, help="number of guilds")
    add("--zipf", type=not_negative, default=default.zipf, help="how uneven guilds are; 0: equal")
    add("--payload-size", type=whole, default=default.payload_size, help="bytes; 0: as they come")
    add("--interactions", type=share, default=default.interactions, help="share of slash commands")
    add("--seed", type=int, default=default.seed, help="of guilds, types and texts")
    add("--warm-up", type=not_negative, default=default.warm_up, help="seconds not measured")
    add("--settle", type=above_zero, default=default.settle, help="most seconds to wait at the end")
    add(
        "--max-in-flight", type=count, default=default.max_in_flight, help="then events are skipped"
    )
    limit = LATENESS_LIMIT
    add("--lateness-limit", type=above_zero, default=limit, help="p99 of a valid run, seconds")
    add(
        "--results",
        type=new_file,
        default="",
        help="file to write counts, distributions and verdict to (JSON)",
    )


@listens_to(events.init)
def _on_init(environment: Environment, **_: Any) -> None:
    # Timers count from the loop's idea of now, which importing everything has made stale: without
    # this, --run-time would be short by most of a second.
    gevent.get_hub().loop.update_now()
    session = _sessions[id(environment)] = Session(environment)

    @listens_to(environment.events.quitting)
    def _on_quitting(**_: Any) -> None:
        session.finish()


@listens_to(events.test_start)
def _on_start(environment: Environment, **_: Any) -> None:
    if EventUser in environment.user_classes:  # else only somebody else's users are wanted
        _sessions[id(environment)].start()


@listens_to(events.test_stopping)
def _on_stopping(environment: Environment, **_: Any) -> None:
    _sessions[id(environment)].finish()


class EventUser(User):
    """One unit of rate."""

    @task
    def offer(self) -> None:
        """Offer until stopped; wait when the test cannot run."""
        generator = _sessions[id(self.environment)].generator
        if generator is not None:
            generator.run_unit()
        gevent.sleep(1.0)
