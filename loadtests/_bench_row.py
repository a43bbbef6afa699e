"""What a row of the benchmark is."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bench:
    """How much to measure."""

    directory: Path
    """For logs, streams and the report."""
    turns: int = 5
    """How often each side has its turn."""
    events: int = 20_000
    """Events of one turn."""
    rate: float = 0.0
    """Events/s offered; 0 offers as fast as they are taken."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One turn: what ours cost and what the rival cost, in the row's unit."""

    variant: str
    ours: float
    theirs: float | None = None

    @property
    def ratio(self) -> float:
        """Ours over theirs; without a rival what ours cost."""
        return self.ours if self.theirs is None else self.ours / self.theirs


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``bar`` and ``stretch`` are of the ratio; without a bar it is told, not judged."""

    name: str
    meaning: str
    unit: str
    bar: float | None
    stretch: float | None
    run: Callable[[Bench, Mapping[str, str]], Iterator[Measured]]
    more: bool = False
    """Whether more is better; less is otherwise."""
