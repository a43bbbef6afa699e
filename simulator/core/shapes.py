"""Offered rates that change by themselves: step, ramp, spike, diurnal.

A shape is written `KIND:LOW-HIGH/SECONDS`, rates in events/s, such as `ramp:100-2000/60`.
It is cut into a hundred pieces of constant rate, so that intended times stay a function of the
shape alone and not of when somebody looks.
"""

import math
import re
from dataclasses import dataclass

from simulator.errors import WrongValue

PIECES = 100
KINDS = {
    "step": "LOW for SECONDS, then HIGH",
    "ramp": "from LOW to HIGH in SECONDS, then HIGH",
    "spike": "LOW, but HIGH in the last tenth of every SECONDS",
    "diurnal": "a wave from LOW over HIGH to LOW in every SECONDS: a day",
}
_FORM = re.compile(r"([a-z]+):(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)/(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Shape:
    """`low` and `high` in events/s; `seconds` is the length, or the period of what repeats."""

    kind: str
    low: float
    high: float
    seconds: float

    @property
    def pitch(self) -> float:
        """Seconds of one piece."""
        return self.seconds / PIECES

    def rate(self, piece: int) -> float:
        """Events/s in piece 0, 1, 2 and so on."""
        span, part = self.high - self.low, piece % PIECES
        match self.kind:
            case "step":
                return self.low if piece < PIECES else self.high
            case "ramp":
                return self.low + span * min(1.0, (piece + 0.5) / PIECES)
            case "spike":
                return self.high if part >= PIECES * 9 // 10 else self.low
            case _:
                return self.low + span * (1 - math.cos(2 * math.pi * (part + 0.5) / PIECES)) / 2


def parse(text: str) -> Shape:
    """Raises WrongValue that shows the form."""
    match = _FORM.fullmatch(text)
    if match is None or match[1] not in KINDS or not float(match[4]):
        forms = "; ".join(f"{kind}: {meaning}" for kind, meaning in KINDS.items())
        raise WrongValue(f"{text!r} is no shape KIND:LOW-HIGH/SECONDS; {forms}")
    return Shape(match[1], float(match[2]), float(match[3]), float(match[4]))
