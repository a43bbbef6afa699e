import base64

import msgspec

from simulator.core.interactions import (
    COMMAND,
    TOKEN_SECONDS,
    Interaction,
    Interactions,
    render,
    token_for,
)


def made(ident: int = 5, guild: int = 9, at: float = 0.0) -> Interaction:
    return Interaction(ident, COMMAND, guild, 3, b'{"id":"1"}', at, token_for(ident))


def test_a_token_names_its_interaction_and_is_as_long_as_discords() -> None:
    token = token_for(123)
    assert base64.urlsafe_b64decode(token).startswith(b"interaction:123:")
    assert len(token) < 200


def test_in_a_guild_the_member_acts() -> None:
    d = msgspec.json.decode(render(made(), b'{"id":"3"}', b'{"nick":null}', b'{"name":"x"}'))
    assert (d["member"], d["guild_id"], d["context"]) == ({"nick": None}, "9", 0)
    assert "user" not in d


def test_in_a_direct_message_the_user_acts() -> None:
    d = msgspec.json.decode(render(made(guild=0), b'{"id":"3"}', b'{"id":"1"}', b"{}", b'{"m":1}'))
    assert (d["user"], d["context"], d["message"]) == ({"id": "1"}, 1, {"m": 1})
    assert "guild_id" not in d


def test_what_is_long_past_its_token_is_forgotten() -> None:
    known = Interactions()
    known.add(made(1, at=0.0))
    known.add(made(2, at=2 * TOKEN_SECONDS + 1))
    assert known.by_id(1) is None
    assert known.by_id(2) is not None
