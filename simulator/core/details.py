"""Answers to opcodes 31 and 43: what a session asks about the guilds that it is in.

Source: Discord Docs/Gateway Events, "Request Soundboard Sounds" and "Request Channel Info".
"""

from collections.abc import Iterator

from simulator.core.session import Close, Refused
from simulator.core.world import Json, World

_FIELDS = ("status", "voice_start_time")
_VOICE = frozenset({2, 13})


def sounds(world: World, d: object) -> Iterator[tuple[str, Json]]:
    """(event, d) for each guild asked about. Raises Refused 4002."""
    match d:
        case {"guild_ids": list(wanted)}:
            known = [str(guild) for guild in wanted if str(guild).isdecimal()]
        case _:
            raise Refused(Close.DECODE_ERROR)
    for guild in known:
        found = world.guild(int(guild))
        if found is not None:
            sounds_of = found.get("soundboard_sounds", [])
            yield "SOUNDBOARD_SOUNDS", {"guild_id": guild, "soundboard_sounds": sounds_of}


def channel_info(world: World, d: object) -> Iterator[tuple[str, Json]]:
    """(event, d): the voice channels of a guild, where nobody speaks. Raises Refused 4002."""
    match d:
        case {"guild_id": str(guild), "fields": list(wanted)} if guild.isdecimal():
            found = world.guild(int(guild))
        case _:
            raise Refused(Close.DECODE_ERROR)
    if found is not None:
        asked: Json = {field: None for field in _FIELDS if field in wanted}
        voice = [c["id"] for c in found["channels"] if c["type"] in _VOICE]
        channels = [{"id": channel, **asked} for channel in voice]
        yield "CHANNEL_INFO", {"guild_id": guild, "channels": channels}
