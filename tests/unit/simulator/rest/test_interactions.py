from typing import Any

import msgspec
import pytest

from simulator.core.faults import Fault
from simulator.core.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    token_for,
)
from simulator.core.rest import answer, messages
from simulator.core.rest.route import Request, Response
from tests.unit.simulator.stage import NOW, body_of, call, make_api


class Asked:
    """An interaction that was just sent, and calls with its token."""

    def __init__(self, kind: int = COMMAND) -> None:
        self.api = make_api()
        guild = self.api.world.guild_ids()[0]
        ident = self.api.ids.next(NOW)
        self.source = messages.build(
            self.api, guild + 1, {"content": "press"}, (), NOW, self.api.world.bot
        )
        self.api.history.remember(int(self.source["id"]), guild + 1, self.source)
        self.record = Interaction(
            ident, kind, guild, guild + 1, msgspec.json.encode(self.api.world.user(1)), NOW,
            token_for(ident), source=int(self.source["id"]),
        )  # fmt: skip
        self.api.interactions.add(self.record)
        self.api.ledger.interactions.send(ident, NOW)

    def respond(
        self, kind: int, data: Any = None, now: float = NOW + 0.1, **query: str
    ) -> Response:
        path = f"interactions/{self.record.id}/{self.record.token}/callback"
        body = {"type": kind, **({} if data is None else {"data": data})}
        return answer(self.api, Request("POST", path, now, query, None, body))

    def hook(
        self, method: str, rest: str = "", body: object = None, now: float = NOW + 1
    ) -> Response:
        path = f"webhooks/{{app}}/{self.record.token}{rest}"
        return call(self.api, method, path, body, now)

    def tally(self) -> dict[str, Any]:
        return self.api.ledger.interactions.as_json(NOW + 60, final=True)


def code_of(response: Response) -> tuple[int, int]:
    assert isinstance(response.body, dict), response
    return response.status, response.body["code"]


def test_a_message_answers_in_its_channel() -> None:
    asked = Asked()
    assert asked.respond(4, {"content": "hi"}).status == 204
    original = body_of(asked.hook("GET", "/messages/@original"))
    assert (original["content"], original["channel_id"]) == ("hi", str(asked.record.channel_id))
    assert (asked.tally()["answered"], asked.tally()["unanswered"]) == (1, 0)


def test_with_response_returns_the_message() -> None:
    body = body_of(Asked().respond(4, {"content": "hi", "flags": 64}, with_response="1"))
    assert body["resource"]["message"]["content"] == "hi"
    assert body["interaction"]["response_message_ephemeral"] is True


def test_a_message_that_answers_a_command_says_which_in_the_old_way_and_the_new() -> None:
    asked = Asked()
    asked.respond(4, {"content": "hi"})
    message = body_of(asked.hook("GET", "/messages/@original"))
    assert message["interaction"]["id"] == message["interaction_metadata"]["id"]
    assert message["interaction"]["id"] == str(asked.record.id)


def test_the_second_response_is_40060() -> None:
    asked = Asked()
    asked.respond(4, {"content": "hi"})
    assert code_of(asked.respond(4, {"content": "again"})) == (400, 40060)
    assert asked.tally()["repeated"] == 1


def test_after_three_seconds_it_is_10062_and_late() -> None:
    asked = Asked()
    assert code_of(asked.respond(4, {"content": "hi"}, now=NOW + 3.1)) == (404, 10062)
    assert (asked.tally()["late"], asked.tally()["unanswered"]) == (1, 1)


def test_a_wrong_token_is_10062() -> None:
    response = call(make_api(), "POST", "interactions/1/nonsense/callback", {"type": 4})
    assert code_of(response) == (404, 10062)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [(COMMAND, 6), (COMMAND, 7), (COMMAND, 8), (COMMAND, 1), (AUTOCOMPLETE, 4), (AUTOCOMPLETE, 5),
     (MODAL_SUBMIT, 9), (COMMAND, None), (COMMAND, 99)],
)  # fmt: skip
def test_some_responses_do_not_fit_the_interaction(kind: int, wrong: Any) -> None:
    asked = Asked(kind)
    assert code_of(asked.respond(wrong, {"content": "hi"})) == (400, 50035)
    assert asked.tally()["answered"] == 0


def test_a_response_that_was_refused_can_be_made_good() -> None:
    asked = Asked()
    assert code_of(asked.respond(4, {"content": ""})) == (400, 50006)
    assert asked.respond(4, {"content": "hi"}).status == 204


def test_the_first_follow_up_replaces_the_loading_message() -> None:
    asked = Asked()
    asked.respond(5)
    followed = body_of(asked.hook("POST", "", {"content": "done"}))
    assert followed["id"] == body_of(asked.hook("GET", "/messages/@original"))["id"]
    assert body_of(asked.hook("POST", "", {"content": "more"}))["id"] != followed["id"]
    assert (asked.tally()["answered"], asked.tally()["completed"]) == (1, 2)


def test_ephemeral_is_fixed_at_the_deferral() -> None:
    asked = Asked()
    asked.respond(5, {"flags": 64})
    assert (
        body_of(asked.hook("PATCH", "/messages/@original", {"content": "x", "flags": 0}))["flags"]
        == 64
    )


def test_an_update_changes_the_message_with_the_button() -> None:
    asked = Asked(COMPONENT)
    asked.respond(7, {"content": "pressed"})
    assert asked.source["content"] == "pressed"


def test_after_a_deferred_update_the_original_is_the_message_with_the_button() -> None:
    asked = Asked(COMPONENT)
    asked.respond(6)
    asked.hook("PATCH", "/messages/@original", {"content": "later"})
    assert asked.source["content"] == "later"


def test_choices_are_at_most_25() -> None:
    many = [{"name": str(n), "value": n} for n in range(26)]
    assert code_of(Asked(AUTOCOMPLETE).respond(8, {"choices": many})) == (400, 50035)
    assert Asked(AUTOCOMPLETE).respond(8, {"choices": many[:25]}).status == 204


def test_an_incomplete_modal_is_refused() -> None:
    assert code_of(Asked().respond(9, {"title": "x", "custom_id": "m"})) == (400, 50035)


def test_an_unanswered_interaction_has_no_webhook() -> None:
    assert code_of(Asked().hook("POST", "", {"content": "x"})) == (404, 10015)


def test_a_fault_makes_a_token_expire_early() -> None:
    asked = Asked()
    asked.api.faults.add(Fault("expired_token", seconds=2.0), NOW)
    asked.api.owe(asked.record)
    assert asked.respond(5, now=NOW + 1).status == 204
    assert code_of(asked.hook("POST", "", {"content": "x"}, NOW + 2.1)) == (401, 50027)


def test_a_token_that_expires_at_once_takes_no_callback_and_nobody_is_late() -> None:
    asked = Asked()
    asked.api.faults.add(Fault("expired_token", seconds=0), NOW)
    asked.api.owe(asked.record)
    assert code_of(asked.respond(5)) == (404, 10062)
    assert (asked.tally()["unanswered"], asked.tally()["late"]) == (1, 0)


def test_the_token_is_good_for_fifteen_minutes() -> None:
    asked = Asked()
    asked.respond(4, {"content": "hi"})
    assert asked.hook("POST", "", {"content": "x"}, NOW + 899).status == 200
    assert code_of(asked.hook("POST", "", {"content": "x"}, NOW + 901)) == (401, 50027)


def test_the_original_can_be_deleted() -> None:
    asked = Asked()
    asked.respond(4, {"content": "hi"})
    assert asked.hook("DELETE", "/messages/@original").status == 204
    assert code_of(asked.hook("GET", "/messages/@original")) == (404, 10008)


def test_calls_that_carry_the_bots_token_are_counted() -> None:
    asked = Asked()
    asked.respond(4, {"content": "hi"})
    assert asked.api.ledger.authorized_interaction_calls == 0
    asked.hook("GET", "/messages/@original")
    assert asked.api.ledger.authorized_interaction_calls == 1
