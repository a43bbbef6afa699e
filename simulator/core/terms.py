"""What the gateway tells and asks of every connection."""

from dataclasses import dataclass

from simulator.core import intents


@dataclass(frozen=True, slots=True)
class Terms:
    """The same for all connections of a run. Times are seconds."""

    heartbeat: float = 41.25  # seconds between heartbeats
    tolerance: float = 1.5  # silent for so many intervals: closed
    token: str | None = None  # the only accepted token; None accepts any
    allowed: int = intents.KNOWN  # intents that the application may ask for
    resume_url: str = ""
    zlib_level: int = 3
