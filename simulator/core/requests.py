"""What a live session asks of the gateway besides IDENTIFY, RESUME and heartbeats.

Each answer is (event, d) pairs for that session only; Refused says which close code a request
deserves that cannot be read. Source: Discord Docs/Gateway Events, "Send Events".
"""

from collections.abc import Callable, Iterable, Iterator

from simulator.core import details, voice
from simulator.core.hub import Hub
from simulator.core.session import Close, Opcode, Refused, Session
from simulator.core.world import Json

Answers = Iterable[tuple[str, Json]]
_STATUSES = frozenset({"online", "dnd", "idle", "invisible", "offline"})


def _presence(hub: Hub, session: Session, d: object, now: float) -> Answers:  # noqa: ARG001
    """A bot is not told of its own presence. Raises Refused 4002."""
    match d:
        case {"status": str(status)} if status in _STATUSES:
            return ()
        case _:
            raise Refused(Close.DECODE_ERROR)


def _voice(hub: Hub, session: Session, d: object, now: float) -> Iterator[tuple[str, Json]]:  # noqa: ARG001
    """Everybody hears of the new state; the session alone hears of a server. Raises Refused."""
    state = voice.change(hub.world, d, session.id)
    if state is not None:
        guild_id = int(state["guild_id"])
        hub.publish("VOICE_STATE_UPDATE", guild_id, state)
        if state["channel_id"] is not None:
            yield "VOICE_SERVER_UPDATE", voice.server(guild_id)


def _members(hub: Hub, session: Session, d: object, now: float) -> Answers:
    return hub.chunks.answer(d, session.intents, now)


def _sounds(hub: Hub, session: Session, d: object, now: float) -> Answers:  # noqa: ARG001
    return details.sounds(hub.world, d)


def _channel_info(hub: Hub, session: Session, d: object, now: float) -> Answers:  # noqa: ARG001
    return details.channel_info(hub.world, d)


ANSWERS: dict[Opcode, Callable[[Hub, Session, object, float], Answers]] = {
    Opcode.PRESENCE_UPDATE: _presence,
    Opcode.VOICE_STATE_UPDATE: _voice,
    Opcode.REQUEST_GUILD_MEMBERS: _members,
    Opcode.REQUEST_SOUNDBOARD_SOUNDS: _sounds,
    Opcode.REQUEST_CHANNEL_INFO: _channel_info,
}
