"""Things that go wrong on purpose: what, to whom, when, how often.

A *timed* fault strikes by itself (close, op7, op9, tcp_reset, stall, malformed_frame). A *waiting*
fault strikes when, from its time on, something happens: an upgrade, a RESUME, a heartbeat, a REST
call, a new interaction.
"""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields

import msgspec

from simulator.errors import WrongValue

TIMED = frozenset({"close", "op7", "op9", "tcp_reset", "stall", "malformed_frame", "op1"})
WAITING = frozenset({
    "no_ack", "refuse_upgrade", "refuse_resume", "dead_resume_url", "rest_status", "rest_delay",
    "rest_429", "rest_reset", "effect_then_error", "effect_then_reset", "expired_token",
})  # fmt: skip


@dataclass(slots=True)
class Fault:
    """One fault. Times are seconds; `count` is how often it may strike, 0 without end."""

    kind: str
    shard: int | None = None  # None: any
    at_event: int | None = None  # once the mix has emitted so many events
    after: float | None = None  # once so many seconds have passed
    every: float | None = None  # timed: again and again
    probability: float = 1.0
    count: int | None = None  # None: once for timed faults, without end for waiting ones
    seed: int = 0
    code: int = 4000  # close, refuse_resume (0: op 9 false)
    resumable: bool = False  # op9
    seconds: float = 1.0  # stall, rest_delay, retry_after of rest_429, life of expired_token
    silent: bool = False  # no_ack: stop dispatching as well
    method: str = ""  # rest_*: any method
    route: str = "/"  # rest_*: prefix of the path below /api/v10
    status: int = 500  # rest_status, effect_then_error, refuse_upgrade
    scope: str = "user"  # rest_429: user, global, shared
    via: bool = True  # rest_429: False leaves out the Via header, like Cloudflare's own 429
    struck: int = 0
    due_at: float = field(default=0.0)
    dice: random.Random = field(default_factory=random.Random, repr=False, compare=False)

    def spent(self) -> bool:
        """Whether it has struck as often as it may."""
        limit = self.count
        if limit is None:
            limit = 1 if self.kind in TIMED and self.every is None else 0
        return 0 < limit <= self.struck

    def as_json(self) -> dict[str, object]:
        """What the control API shows."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "dice"}


_GIVEN = {item.name for item in fields(Fault)} - {"struck", "due_at", "dice"}


def parse(given: Mapping[str, object]) -> Fault:
    """A fault from JSON. Raises WrongValue that names the key or the kind."""
    unknown = sorted(set(given) - _GIVEN)
    if unknown:
        raise WrongValue(f"a fault has no key {unknown[0]!r}; it has: {', '.join(sorted(_GIVEN))}")
    kind = given.get("kind")
    if kind not in TIMED | WAITING:
        kinds = ", ".join(sorted(TIMED | WAITING))
        raise WrongValue(f"{kind!r} is no kind of fault; there are: {kinds}")
    for key, value in given.items():
        _check(key, value)
    return Fault(**given)  # type: ignore[arg-type]  # keys and types were checked above


_TEXT = frozenset({"kind", "method", "route", "scope"})
_FLAGS = frozenset({"resumable", "silent", "via"})


def _check(key: str, value: object) -> None:
    wanted: type | tuple[type, ...] = (int, float)
    if key in _TEXT:
        wanted = str
    elif key in _FLAGS:
        wanted = bool
    elif key in {"shard", "at_event", "count", "seed", "code", "status"}:
        wanted = int
    optional = value is None and key in {"shard", "at_event", "after", "every", "count"}
    if not optional and (not isinstance(value, wanted) or (key not in _FLAGS and value is True)):
        raise WrongValue(f"a fault's {key!r} cannot be {value!r}")


class Faults:
    """The faults that are armed."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._armed: list[Fault] = []
        self._told = told  # the ledger counts each strike by kind
        self._now, self._emitted = 0.0, 0  # as of the last turn

    def armed(self) -> list[Fault]:
        """Those that may still strike."""
        return list(self._armed)

    def add(self, fault: Fault, now: float) -> None:
        """Arm one fault at `now`."""
        fault.dice = random.Random(fault.seed)
        first = fault.every or 0.0 if fault.kind in TIMED else 0.0
        fault.due_at = now + (first if fault.after is None else fault.after)
        self._now = max(self._now, now)
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all of them."""
        self._armed.clear()

    def due(self, now: float, emitted: int, live: Collection[int]) -> list[Fault]:
        """The timed faults that strike now; one waits until a shard that it is for is live."""
        self._now, self._emitted = now, emitted
        return [f for f in self.armed() if _is_due(f, now, emitted, live) and self._strike(f)]

    def take(self, kind: str, shard: int | None = None) -> Fault | None:
        """The waiting fault of this kind that strikes this shard now, if any."""
        for fault in self._armed:
            if fault.kind != kind or not self._is_ripe(fault):
                continue
            if fault.shard is None or fault.shard == shard:
                return fault if self._strike(fault) else None
        return None

    def take_route(self, kind: str, method: str, path: str) -> Fault | None:
        """The waiting fault of this kind that strikes this REST call, if any."""
        for fault in self._armed:
            fits = fault.kind == kind and path.startswith(fault.route)
            if fits and fault.method in {"", method} and self._is_ripe(fault):
                return fault if self._strike(fault) else None
        return None

    def _is_ripe(self, fault: Fault) -> bool:
        return self._now >= fault.due_at and self._emitted >= (fault.at_event or 0)

    def _strike(self, fault: Fault) -> bool:
        if fault.dice.random() >= fault.probability:
            return False
        fault.struck += 1
        self._told(fault.kind)
        if fault.spent():
            self._armed.remove(fault)
        return True


def _is_due(fault: Fault, now: float, emitted: int, live: Collection[int]) -> bool:
    if fault.kind not in TIMED or now < fault.due_at or emitted < (fault.at_event or 0):
        return False
    if not live or (fault.shard is not None and fault.shard not in live):
        return False
    fault.due_at = now + fault.every if fault.every is not None else fault.due_at
    return True


def from_flag(text: str) -> Fault:
    """A fault as `KIND:KEY=VALUE,KEY=VALUE`, values as in JSON. Raises WrongValue."""
    kind, _, rest = text.partition(":")
    given: dict[str, object] = {"kind": kind}
    for pair in filter(None, rest.split(",")):
        key, _, value = pair.partition("=")
        try:
            given[key] = msgspec.json.decode(value)
        except msgspec.MsgspecError:
            given[key] = value
    return parse(given)


def read(text: bytes) -> tuple[Fault, ...]:
    """The faults of a file: a JSON list of objects. Raises WrongValue."""
    try:
        given = msgspec.json.decode(text)
    except msgspec.MsgspecError as error:
        raise WrongValue(f"no JSON: {error}") from None
    items = given if isinstance(given, list) else [given]
    if not all(isinstance(item, dict) for item in items):
        raise WrongValue("a faults file holds a list of objects")
    return tuple(parse(item) for item in items)
