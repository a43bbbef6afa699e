"""Answers to opcode 8, Request Guild Members.

Source: Discord Docs/Gateway Events, "Request Guild Members"; all members of a guild at most once
in 30 s, answered by RATE_LIMITED.
"""

from collections.abc import Iterator

from simulator.core.intents import Intent
from simulator.core.session import Close, Refused
from simulator.core.world import Json, World, presence_json

CHUNK = 1000
MAX_NAMED = 100
MAX_NONCE = 32
ALL_MEMBERS_EVERY = 30.0


class Chunks:
    """Remembers when all members of a guild were last asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._asked_at: dict[int, float] = {}

    def answer(self, d: object, intents: int, now: float) -> Iterator[tuple[str, Json]]:
        """(event, d) pairs in order. Raises Refused for a request that cannot be read."""
        if not isinstance(d, dict):
            raise Refused(Close.DECODE_ERROR)
        match d:
            case {"guild_id": str(guild) | int(guild) | [str(guild) | int(guild)]} if (
                str(guild).isdecimal()  # clients send a number as well as a text
            ):
                guild_id = int(guild)
            case _:
                raise Refused(Close.DECODE_ERROR)
        nonce = d.get("nonce")
        if not isinstance(nonce, str) or len(nonce.encode()) > MAX_NONCE:
            nonce = None  # Discord ignores a longer one
        d = {**d, "presences": bool(d.get("presences")) and bool(intents & Intent.GUILD_PRESENCES)}
        if self._world.guild(guild_id) is None:
            return
        if _wants_all(d):
            if not intents & Intent.GUILD_MEMBERS:
                raise Refused(Close.DISALLOWED_INTENTS)
            wait = self._asked_at.get(guild_id, now - ALL_MEMBERS_EVERY) + ALL_MEMBERS_EVERY - now
            if wait > 0:
                meta = {"guild_id": str(guild_id), "nonce": nonce}
                yield "RATE_LIMITED", {"opcode": 8, "retry_after": wait, "meta": meta}
                return
            self._asked_at[guild_id] = now
        yield from self._chunks(d, guild_id, nonce)

    def _chunks(self, d: Json, guild_id: int, nonce: object) -> Iterator[tuple[str, Json]]:
        members, missing = self._select(d, guild_id)
        pages = [members[i : i + CHUNK] for i in range(0, len(members), CHUNK)] or [[]]
        for index, page in enumerate(pages):
            chunk: Json = {
                "guild_id": str(guild_id), "members": page, "chunk_index": index,
                "chunk_count": len(pages),
            }  # fmt: skip
            if index == 0 and missing:
                chunk["not_found"] = missing
            if d["presences"]:
                chunk["presences"] = [presence_json(member["user"]["id"]) for member in page]
            if nonce is not None:
                chunk["nonce"] = nonce
            yield "GUILD_MEMBERS_CHUNK", chunk

    def _select(self, d: Json, guild_id: int) -> tuple[list[Json], list[str]]:
        members = (self._world.guild(guild_id) or {})["members"]
        wanted = d.get("user_ids")
        if wanted is not None:
            ids = [str(u) for u in (wanted if isinstance(wanted, list) else [wanted])][:MAX_NAMED]
            by_id = {m["user"]["id"]: m for m in members}
            return [by_id[u] for u in ids if u in by_id], [u for u in ids if u not in by_id]
        query, limit = str(d.get("query", "")).lower(), d.get("limit") or 0
        if not isinstance(limit, int) or limit < 0:
            raise Refused(Close.DECODE_ERROR)
        found = [m for m in members if m["user"]["username"].lower().startswith(query)]
        return (found[: min(limit, MAX_NAMED)] if query and limit else found[: limit or None]), []


def _wants_all(d: Json) -> bool:
    return d.get("user_ids") is None and not d.get("query") and not d.get("limit")
