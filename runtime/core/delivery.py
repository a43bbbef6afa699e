"""What becomes of an event after its handler ran. No I/O and no clock."""

from dataclasses import dataclass

from runtime.core.routing import TrafficClass
from runtime.core.topology import EVENT_TRIES, INTERACTION_TRIES


@dataclass(frozen=True, slots=True)
class Handled:
    """The handler finished."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The handler raised; another try may succeed."""

    error: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """The handler did not end within ``seconds`` and was cancelled.

    ``too_late``: nobody can do it any more, as with an interaction above 3 s.
    """

    seconds: float
    too_late: bool = False


@dataclass(frozen=True, slots=True)
class Undecodable:
    """No try can succeed: the message is not an event."""

    error: str


@dataclass(frozen=True, slots=True)
class Expired:
    """An interaction that nobody may answer any more."""

    age: float


Outcome = Handled | Failed | TimedOut | Undecodable | Expired


@dataclass(frozen=True, slots=True)
class Ack:
    """Done."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Hand it back; it comes again after ``delay`` seconds."""

    delay: float


REASONS = ("failed", "timeout", "undecodable", "expired", "max-deliveries")
"""Why an event is given up: ``Dead.reason``."""


@dataclass(frozen=True, slots=True)
class Dead:
    """Keep it as a dead letter, then acknowledge."""

    reason: str
    error: str


Decision = Ack | Retry | Dead


def exhausted(deliveries: int) -> Dead:
    """The death of an event whose deliveries are used up though no worker said a word of it."""
    return Dead(
        "max-deliveries",
        f"{deliveries} deliveries, none of them acknowledged: its workers died, or lost the broker",
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """Retries of one class: full jitter below an exponentially growing, capped delay."""

    max_tries: int
    base: float
    cap: float


POLICIES = {
    TrafficClass.EVENT: Policy(EVENT_TRIES, base=0.5, cap=30.0),
    TrafficClass.INTERACTION: Policy(INTERACTION_TRIES, base=0.1, cap=0.5),
}


def decide(outcome: Outcome, tries: int, policy: Policy, jitter: float) -> Decision:
    """What to do with a message.

    Args:
        outcome: how the handler ended.
        tries: deliveries so far, this one included; 1 for the first.
        policy: the retries of its class.
        jitter: uniform in [0, 1), drawn by the caller.
    """
    match outcome:
        case Handled():
            return Ack()
        case Undecodable(error):
            return Dead("undecodable", error)
        case Expired(age):
            return Dead("expired", f"received at the age of {age:.1f} s")
        case Failed(error) if tries >= policy.max_tries:
            return Dead("failed", error)
        case TimedOut(seconds, too_late) if too_late or tries >= policy.max_tries:
            return Dead("timeout", f"the handler did not end within {seconds:g} s")
        case Failed() | TimedOut():
            return Retry(jitter * min(policy.cap, policy.base * 2 ** (tries - 1)))
