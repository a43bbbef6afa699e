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
from runtime.core.manifest import DAILY_CREATES, fingerprint, key_of, plan
from runtime.core.rest import RestReply, RestRequest, refusal
from runtime.errors import BusError

log = logging.getLogger(__name__)

_COMMANDS = re.compile(r"/applications/(\d+)(?:/guilds/(\d+))?/commands")
_DAY = 86_400.0
_TOO_MANY = 30034
"""Discord's own code for it (Discord Docs/Opcodes and Status Codes, JSON)."""
Decides = Callable[[str], Awaitable[bool]]


class _Record(msgspec.Struct):
    """What is remembered of one scope, across restarts."""

    since: float = 0.0
    """When the first of the day's commands was created."""
    created: int = 0
    wanted: str = ""
    """Fingerprint of the last overwrite ..."""
    registered: str = ""
    """... and of what Discord made of it."""


class Registrar:
    """Registers commands for all workers.

    Args:
        http: the gateway's own client.
        bucket: remembers the records of all scopes.
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
        wanted = request.json
        if not _are_commands(wanted):
            return refusal(400, "Bad Request", "a list of commands with names is due", 50035)
        async with self._locks.setdefault(request.path, asyncio.Lock()):
            registered = await self._fetch(request.path)
            if not await self._decides(request.worker):
                log.info("commands of worker %s are not registered: a newer version runs",
                         request.worker)  # fmt: skip
                return _answer(registered, wanted)
            todo = plan(wanted, registered, prune=self._prune)
            if todo.overwrite is None:
                return _answer(registered, wanted)
            return await self._overwrite(request.path, wanted, todo.overwrite, todo.created)

    async def _fetch(self, path: str) -> list[dict[str, Any]]:
        if path not in self._registered:
            self._registered[path] = await self._http.request(
                Route("GET", path), params={"with_localizations": "true"}
            )
        return self._registered[path]

    async def _overwrite(
        self, path: str, wanted: list[Any], overwrite: list[dict[str, Any]], created: int
    ) -> RestReply:
        """Write, unless the same was written before or the day's budget is spent."""
        record, asked = await self._recall(path), fingerprint(overwrite)
        before = self._registered[path]
        if (record.wanted, record.registered) == (asked, _versions(before)):
            return _answer(before, wanted)  # Discord's own wording of it is all that differs
        if time.time() - record.since > _DAY:
            record = _Record(since=time.time())
        if record.created + created > DAILY_CREATES:
            text = f"{DAILY_CREATES} commands were created today, the rest must wait"
            return refusal(400, "Bad Request", text, _TOO_MANY)
        registered = await self._http.request(Route("PUT", path), json=overwrite)
        self._registered[path] = registered
        record.created += created
        record.wanted, record.registered = asked, _versions(registered)
        await self._remember(path, record)
        log.info("%d commands registered at %s", len(registered), path)
        return _answer(registered, wanted)

    async def _recall(self, path: str) -> _Record:
        try:
            entry = await self._bucket.get(_key(path))
            if entry is not None and entry.value:
                return msgspec.json.decode(entry.value, type=_Record)
        except (BusError, msgspec.DecodeError) as error:
            log.warning("what was registered before is not known: %s", error)
        return _Record()

    async def _remember(self, path: str, record: _Record) -> None:
        try:
            await self._bucket.put(_key(path), msgspec.json.encode(record))
        except BusError as error:
            log.warning("what was registered is not remembered: %s", error)


def _key(path: str) -> str:
    return "commands" + path.replace("/", ".")


def _versions(registered: list[dict[str, Any]]) -> str:
    """Changes when Discord's commands change, whoever changed them."""
    keys = ("id", "version")
    return fingerprint({key: command.get(key) for key in keys} for command in registered)


def _are_commands(given: Any) -> bool:
    return isinstance(given, list) and all(
        isinstance(item, dict)
        and isinstance(item.get("name"), str)
        and isinstance(item.get("type") or 1, int)
        and all(isinstance(option, dict) for option in item.get("options") or ())
        for item in given
    )


def _answer(registered: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> RestReply:
    """What Discord would have answered to the PUT: the wanted commands, with their ids."""
    known = {key_of(command): command for command in registered}
    commands = [known[key_of(command)] for command in wanted if key_of(command) in known]
    return RestReply(200, "OK", msgspec.json.encode(commands), is_json=True)
