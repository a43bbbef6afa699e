from typing import Any

import pytest

from simulator.core.rest import answer
from simulator.core.rest.route import Request, Response
from tests.unit.simulator.rest.place import Place
from tests.unit.simulator.stage import NOW, Client, body_of, call, make_api


class Hook:
    """A webhook in the first channel."""

    def __init__(self) -> None:
        self.api = make_api()
        self.channel = self.api.world.guild_ids()[0] + 1
        made = call(self.api, "POST", f"channels/{self.channel}/webhooks", {"name": "news"})
        self.hook = body_of(made)

    def call(self, method: str, path: str = "", body: Any = None, **query: str) -> Response:
        """Without a bot token, as a webhook's calls are."""
        whole = f"webhooks/{self.hook['id']}/{self.hook['token']}{path}"
        return answer(self.api, Request(method, whole, NOW, query, None, body))


def test_a_webhook_writes_in_its_channel_under_its_name() -> None:
    hook = Hook()
    client = Client(hook.api)
    client.read()
    client.identify()
    sent = body_of(hook.call("POST", "", {"content": "x", "username": "Herald"}, wait="true"))
    assert (sent["webhook_id"], sent["author"]["username"]) == (hook.hook["id"], "Herald")
    assert client.read()[-1]["d"]["content"] == "x"


def test_without_wait_there_is_no_body() -> None:
    assert Hook().call("POST", "", {"content": "x"}).status == 204


def test_its_messages_are_read_edited_and_deleted_by_it() -> None:
    hook = Hook()
    sent = body_of(hook.call("POST", "", {"content": "x"}, wait="1"))
    path = f"/messages/{sent['id']}"
    assert body_of(hook.call("PATCH", path, {"content": "y"}))["content"] == "y"
    assert body_of(hook.call("GET", path))["content"] == "y"
    assert [hook.call(method, path).status for method in ("DELETE", "GET")] == [204, 404]


def test_a_message_of_somebody_else_is_not_its_own() -> None:
    hook = Hook()
    other = body_of(call(hook.api, "POST", f"channels/{hook.channel}/messages", {"content": "x"}))
    assert hook.call("PATCH", f"/messages/{other['id']}", {"content": "y"}).status == 404


@pytest.mark.parametrize(("token", "status"), [("wrong", 401), (None, 200)])
def test_a_webhook_is_known_by_its_token_or_to_the_bot(token: str | None, status: int) -> None:
    hook = Hook()
    path = f"webhooks/{hook.hook['id']}" + (f"/{token}" if token else "")
    assert call(hook.api, "GET", path).status == status


def test_a_webhook_is_renamed_listed_and_deleted() -> None:
    hook = Hook()
    assert body_of(hook.call("PATCH", "", {"name": "olds"}))["name"] == "olds"
    guild = hook.api.world.guild_ids()[0]
    for path in (f"channels/{hook.channel}/webhooks", f"guilds/{guild}/webhooks"):
        assert [h["name"] for h in body_of(call(hook.api, "GET", path))] == ["olds"]
    assert [hook.call(method).status for method in ("DELETE", "GET")] == [204, 404]


def test_a_webhook_begins_a_post_of_a_forum() -> None:
    place = Place()
    forum = place.do("POST", "guilds/{guild}/channels", {"name": "f", "type": 15})["id"]
    hook = place.do("POST", f"channels/{forum}/webhooks", {"name": "n"})
    at = f"webhooks/{hook['id']}/{hook['token']}"
    assert place.code("POST", at, {"content": "x"}) == 220001
    sent = place.do("POST", at, {"content": "x", "thread_name": "post"}, wait="true")
    assert place.do("GET", f"channels/{sent['channel_id']}")["parent_id"] == forum


def test_slack_and_github_speak_through_a_webhook() -> None:
    place = Place()
    hook = place.do("POST", "channels/{channel}/webhooks", {"name": "n"})
    at = f"webhooks/{hook['id']}/{hook['token']}"
    place.do("POST", at + "/slack", {"text": "from slack", "username": "s"})
    place.do("POST", at + "/github", {"action": "opened", "sender": {"login": "ann"}})
    newest, older = place.do("GET", "channels/{channel}/messages")
    assert (older["content"], older["author"]["username"]) == ("from slack", "s")
    assert "opened by ann" in newest["embeds"][0]["title"]


def test_a_webhook_has_its_forms() -> None:
    place = Place()
    at = "channels/{channel}/webhooks"
    assert set(place.errors("POST", at, {"avatar": "x"})) == {"name", "avatar"}
    place.events()
    place.do("POST", at, {"name": "n"})
    assert place.events() == ["WEBHOOKS_UPDATE"]
