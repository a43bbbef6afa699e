"""The part of the control API in which people act: commands, presses, messages, comings, goings.

Each act answers with what the bot showed; `"wait": 0` does not wait. A choice of files: an
attachment is an object with `filename` and `content`.
"""

from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from simulator.core.rest.context import Api
from simulator.core.world import Json
from simulator.errors import WrongValue
from simulator.users import User


class Find(Protocol):
    """How a person is found."""

    def __call__(self, name: str, channel: int | str | None = None) -> User: ...


class People:
    """The handlers; errors are for the caller to answer."""

    def __init__(self, find: Find, api: Api) -> None:
        self._find = find
        self._api = api

    def routes(self) -> list[web.RouteDef]:
        """Every route below /sim/users/."""
        acts = {
            "commands": self._slash, "menus": self._menu, "autocomplete": self._autocomplete,
            "components": self._component, "modals": self._modal, "messages": self._say,
            "edits": self._edit, "deletions": self._delete, "reactions": self._react,
            "votes": self._vote, "membership": self._membership, "voice": self._voice,
            "typing": self._type,
        }  # fmt: skip
        return [web.post(f"/sim/users/{{id}}/{name}", act) for name, act in acts.items()]

    async def _slash(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        options = _object(body, "options")
        return reply(await self._user(request, body).slash(
            text(body, "command"), wait=_wait(body), **options
        ))  # fmt: skip

    async def _autocomplete(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        others = _object(body, "options")
        return reply(await self._user(request, body).autocomplete(
            text(body, "command"), text(body, "option"), str(body.get("typed", "")),
            wait=_wait(body), **others,
        ))  # fmt: skip

    async def _menu(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user = self._user(request, body)
        if "message_id" in body:
            target = self._message(body)
        else:
            target = self._find(text(body, "user")).person
        return reply(await user.menu(text(body, "command"), target, wait=_wait(body)))

    async def _component(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, custom_id = self._user(request, body), text(body, "custom_id")
        message, values = self._message(body), body.get("values")
        if values is None:
            return reply(await user.click(message, custom_id, wait=_wait(body)))
        if not isinstance(values, list):
            raise WrongValue("values must be a list")
        return reply(await user.select(message, custom_id, *values, wait=_wait(body)))

    async def _modal(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        modal, fields = body.get("modal"), _object(body, "fields")
        if not isinstance(modal, dict) or not {"custom_id", "components"} <= set(modal):
            raise WrongValue("modal must be the modal that a command answered with")
        return reply(await self._user(request, body).submit(modal, wait=_wait(body), **fields))

    async def _say(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, content = self._user(request, body), text(body, "content")
        if _wait(body) == 0:
            return reply(user.write(content))
        return reply(await user.say(content, wait=_wait(body)))

    async def _edit(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, message, content = (
            self._user(request, body), self._message(body), text(body, "content")
        )  # fmt: skip
        return await _done(user, body, lambda: user.edit(message, content))

    async def _delete(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, message = self._user(request, body), self._message(body)
        return await _done(user, body, lambda: user.delete(message))

    async def _react(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, message, emoji = self._user(request, body), self._message(body), text(body, "emoji")
        act = user.unreact if body.get("remove") else user.react
        return await _done(user, body, lambda: act(message, emoji))

    async def _vote(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, message = self._user(request, body), self._message(body)
        answer, withdraw = _number(body, "answer"), bool(body.get("remove"))
        return await _done(user, body, lambda: user.vote(message, answer, withdraw=withdraw))

    async def _membership(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, joined = self._user(request, body), body.get("joined", True)
        return await _done(user, body, user.join if joined else user.leave)

    async def _voice(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user, channel = self._user(request, body), body.get("voice_channel_id")
        return await _done(user, body, lambda: user.connect(channel))

    async def _type(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        user = self._user(request, body)
        return await _done(user, body, user.type)

    def _user(self, request: web.Request, body: Json) -> User:
        channel = body.get("channel_id")
        if channel is not None and not str(channel).isdecimal():
            raise WrongValue("channel_id must be a channel's id")
        return self._find(request.match_info["id"], channel)

    def _message(self, body: Json) -> Json:
        return self._api.message(_number(body, "channel_id"), _number(body, "message_id"))


async def _done(user: User, body: Json, act: Callable[[], object]) -> web.Response:
    """Do it, and answer with what the bot shows next in the channel, unless nobody waits."""
    if _wait(body) == 0:
        act()
        return reply({})
    return reply(await user.upon(act, wait=_wait(body)))


async def decode(request: web.Request) -> Any:
    """The body as JSON. Raises WrongValue."""
    try:
        return msgspec.json.decode(await request.read())
    except msgspec.MsgspecError as error:
        raise WrongValue(f"the body is no JSON: {error}") from None


async def body_of(request: web.Request) -> Json:
    """The body as an object. Raises WrongValue."""
    body = await decode(request)
    if not isinstance(body, dict):
        raise WrongValue("the body must be a JSON object")
    return body


def text(body: Json, key: str) -> str:
    """A text that must be there. Raises WrongValue."""
    value = body.get(key)
    if not isinstance(value, str | int) or value == "":
        raise WrongValue(f"{key} is missing")
    return str(value)


def _number(body: Json, key: str) -> int:
    value = text(body, key)
    if not value.isdecimal():
        raise WrongValue(f"{key} must be a number")
    return int(value)


def _object(body: Json, key: str) -> Json:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise WrongValue(f"{key} must be an object")
    return value


def _wait(body: Json) -> float:
    """Seconds to wait for the visible reply."""
    wait = body.get("wait", 5)
    if isinstance(wait, bool) or not isinstance(wait, int | float) or not 0 <= wait <= 60:
        raise WrongValue("wait must be 0 to 60 seconds")
    return float(wait)


def reply(value: object, status: int = 200) -> web.Response:
    """An answer in JSON."""
    headers = {"Content-Type": "application/json"}
    return web.Response(status=status, body=msgspec.json.encode(value), headers=headers)
