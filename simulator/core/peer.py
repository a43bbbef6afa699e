"""The server's side of one gateway connection: frames in, frames out, nothing waited for.

`receive` never raises: whatever a client sends, the answer is a payload or a close code.
Source: Discord Docs/Gateway; limits from "Rate Limiting" (120 sends in 60 s, 4096 bytes).
"""

from collections import deque
from collections.abc import Callable, Mapping
from typing import ClassVar

from simulator.core import admission, requests, wire
from simulator.core.hub import Hub
from simulator.core.payload import Identity, decode, identity, resumption
from simulator.core.session import (
    FINAL_FROM_CLIENT,
    FINAL_FROM_SERVER,
    SIGNALS,
    Close,
    Opcode,
    Refused,
    Session,
    Signal,
    State,
    step,
)
from simulator.core.terms import Terms

MAX_PAYLOAD = 4096
SENDS, SENDS_WINDOW = 120, 60.0
VERSIONS = frozenset({"6", "7", "8", "9", "10"})
DEFAULT_VERSION = "6"  # Discord Docs/Reference, "API Versions"
_INTENTS_SINCE = 8  # the version that made IDENTIFY's intents a must
# An IDENTIFY that came too early is answered with op 9 only after a moment: clients that identify
# again at once (Eris, interactions.py) would use up their sends, or the day's budget, in no time.
EARLY = 1.0
_BATCH = 128  # events that are rendered at once


class Peer:
    """One connection; `session` is None until IDENTIFY or RESUME succeeded."""

    def __init__(self, hub: Hub, terms: Terms, query: Mapping[str, str], now: float) -> None:
        self.hub = hub
        self.terms = terms
        self.session: Session | None = None
        self.closing: int | None = None
        self.aborted = False  # the socket is to be cut without a close frame
        self.beat_at = now  # last heartbeat, or the start
        self._beaten = False
        self._out: list[bytes] = []
        self._sends: deque[float] = deque()
        self._early_until: float | None = None
        stream = query.get("compress", "")
        self._encoder = wire.encoder(stream, terms.zlib_level)
        self._streaming = stream in {"zlib-stream", "zstd-stream"}
        hello = b'{"heartbeat_interval":%d,"_trace":["fake"]}' % int(terms.heartbeat * 1000)
        self._send(Opcode.HELLO, hello)
        version = query.get("v", DEFAULT_VERSION)
        self._version = int(version) if version in VERSIONS else 0
        if not self._version:
            self.close(Close.INVALID_VERSION)

    def receive(self, data: str | bytes, now: float) -> None:
        """One message from the client."""
        if self.closing is not None:
            return
        try:
            self._accept(data, now)
        except Refused as refusal:
            self.close(refusal.code, str(refusal))

    def lost(self, code: int | None, now: float) -> None:
        """The socket is gone; `code` is the client's close code, None when there was none."""
        session, self.session = self.session, None
        if session is None or session.state is not State.LIVE:
            return
        if code in FINAL_FROM_CLIENT and self.closing is None:
            self.hub.end(session, Signal.ENDED_BY_CLIENT)
        else:
            self.hub.detach(session, now)

    def _accept(self, data: str | bytes, now: float) -> None:
        raw = data.encode() if isinstance(data, str) else data
        if len(raw) > MAX_PAYLOAD:
            raise Refused(Close.DECODE_ERROR)
        self._count_send(now)
        payload = decode(raw)
        opcode = next((known for known in SIGNALS if known == payload["op"]), None)
        if opcode is None:
            raise Refused(Close.UNKNOWN_OPCODE)
        session, d = self.session, payload.get("d")
        step(State.GREETED if session is None else session.state, SIGNALS[opcode])
        handle = self._handlers.get(opcode)
        if handle is not None:
            handle(self, d, now)
        elif session is not None:
            for event, answer in requests.ANSWERS[opcode](self.hub, session, d, now):
                self.hub.send(session, event, answer)

    def _count_send(self, now: float) -> None:
        self._sends.append(now)
        while self._sends[0] <= now - SENDS_WINDOW:
            self._sends.popleft()
        if len(self._sends) > SENDS:
            raise Refused(Close.RATE_LIMITED)

    def _heartbeat(self, d: object, now: float) -> None:  # noqa: ARG002 - any `d` is accepted
        ledger = self.hub.ledger
        ledger.heartbeats += 1
        if self._beaten:
            ledger.max_gap = max(ledger.max_gap, now - self.beat_at)
        self.beat_at, self._beaten = now, True
        fault = self.hub.faults.take("no_ack", self.shard)
        if fault is None:
            self._send(Opcode.HEARTBEAT_ACK)
        elif fault.silent and self.session is not None:
            self.session.stalled_until = now + fault.seconds

    def _identify(self, d: object, now: float) -> None:
        needed = self._version >= _INTENTS_SINCE
        asked = identity(d, None if needed else self.terms.allowed)
        self._check_token(asked.token)
        admission.check(asked, self.hub.world.size, self.terms.allowed)
        if self.hub.identifies.remaining(now) == 0:
            self.hub.end_all()
            raise Refused(Close.AUTHENTICATION_FAILED, "The daily IDENTIFY budget is used up.")
        if asked.compress and not self._streaming:
            self._encoder = wire.PayloadZlib()
        if self.hub.identifies.take(asked.shard[0], now):
            self._welcome(asked, now)
        elif self._early_until is None:
            self._early_until = now + EARLY

    def _welcome(self, asked: Identity, now: float) -> None:
        session = self.hub.open(asked.token, asked.shard, asked.intents, now)
        self._hold(session)
        self.hub.welcome(session, self.terms.resume_url, self._version)

    def _resume(self, d: object, now: float) -> None:  # noqa: ARG002
        token, name, sequence = resumption(d)
        self._check_token(token)
        session = self.hub.sessions.get(name)
        shard = None if session is None else session.shard
        fault = self.hub.faults.take("refuse_resume", shard)
        if fault is not None and fault.code:
            self.hub.ledger.refused_resumes += 1
            raise Refused(fault.code, "On purpose.")
        if session is None or session.token != token:
            self._refuse_resume(None)
        elif fault is not None or not session.log.covers(sequence):
            self._refuse_resume(session)
        else:
            self._take_over(session, sequence)

    def _take_over(self, session: Session, sequence: int) -> None:
        self.hub.attach(session, sequence)
        self._hold(session)

    def _hold(self, session: Session) -> None:
        self.session, self._early_until = session, None
        session.let_go = self._taken_over

    def _taken_over(self) -> None:
        """Somebody else resumed or ended the session; this socket is a leftover."""
        if self.session is not None:
            self.session = None
            self.close(Close.UNKNOWN_ERROR, "The session is no longer here.")

    def _refuse_resume(self, session: Session | None) -> None:
        self.hub.ledger.refused_resumes += 1
        if session is not None:
            self.hub.end(session, Signal.INVALIDATED)
        self._invalid(resumable=False)

    _handlers: ClassVar[dict[Opcode, Callable[["Peer", object, float], None]]] = {
        Opcode.HEARTBEAT: _heartbeat,
        Opcode.IDENTIFY: _identify,
        Opcode.RESUME: _resume,
    }

    def _check_token(self, token: str) -> None:
        if self.terms.token is not None and token != self.terms.token:
            raise Refused(Close.AUTHENTICATION_FAILED)
        if not token:
            raise Refused(Close.AUTHENTICATION_FAILED)

    @property
    def shard(self) -> int | None:
        return None if self.session is None else self.session.shard

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye; a code that ends the session ends it."""
        if self.closing is not None:
            return
        self.closing = int(code)
        self.hub.ledger.closes[str(int(code))] += 1
        self._out.append(wire.close_frame(int(code), reason))
        if self.session is not None and code in FINAL_FROM_SERVER:
            session, self.session = self.session, None
            self.hub.end(session, Signal.INVALIDATED)

    def reconnect(self) -> None:
        """Opcode 7: the client is to come back and resume."""
        self._send(Opcode.RECONNECT)

    def ask_heartbeat(self) -> None:
        """Opcode 1: the client is to beat at once."""
        self._send(Opcode.HEARTBEAT)

    def invalidate(self, resumable: bool, now: float) -> None:
        """Opcode 9: the client may identify, or resume, on this very socket."""
        session, self.session = self.session, None
        if session is not None and resumable:
            self.hub.detach(session, now)
        elif session is not None:
            self.hub.end(session, Signal.INVALIDATED)
        self._invalid(resumable)

    def garble(self) -> None:
        """A frame that no client can parse."""
        if self.closing is None:
            self._out.append(self._encoder.encode(b'{"op":0,"t":"MESSAGE_CREATE","s":'))

    def check(self, now: float) -> None:
        """Close a client that has been silent for too long."""
        if now - self.beat_at > self.terms.heartbeat * self.terms.tolerance and not self.closing:
            self.hub.ledger.heartbeats_missed += 1
            self.close(Close.UNKNOWN_ERROR, "No heartbeat.")

    def _invalid(self, resumable: bool) -> None:
        self.hub.ledger.op9 += 1
        self._send(Opcode.INVALID_SESSION, b"true" if resumable else b"false")

    def _send(self, opcode: Opcode, d: bytes = b"null") -> None:
        if self.closing is None:  # nothing follows a close frame
            self._out.append(self._encoder.encode(wire.control(int(opcode), d)))

    def is_behind(self) -> bool:
        """Whether its session has events that were not written to this socket."""
        return self.session is not None and self.session.cursor < self.session.log.last

    def pull(self, room: int, now: float) -> bytes:
        """The frames that are ready to be written, about `room` bytes at most."""
        session = self.session
        if self._early_until is not None and now >= self._early_until:
            self._early_until = None
            self._invalid(resumable=False)
        frames: list[bytes] = []
        if session is not None and session.cursor < session.log.last and self.closing is None:
            if not session.log.covers(session.cursor):
                self._overflow(session)
            elif now >= session.stalled_until:
                frames = self._drain(session, room, now)
        out, self._out = self._out, []
        return b"".join(out + frames)

    def _overflow(self, session: Session) -> None:
        """The client reads more slowly than events come: say so, never skip."""
        self.hub.ledger.overflows += 1
        self.session = None
        self.hub.end(session, Signal.OVERFLOWED)
        self._invalid(resumable=False)

    def _drain(self, session: Session, room: int, now: float) -> list[bytes]:
        """Frames for the session's next events."""
        frames: list[bytes] = []
        while room > 0 and session.cursor < session.log.last:
            batch = self._frame(session, now)
            room -= sum(map(len, batch))
            frames += batch
        return frames

    def _frame(self, session: Session, now: float) -> list[bytes]:
        """The frames of a batch of events. The hot path."""
        first = session.cursor
        entries = session.log.after(first, _BATCH)
        session.cursor = first + len(entries)
        ledger = self.hub.ledger
        ledger.written += len(entries)
        new = entries[max(0, session.measured - first) :]
        ledger.lag.extend([now - entry.at for entry in new if entry.at])
        session.measured = max(session.measured, session.cursor)
        return self._encoder.dispatches(first + 1, entries)
