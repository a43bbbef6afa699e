from typing import Any

import msgspec
import pytest

from simulator.core import templates
from simulator.core.scene import Extra, Scene, Scenes
from simulator.core.world import World

WORLD = World(1, seed=1)


@pytest.fixture
def scene() -> Scene:
    return Scenes(WORLD).of(WORLD.guild_ids()[0])


def read(d: bytes) -> dict[str, Any]:
    decoded: dict[str, Any] = msgspec.json.decode(d)
    return decoded


def test_timestamps_are_iso_8601_in_utc() -> None:
    assert templates.Timestamps().text(1_750_000_000.25) == b"2025-06-15T15:06:40.250000+00:00"


def test_a_message_has_its_author_and_place(scene: Scene) -> None:
    d = read(templates.message(scene, 1, 2, 99, b'"hi"', b"2025-06-15T15:06:40+00:00"))
    assert (d["id"], d["content"], d["channel_id"]) == ("99", "hi", str(scene.channels[1]))
    assert d["author"] == read(scene.users[2])
    assert "user" not in d["member"]


def test_an_unfurled_message_has_an_embed_unless_hidden(scene: Scene) -> None:
    shown, hidden = (
        read(templates.message(scene, 0, 0, 1, b'""', b"x", extra)) for extra in templates.UNFURLED
    )
    assert (len(shown["embeds"]), len(hidden["embeds"])) == (1, 0)


@pytest.mark.parametrize("extra", [templates.POLL, templates.LAYOUT, templates.REPLY])
def test_every_kind_of_message_has_the_same_keys_and_hides_the_same_way(
    scene: Scene, extra: Extra
) -> None:
    plain = read(templates.message(scene, 0, 0, 1, b'""', b"x"))
    full, bare = (read(templates.message(scene, 0, 0, 1, b'""', b"x", part)) for part in extra)
    assert plain.keys() == bare.keys() <= full.keys() <= plain.keys() | {"poll"}
    assert (bare["embeds"], bare["components"], bare["flags"]) == ([], [], full["flags"])


def test_a_reply_names_the_message_that_it_answers(scene: Scene) -> None:
    full, _ = templates.reply(scene, 1, 77)
    d = read(templates.message(scene, 1, 0, 99, b'"yes"', b"x", full))
    assert d["type"] == 19
    assert d["message_reference"] == {
        "type": 0, "message_id": "77", "channel_id": str(scene.channels[1]),
        "guild_id": scene.gid.decode(),
    }  # fmt: skip


def test_only_an_added_reaction_carries_the_member(scene: Scene) -> None:
    added, removed = (
        read(templates.reaction(scene, 0, 1, 2, 6, b"x", added)) for added in (True, False)
    )
    assert (added["user_id"], "member" in added, "member" in removed) == (
        scene.uids[0].decode(), True, False,
    )  # fmt: skip


def test_leaving_voice_has_no_channel(scene: Scene) -> None:
    states = [read(templates.voice(scene, 0, joined, muted=False)) for joined in (True, False)]
    assert [state["channel_id"] for state in states] == [scene.voice.decode(), None]
