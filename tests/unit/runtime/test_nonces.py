"""The same message, however often its event is handled."""

from typing import Any

import msgspec

from runtime.core.rest import FormField, RestRequest
from runtime.worker.nonces import with_nonce
from runtime.worker.scope import Scope

PATH = "/channels/7/messages"


def request(path: str = PATH, method: str = "POST", **more: Any) -> RestRequest:
    return RestRequest(method, path, path, 30.0, **more)


def sent(scope: Scope, **payload: Any) -> Any:
    return with_nonce(request(has_json=True, json=payload), scope).json


def test_every_try_sends_the_same_nonces() -> None:
    tries = []
    for _ in range(2):
        scope = Scope("s:1")
        tries.append([sent(scope, content=text)["nonce"] for text in "ab"])
    assert tries[0] == tries[1]
    assert tries[0][0] != tries[0][1]


def test_a_replayed_dead_letter_sends_the_same_nonces() -> None:
    assert sent(Scope("s:1:r2"))["nonce"] == sent(Scope("s:1"))["nonce"]


def test_discord_is_told_to_enforce_it() -> None:
    payload = sent(Scope("s:1"), content="a", nonce=123)
    assert payload["enforce_nonce"] is True
    assert len(payload["nonce"]) <= 25


def test_other_events_have_other_nonces() -> None:
    assert sent(Scope("s:1"))["nonce"] != sent(Scope("s:2"))["nonce"]


def test_a_nonce_that_the_bot_chose_stays() -> None:
    assert sent(Scope("s:1"), nonce="mine") == {"nonce": "mine"}


def test_outside_of_an_event_nothing_is_added() -> None:
    plain = request(has_json=True, json={"content": "a"})
    assert with_nonce(plain, None) == plain


def test_only_new_messages_have_one() -> None:
    for other in (request("/channels/7/messages/9", "PATCH"), request("/guilds/1/bans/2", "PUT")):
        assert with_nonce(other, Scope("s:1")) == other


def test_a_message_with_files_has_it_in_its_payload() -> None:
    form = [FormField("payload_json", b'{"content":"a"}'), FormField("files[0]", b"x", "a.txt")]
    made = with_nonce(request(form=form), Scope("s:1"))
    assert made.form is not None
    assert "nonce" in msgspec.json.decode(made.form[0].value)
    assert made.form[1] == form[1]
