import hashlib
from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.interactions import Interaction
from simulator.core.mix import PROFILES, Mix
from simulator.core.scene import Scenes
from simulator.core.snowflake import Snowflakes
from simulator.core.world import World
from simulator.errors import WrongValue
from tests.unit.simulator.stage import NOW


def stream(
    count: int = 1000, seed: int = 1, profile: str = "modern", probes: float = 0.0,
    commands: Commands | None = None, redact: bool = False,
) -> list[Emission]:  # fmt: skip
    world = World(5, seed)
    mix = Mix(world, Scenes(world), Snowflakes(), seed, profile, probes)
    asked = commands or Commands()
    return [mix.next(NOW + n / 100, asked, lambda _: True, redact, n / 100) for n in range(count)]


def digest(events: list[Emission]) -> str:
    return hashlib.sha256(b"".join(event.name + event.d for event in events)).hexdigest()


def one_command() -> Commands:
    commands = Commands()
    commands.replace(0, [{"id": "1", "name": "ping", "type": 1}])
    return commands


def test_the_same_seed_is_the_same_stream() -> None:
    assert digest(stream()) == digest(stream())
    assert digest(stream()) != digest(stream(seed=2))


@pytest.mark.parametrize("profile", PROFILES)
def test_every_event_is_json_of_its_guild(profile: str) -> None:
    for event in stream(profile=profile, commands=one_command()):
        d = msgspec.json.decode(event.d)
        assert event.guild == int(d.get("guild_id") or d["id"])


def test_the_weights_of_a_profile_are_kept() -> None:
    names = Counter(event.name.decode() for event in stream(5000, profile="presence"))
    assert names["PRESENCE_UPDATE"] / 5000 == pytest.approx(0.93, abs=0.02)


def test_a_few_guilds_have_most_of_the_events() -> None:
    counts = Counter(event.guild for event in stream(5000)).most_common()
    assert counts[0][1] > 2 * counts[-1][1]


def test_without_commands_their_share_goes_to_messages() -> None:
    assert {event.name for event in stream(profile="interactions")} == {b"MESSAGE_CREATE"}


def test_with_commands_interactions_are_owed_an_answer() -> None:
    events = stream(100, profile="interactions", commands=one_command())
    assert all(isinstance(event.owed, Interaction) for event in events)


def test_probes_count_up_and_have_their_share() -> None:
    probes = [e.owed for e in stream(5000, probes=0.1) if isinstance(e.owed, Probe)]
    assert [probe.number for probe in probes] == list(range(1, len(probes) + 1))
    assert len(probes) / 5000 == pytest.approx(0.1, abs=0.02)


def test_redacted_messages_have_no_content_and_are_otherwise_the_same() -> None:
    for event in stream(300, profile="messages", redact=True):
        assert event.redacted is not None
        full, hidden = msgspec.json.decode(event.d), msgspec.json.decode(event.redacted)
        assert hidden["content"] == ""
        assert {**full, "content": ""} == hidden


def test_an_unknown_profile_is_told() -> None:
    with pytest.raises(WrongValue, match="there are: presence"):
        stream(profile="nightly")


def made(seed: int, start: float = NOW, profile: str = "presence") -> tuple[Mix, list[Emission]]:
    world = World(5, seed)
    mix = Mix(world, Scenes(world), Snowflakes(), seed, profile, 0.05)
    asked, times = one_command(), [n / 200 for n in range(8000)]
    return mix, [mix.next(start + t, asked, lambda _: True, False, t) for t in times]


def test_the_digest_of_a_stream_depends_on_the_seed_and_not_on_the_hour() -> None:
    first, later, other = made(1)[0], made(1, NOW + 12_345.6)[0], made(2)[0]
    assert first.digest() == later.digest()
    assert first.digest()["events"] == 8000
    assert first.digest()["digest"] != other.digest()["digest"]


def test_people_type_before_they_write() -> None:
    typed: dict[tuple[str, str], int] = {}
    announced = 0
    for n, event in enumerate(made(1)[1]):
        d = msgspec.json.decode(event.d)
        if event.name == b"TYPING_START":
            typed[d["channel_id"], d["user_id"]] = n
        elif event.name == b"MESSAGE_CREATE":
            began = typed.pop((d["channel_id"], d["author"]["id"]), None)
            announced += began is not None and 200 <= n - began <= 13 * 200
    assert announced > 40


def test_links_unfold_as_updates_of_the_messages_that_hold_them() -> None:
    texts: dict[str, tuple[int, str]] = {}
    soon = 0
    for n, event in enumerate(made(1, profile="classic")[1]):
        d = msgspec.json.decode(event.d)
        if event.name == b"MESSAGE_CREATE":
            texts[d["id"]] = (n, d["content"])
        elif event.name == b"MESSAGE_UPDATE":
            assert d["content"] == texts[d["id"]][1]
            soon += n - texts[d["id"]][0] <= 2.5 * 200
    assert soon > 500


def test_a_channel_excites_itself() -> None:
    places = [msgspec.json.decode(e.d)["channel_id"] for e in stream(6000, profile="messages")]
    same = sum(a == b for a, b in pairwise(places)) / len(places)
    shares = Counter(places).values()
    by_chance = sum((count / len(places)) ** 2 for count in shares)
    assert same > 1.1 * by_chance
