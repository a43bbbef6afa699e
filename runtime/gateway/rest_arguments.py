"""A worker's REST request as the arguments of discord.py's ``HTTPClient.request``."""

import io
from typing import Any

import discord
from discord.http import Route

from runtime.core.rest import RestRequest


def route(request: RestRequest) -> Route:
    """The route; rate-limit buckets go by its template and the major parameters."""
    found = Route(request.method, request.template, metadata=request.metadata)
    found.url = Route.BASE + request.path
    found.channel_id = _id(request.channel_id)
    found.guild_id = _id(request.guild_id)
    found.webhook_id = _id(request.webhook_id)
    found.webhook_token = request.webhook_token
    return found


def _id(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() else None


def form(request: RestRequest) -> tuple[list[dict[str, Any]] | None, list[discord.File] | None]:
    """The parts of a multipart body, and those of them that are files: a retry rewinds them.

    Raises:
        ValueError: a part that is no file is no text.
    """
    if request.form is None:
        return None, None
    fields: list[dict[str, Any]] = []
    files: list[discord.File] = []
    for part in request.form:
        field: dict[str, Any] = {"name": part.name}
        if part.filename is None:
            field["value"] = part.value.decode()
        else:
            file = discord.File(io.BytesIO(part.value), part.filename)
            files.append(file)
            field |= {"value": file.fp, "filename": part.filename}
            field["content_type"] = part.content_type
        fields.append(field)
    return fields, files


def others(request: RestRequest) -> dict[str, Any]:
    """What else was given: JSON, query, the reason for the audit log."""
    arguments: dict[str, Any] = {}
    if request.has_json:
        arguments["json"] = request.json
    if request.params is not None:
        arguments["params"] = request.params
    if request.reason is not None:
        arguments["reason"] = request.reason
    return arguments
