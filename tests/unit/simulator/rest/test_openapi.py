"""Answers against Discord's own OpenAPI document, where DISCORD_OPENAPI names a copy of it.

The document: https://github.com/discord/discord-api-spec, `specs/openapi.json`.
"""

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from simulator.core.rest.context import Api
from simulator.core.world import APPLICATION_ID
from tests.unit.simulator.rest.test_interactions import Asked
from tests.unit.simulator.stage import NOW, body_of, call, make_api

DOCUMENT = Path(os.environ.get("DISCORD_OPENAPI", "discord-openapi.json"))
pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="DISCORD_OPENAPI names no file")


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return loaded


def validate(method: str, path: str, status: int, body: object) -> None:
    """Check one answer against the schema of its operation."""
    shape = re.sub(r"\{[^}]*\}", "{}", path)
    found = next(p for p in document()["paths"] if re.sub(r"\{[^}]*\}", "{}", p) == shape)
    responses = document()["paths"][found][method]["responses"]
    schema = responses[str(status)]["content"]["application/json"]["schema"]
    whole = {**schema, "components": document()["components"]}
    jsonschema.Draft202012Validator(whole).validate(body)


def ids(api: Api) -> dict[str, str]:
    guild = api.world.guild_ids()[0]
    channel = str(guild + 1)
    message = body_of(call(api, "POST", f"channels/{channel}/messages", {"content": "x"}))
    member = api.guild(guild)["members"][0]["user"]["id"]
    role, app = str(guild + 900), str(APPLICATION_ID)
    call(api, "PUT", f"guilds/{guild}/bans/{member}")
    command = body_of(call(api, "POST", f"applications/{app}/commands",
                           {"name": "c", "description": "d"}))["id"]  # fmt: skip
    member = api.guild(guild)["members"][0]["user"]["id"]
    call(api, "PUT", f"channels/{channel}/messages/{message['id']}/reactions/x/@me")
    call(api, "PUT", f"channels/{channel}/messages/pins/{message['id']}")
    call(api, "POST", f"channels/{channel}/webhooks", {"name": "n"})
    return {"guild": str(guild), "channel": channel, "message": message["id"], "user": member,
            "role": role, "application": app, "command": command, "emoji": "x"}  # fmt: skip


READ = (
    "users/@me", "users/{user}", "users/@me/guilds", "oauth2/applications/@me", "applications/@me",
    "gateway", "gateway/bot", "applications/{application}/commands",
    "applications/{application}/commands/{command}", "channels/{channel}",
    "channels/{channel}/messages", "channels/{channel}/messages/{message}", "guilds/{guild}",
    "guilds/{guild}/channels", "guilds/{guild}/members", "guilds/{guild}/members/{user}",
    "guilds/{guild}/roles", "guilds/{guild}/bans", "guilds/{guild}/threads/active",
    "guilds/{guild}/emojis", "guilds/{guild}/stickers", "guilds/{guild}/soundboard-sounds",
    "soundboard-default-sounds", "sticker-packs", "applications/{application}/emojis",
    "channels/{channel}/messages/pins", "channels/{channel}/pins", "channels/{channel}/webhooks",
    "channels/{channel}/messages/{message}/reactions/{emoji}", "guilds/{guild}/webhooks",
    "applications/{application}/guilds/{guild}/commands/permissions",
)  # fmt: skip
WRITTEN = (
    ("POST", "channels/{channel}/messages", {"content": "x"}),
    ("PATCH", "channels/{channel}/messages/{message}", {"content": "y"}),
    ("PUT", "applications/{application}/commands", [{"name": "c", "description": "d"}]),
    ("POST", "applications/{application}/commands", {"name": "n", "description": "d"}),
    ("POST", "guilds/{guild}/channels", {"name": "n"}),
    ("POST", "guilds/{guild}/roles", {"name": "n"}),
    ("PATCH", "guilds/{guild}/members/{user}", {"nick": "n"}),
    ("POST", "channels/{channel}/threads", {"name": "n", "type": 11}),
    ("POST", "users/@me/channels", {"recipient_id": "{user}"}),
    ("POST", "channels/{channel}/webhooks", {"name": "n"}),
)


def fill(template: Any, values: dict[str, str]) -> Any:
    text = json.dumps(template)
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return json.loads(text)


@pytest.mark.parametrize("path", READ)
def test_what_is_read_fits_the_document(path: str) -> None:
    api = make_api()
    response = call(api, "GET", fill(path, ids(api)))
    validate("get", "/" + path, response.status, response.body)


@pytest.mark.parametrize(("method", "path", "body"), WRITTEN)
def test_what_is_written_fits_the_document(method: str, path: str, body: Any) -> None:
    api = make_api()
    values = ids(api)
    response = call(api, method, fill(path, values), fill(body, values))
    validate(method.lower(), "/" + path, response.status, response.body)


def test_the_callback_of_an_interaction_fits_the_document() -> None:
    response = Asked().respond(4, {"content": "hi"}, with_response="1")
    validate("post", "/interactions/{i}/{t}/callback", 200, response.body)


def test_a_follow_up_fits_the_document() -> None:
    asked = Asked()
    asked.respond(5, now=NOW)
    path = "/webhooks/{webhook_id}/{webhook_token}"
    validate("post", path, 200, asked.hook("POST", "", {"content": "x"}).body)
