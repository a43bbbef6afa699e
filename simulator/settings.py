"""What the fake Discord is told at its start. Everything has a default that is good for a test."""

from dataclasses import dataclass, field
from pathlib import Path

from simulator.core import intents
from simulator.core.faults import Fault
from simulator.core.recording import Recording
from simulator.core.replay import Bounds
from simulator.core.shapes import Shape
from simulator.core.storms import Storm


@dataclass(frozen=True, slots=True)
class Settings:
    """Rates are events/s, times are seconds."""

    rate: float = 0.0
    port: int = 0  # 0: any free port
    host: str = "127.0.0.1"
    duration: float | None = None
    guilds: int = 10
    shards: int = 1  # what /gateway/bot recommends
    seed: int = 1
    profile: str = "modern"
    probes: float = 0.02  # share of the mix
    token: str | None = field(default=None, repr=False)  # None accepts any
    heartbeat: float = 41.25
    max_concurrency: int = 1
    identify_window: float = 5.0
    identifies: int | None = None  # a day; None: as many as Discord grants for so many guilds
    privileged: int = intents.KNOWN  # intents that may be asked for
    bounds: Bounds = field(default_factory=Bounds)
    zlib_level: int = 3  # the client cannot tell; 6 costs more and saves a fifth of the octets
    limits: bool = False  # Discord's REST rate limits
    grace: float = 3.0  # how long the offer waits for commands after the first READY
    faults: tuple[Fault, ...] = ()
    report: Path | None = None
    shape: Shape | None = None  # how the rate changes by itself; `rate` does not count then
    storms: tuple[tuple[float, Storm], ...] = ()  # (seconds after the start of the offer, what)
    replay: Recording | None = None  # play this instead of the seeded mix
    speed: float = 1.0  # of the replay
    direct: str | None = None  # publish to this NATS instead of waiting for a gateway
    creds: str = ""  # path of what the direct NATS knows us by
    ca: str = ""  # path of the certificate authority of the same
    subject_prefix: str = "discord"  # of the direct subjects
