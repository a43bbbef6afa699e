"""Application commands: workers ask for a bulk overwrite, Discord sees only changes.

discord.py's ``tree.sync()`` is a PUT of all commands of a scope. N workers call it at every start;
what reaches Discord is one PUT when something differs. While two versions of the bot run side by
side only the newer one's commands are registered (see ``core.manifest``).
"""

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from discord.http import HTTPClient, Route

from runtime.bus.interface import KeyValue
from runtime.core.manifest import DAILY_CREATES, key_of, plan
from runtime.core.rest import RestReply, RestRequest
from runtime.errors import BusError

log = logging.getLogger(__name__)

_COMMANDS = re.compile(r"/applications/(\d+)(?:/guilds/(\d+))?/commands")
_DAY = 86_400.0
Decides = Callable[[str], Awaitable[bool]]


class _Creates(msgspec.Struct):
    """Creations of one scope since the first of the day."""

    since: float = 0.0
    count: int = 0


class Registrar:
    """Registers commands for all workers.

    Args:
        http: the gateway's own client.
        bucket: remembers how many commands were created today, across restarts.
        decides: whether a worker runs the version whose commands count.
        prune: remove commands that the bot no longer has.
    """

    def __init__(
        self, http: HTTPClient, bucket: KeyValue, decides: Decides, *, prune: bool
    ) -> None:
        self._http = http
        self._bucket = bucket
        self._decides = decides
        self._prune = prune
        self._registered: dict[str, list[dict[str, Any]]] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @staticmethod
    def takes(request: RestRequest) -> bool:
        """Whether a request is a bulk overwrite of commands."""
        return request.method == "PUT" and _COMMANDS.fullmatch(request.path) is not None

    def invalidate(self, request: RestRequest) -> None:
        """Forget what is registered when a worker changes a single command."""
        if request.method != "GET" and "/commands" in request.path:
            self._registered.clear()

    async def put(self, request: RestRequest) -> RestReply:
        """Do what a PUT asks for with as few writes as possible; answer as Discord would.

        Raises:
            discord.HTTPException: Discord refuses.
        """
        wanted: list[dict[str, Any]] = list(request.json or [])
        async with self._locks.setdefault(request.path, asyncio.Lock()):
            registered = await self._fetch(request.path)
            if not await self._decides(request.worker):
                log.info("commands of worker %s are not registered: a newer version runs",
                         request.worker)  # fmt: skip
                return _answer(registered, wanted)
            todo = plan(wanted, registered, prune=self._prune)
            if todo.overwrite is not None:
                refusal = await self._charge(request.path, todo.created)
                if refusal is not None:
                    return refusal
                registered = await self._http.request(
                    Route("PUT", request.path), json=todo.overwrite
                )
                self._registered[request.path] = registered
                log.info("%d commands registered at %s", len(registered), request.path)
            return _answer(registered, wanted)

    async def _fetch(self, path: str) -> list[dict[str, Any]]:
        if path not in self._registered:
            self._registered[path] = await self._http.request(
                Route("GET", path), params={"with_localizations": "true"}
            )
        return self._registered[path]

    async def _charge(self, path: str, created: int) -> RestReply | None:
        """Count creations against the day's budget; a refusal when it is spent."""
        key = "creates" + path.replace("/", ".")
        try:
            entry = await self._bucket.get(key)
            today = _Creates()
            if entry is not None and entry.value:
                today = msgspec.json.decode(entry.value, type=_Creates)
            if time.time() - today.since > _DAY:
                today = _Creates(since=time.time())
            if today.count + created > DAILY_CREATES:
                text = f"{DAILY_CREATES} commands were created today, the rest must wait"
                body = msgspec.json.encode({"message": text, "code": 30034})
                return RestReply(400, "Bad Request", body, is_json=True)
            today.count += created
            await self._bucket.put(key, msgspec.json.encode(today))
        except BusError as error:
            log.warning("the daily count of created commands is not kept: %s", error)
        return None


def _answer(registered: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> RestReply:
    """What Discord would have answered to the PUT: the wanted commands, with their ids."""
    known = {key_of(command): command for command in registered}
    commands = [known[key_of(command)] for command in wanted if key_of(command) in known]
    return RestReply(200, "OK", msgspec.json.encode(commands), is_json=True)
