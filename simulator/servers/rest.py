"""HTTP around the REST core: decodes bodies, answers exactly as Discord's headers look."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
from aiohttp import web

from simulator.core import rest
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, File, Request, Response

VERSIONS = range(6, 11)  # a path without a version is the default's, which is 6
MAX_BODY = 25 << 20
_VERSIONED = re.compile(r"/api/v(\d{1,4})(?:/|$)")


class Rest:
    """One handler for every path below /api."""

    def __init__(self, api: Api, clock: Callable[[], float], changed: Callable[[], None]) -> None:
        self._api = api
        self._clock = clock
        self._changed = changed  # events may be waiting for the gateway

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """The aiohttp handler."""
        version, path = _below(http.path)
        if version is not None and version not in VERSIONS:
            return _respond(ApiError(400, 50041, "Invalid API version provided.").response())
        try:
            body, files = await _read(http)
        except (ValueError, RecursionError, msgspec.MsgspecError):
            return _respond(
                ApiError(400, 50109, "The request body contains invalid JSON.").response()
            )
        request = Request(
            http.method, path, self._clock(), http.query, http.headers.get("Authorization"), body,
            files, http.headers.get("X-Audit-Log-Reason"),
        )  # fmt: skip
        if self._takes("rest_reset", request):
            return _cut(http)
        response = await self.answer(request)
        if self._takes("effect_then_reset", request):
            return _cut(http)
        return _respond(response)

    def _takes(self, kind: str, request: Request) -> bool:
        """Whether the connection of this call is to break."""
        path = "/" + request.path
        return self._api.faults.take_route(kind, request.method, path) is not None

    async def file(self, http: web.Request) -> web.StreamResponse:
        """What was uploaded, where attachments say that it is."""
        found = self._api.media.get(http.match_info["id"])
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found[1], headers={"Content-Type": found[0]})

    async def answer(self, request: Request) -> Response:
        """The answer to a request that came over HTTP or any other way."""
        delay = self._api.faults.take_route("rest_delay", request.method, "/" + request.path)
        if delay is not None:
            await asyncio.sleep(delay.seconds)
        response = rest.answer(self._api, replace(request, now=self._clock()))
        self._changed()
        return response


def _cut(http: web.Request) -> web.Response:
    """The connection ends and nothing is answered: a dead REST API, or a dying one."""
    if http.transport is not None:
        http.transport.abort()
    return web.Response(status=503)  # nobody reads it


def _below(path: str) -> tuple[int | None, str]:
    """The version in a path, if there is one, and what follows it."""
    found = _VERSIONED.match(path)
    if found is None:
        return None, path.removeprefix("/api/").rstrip("/")
    return int(found[1]), path[found.end() :].strip("/")


async def _read(http: web.Request) -> tuple[Any, tuple[File, ...]]:
    if not http.can_read_body:
        return None, ()
    if http.content_type in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        return await _form(http)
    raw = await http.read()
    return (msgspec.json.decode(raw) if raw else None), ()


async def _form(http: web.Request) -> tuple[Any, tuple[File, ...]]:
    """Either kind of form; plain fields are the body unless `payload_json` is there."""
    fields: dict[str, str] = {}
    files = []
    for name, part in (await http.post()).items():
        if not isinstance(part, web.FileField):
            fields[name] = part if isinstance(part, str) else bytes(part).decode()
        elif name == "payload_json":
            fields[name] = part.file.read().decode()
        else:
            content = part.file.read()
            files.append(File(name, part.filename, part.content_type, len(content), content))
    whole = fields.get("payload_json")
    body = fields or None if whole is None else msgspec.json.decode(whole)
    return body, tuple(files)


def _respond(response: Response) -> web.Response:
    """Content-Type is exactly application/json: discord.py takes anything longer for text."""
    if response.status == 204:
        return web.Response(status=204, headers=response.headers)
    if isinstance(response.body, str):  # Cloudflare speaks, not Discord
        return web.Response(
            status=response.status, text=response.body, content_type="text/html",
            headers=response.headers,
        )  # fmt: skip
    body = msgspec.json.encode(response.body)
    headers = {**response.headers, "Content-Type": "application/json"}
    return web.Response(status=response.status, body=body, headers=headers)
