from typing import Any

import pytest

from simulator.core.rest import answer
from simulator.core.rest.context import Api
from simulator.core.rest.route import File, Request
from tests.unit.simulator.stage import NOW, Client, body_of, call, make_api


def at(api: Api) -> str:
    return f"channels/{api.world.guild_ids()[0] + 1}/messages"


def say(api: Api, now: float = NOW, **body: Any) -> dict[str, Any]:
    message: dict[str, Any] = body_of(call(api, "POST", at(api), body, now))
    return message


def code_of(api: Api, method: str, path: str, body: object = None) -> int:
    error = call(api, method, path, body).body
    assert isinstance(error, dict)
    return int(error["code"])


def test_a_message_is_kept_and_dispatched_with_its_guild() -> None:
    api = make_api()
    client = Client(api)
    client.identify()
    sent = say(api, content="hi")
    [event] = client.read()
    assert event["d"] == {
        **sent,
        **{k: event["d"][k] for k in ("guild_id", "member", "channel_type")},
    }
    assert body_of(call(api, "GET", f"{at(api)}/{sent['id']}")) == sent


def test_the_same_nonce_makes_one_message_when_enforced() -> None:
    api = make_api()
    sent = [say(api, content="hi", nonce="n", enforce_nonce=True) for _ in range(2)]
    assert sent[0]["id"] == sent[1]["id"]
    assert api.ledger.by_type[b"MESSAGE_CREATE"] == 0  # nobody is connected


def test_without_enforcement_or_after_minutes_a_nonce_makes_another() -> None:
    api = make_api()
    moments = (NOW, NOW, NOW + 301)
    enforced = (False, False, True)
    ids = {
        say(api, now, content="hi", nonce="n", enforce_nonce=enforce)["id"]
        for now, enforce in zip(moments, enforced, strict=True)
    }
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, 50006), ({"content": ""}, 50006), ({"content": "x" * 2001}, 50035),
     ({"content": 5}, 50035), ({"content": "x", "nonce": "n" * 26}, 50035), ([], 50035)],
)  # fmt: skip
def test_a_wrong_message_has_its_code(body: object, code: int) -> None:
    api = make_api()
    assert code_of(api, "POST", at(api), body) == code


def test_unknown_channels_and_messages_have_their_codes() -> None:
    api = make_api()
    assert code_of(api, "POST", "channels/1/messages", {"content": "x"}) == 10003
    assert code_of(api, "GET", f"{at(api)}/1") == 10008


def test_an_edit_changes_the_message_and_says_when() -> None:
    api = make_api()
    sent = say(api, content="hi")
    edited = body_of(call(api, "PATCH", f"{at(api)}/{sent['id']}", {"content": "ho"}))
    assert (edited["content"], edited["edited_timestamp"] is None) == ("ho", False)


def test_a_deleted_message_is_gone() -> None:
    api = make_api()
    path = f"{at(api)}/{say(api, content='hi')['id']}"
    assert call(api, "DELETE", path).status == 204
    assert code_of(api, "DELETE", path) == 10008


def test_lists_are_newest_first_and_page() -> None:
    api = make_api()
    ids = [say(api, NOW + n, content=str(n))["id"] for n in range(5)]
    listed = body_of(call(api, "GET", at(api), limit="2"))
    assert [m["id"] for m in listed] == [ids[4], ids[3]]
    before = body_of(call(api, "GET", at(api), limit="2", before=ids[3]))
    assert [m["id"] for m in before] == [ids[2], ids[1]]
    after = body_of(call(api, "GET", at(api), limit="2", after=ids[0]))
    assert [m["id"] for m in after] == [ids[2], ids[1]]


def test_files_become_attachments() -> None:
    api = make_api()
    file = File("files[0]", "card.txt", "text/plain", 5)
    body = {"content": "", "attachments": [{"id": 0, "description": "A card"}]}
    response = answer(api, Request("POST", at(api), NOW, {}, "Bot t", body, (file,)))
    [attachment] = body_of(response)["attachments"]
    assert (attachment["filename"], attachment["size"], attachment["description"]) == (
        "card.txt", 5, "A card",
    )  # fmt: skip


def test_a_message_of_the_mix_can_be_fetched() -> None:
    api = make_api()
    channel = api.world.guild_ids()[0] + 1
    api.history.remember(5, channel, b'{"id":"5","content":"from the mix"}')
    assert body_of(call(api, "GET", f"{at(api)}/5"))["content"] == "from the mix"


def test_somebody_elses_message_cannot_be_edited() -> None:
    api = make_api()
    message = {**say(api, content="x"), "author": {"id": "1"}}
    api.history.remember(int(message["id"]), int(message["channel_id"]), message)
    assert code_of(api, "PATCH", f"{at(api)}/{message['id']}", {"content": "y"}) == 50005


def test_reactions_count_and_show_who() -> None:
    api = make_api()
    client = Client(api)
    client.identify()
    path = f"{at(api)}/{say(api, content='hi')['id']}"
    client.read()
    assert call(api, "PUT", f"{path}/reactions/👍/@me").status == 204
    assert client.read()[0]["t"] == "MESSAGE_REACTION_ADD"
    assert body_of(call(api, "GET", path))["reactions"][0]["count"] == 1
    call(api, "DELETE", f"{path}/reactions/👍/@me")
    assert body_of(call(api, "GET", path))["reactions"] == []
