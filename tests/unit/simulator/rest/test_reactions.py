from typing import Any

from simulator.core.rest import reactions
from tests.unit.simulator.stage import body_of, call, make_api

DISC = "🥏"


class Reacted:
    """A message with the bot's reaction and one of a person's."""

    def __init__(self) -> None:
        self.api = make_api()
        channel = self.api.world.guild_ids()[0] + 1
        made = body_of(call(self.api, "POST", f"channels/{channel}/messages", {"content": "x"}))
        self.at = f"channels/{channel}/messages/{made['id']}"
        self.message = self.api.message(channel, int(made["id"]))
        self.ann = self.api.world.person("ann")["id"]
        call(self.api, "PUT", f"{self.at}/reactions/{DISC}/@me")
        reactions.react(self.api, self.message, DISC, self.ann)

    def entry(self) -> Any:
        return body_of(call(self.api, "GET", self.at))["reactions"][0]


def test_those_who_reacted_are_listed() -> None:
    reacted = Reacted()
    path = f"{reacted.at}/reactions/{DISC}"
    names = {user["username"] for user in body_of(call(reacted.api, "GET", path))}
    assert names == {"ann", "multipod"}
    assert len(body_of(call(reacted.api, "GET", path, limit="1"))) == 1


def test_reacting_twice_counts_once() -> None:
    reacted = Reacted()
    reactions.react(reacted.api, reacted.message, DISC, reacted.ann)
    assert (reacted.entry()["count"], reacted.entry()["me"]) == (2, True)


def test_a_reaction_that_is_not_there_cannot_be_taken_off() -> None:
    reacted = Reacted()
    for _ in range(2):
        call(reacted.api, "DELETE", f"{reacted.at}/reactions/{DISC}/{reacted.ann}")
    assert reacted.entry()["count"] == 1


def test_one_emoji_is_cleared() -> None:
    reacted = Reacted()
    path = f"{reacted.at}/reactions/{DISC}"
    assert [call(reacted.api, "DELETE", path).status for _ in range(2)] == [204, 404]
    assert body_of(call(reacted.api, "GET", path)) == []


def test_all_are_cleared() -> None:
    reacted = Reacted()
    assert call(reacted.api, "DELETE", f"{reacted.at}/reactions").status == 204
    assert body_of(call(reacted.api, "GET", f"{reacted.at}/reactions/{DISC}")) == []
