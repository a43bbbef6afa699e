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

from simulator.core.rest import TABLE
from tests.unit.simulator.rest.deeds import DEEDS, Deed, do, everything
from tests.unit.simulator.rest.test_interactions import Asked
from tests.unit.simulator.stage import NOW, make_api

DOCUMENT = Path(os.environ.get("DISCORD_OPENAPI", "discord-openapi.json"))
pytestmark = pytest.mark.skipif(not DOCUMENT.exists(), reason="DISCORD_OPENAPI names no file")

# Routes that clients call and the document does not have.
UNDOCUMENTED = frozenset({
    "GET /applications/{}/skus", "POST /auth/logout", "GET /applications/detectable",
    "PATCH /guilds/{}/vanity-url",
    "POST /guilds/{}/mfa", "PATCH /guilds/{}/members/@me/nick",
})  # fmt: skip


# Answers that the document contradicts: it knows replies, but not messages that are passed on.
DIVERGING = ('"message_reference": {"type": 1',)


@cache
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text())
    return loaded


@cache
def shapes() -> dict[str, dict[str, Any]]:
    """The operations of each path by its shape, in which every placeholder is {}."""
    return {re.sub(r"\{[^}]*\}", "{}", path): item for path, item in document()["paths"].items()}


def shape_of(method: str, path: str, literal: str) -> str:
    """The path of the document for a route; some write @me and @original out."""
    for candidate in (literal, path):
        shape = "/" + re.sub(r"\{[^}]*\}", "{}", candidate)
        if method.lower() in shapes().get(shape, {}):
            return shape
    return "/" + re.sub(r"\{[^}]*\}", "{}", path)


def validate(method: str, shape: str, status: int, body: object) -> None:
    """Check one answer against the schema of its operation."""
    responses = shapes()[shape][method.lower()]["responses"]
    assert str(status) in responses, f"the document knows {sorted(responses)}, not {status}"
    content = responses[str(status)].get("content")
    if content is None:
        assert body is None
        return
    schema = content["application/json"]["schema"]
    whole = {**schema, "components": document()["components"]}
    jsonschema.Draft202012Validator(whole).validate(body)


def name_of(deed: Deed) -> str:
    return f"{deed[0]} /{deed[1]}"


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_every_answer_fits_the_document(deed: Deed) -> None:
    api = make_api()
    response = do(api, deed, everything(api))
    found = TABLE.find(deed[0], deed[1])
    assert found is not None
    shape = shape_of(deed[0], found[0].pattern, deed[1])
    diverges = any(known in json.dumps(deed[2]) for known in DIVERGING)
    if f"{deed[0]} {shape}" in UNDOCUMENTED or diverges:
        return
    if response.status >= 400:
        assert isinstance(response.body, dict)
        assert set(response.body) >= {"code", "message"}
        return
    validate(deed[0], shape, response.status, response.body)


def test_the_callback_of_an_interaction_fits_the_document() -> None:
    response = Asked().respond(4, {"content": "hi"}, with_response="1")
    validate("post", "/interactions/{}/{}/callback", 200, response.body)


@pytest.mark.parametrize("body", [{"content": "x"}, {"embeds": [{"title": "t"}]}])
def test_a_follow_up_fits_the_document(body: Any) -> None:
    asked = Asked()
    asked.respond(5, now=NOW)
    validate("post", "/webhooks/{}/{}", 200, asked.hook("POST", "", body).body)
