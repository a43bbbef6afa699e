import hashlib
from collections import Counter
from itertools import pairwise

import msgspec
import pytest

from simulator.core.commands import Commands
from simulator.core.emission import Emission, Probe
from simulator.core.interactions import Interaction
from simulator.core.mix import Mix
from simulator.core.profiles import PROFILES
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
    return mix.batch(NOW, [n / 100 for n in range(count)], asked, lambda _: True, redact)


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
    return mix, mix.batch(start, times, asked, lambda _: True, False)


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


def test_votes_are_cast_in_polls_that_were_sent() -> None:
    polls, votes = set(), 0
    for event in stream(8000):
        d = msgspec.json.decode(event.d)
        if "poll" in d:
            polls.add((d["id"], d["channel_id"]))
        elif event.name.startswith(b"MESSAGE_POLL_VOTE"):
            assert (d["message_id"], d["channel_id"]) in polls
            votes += 1
    assert votes > 40


def test_the_modern_profile_has_layouts_and_replies_to_messages_of_the_same_channel() -> None:
    places, layouts, replies = {}, 0, 0
    for event in stream(4000):
        if event.name != b"MESSAGE_CREATE":
            continue
        d = msgspec.json.decode(event.d)
        places[d["id"]] = d["channel_id"]
        layouts += d["flags"] == 1 << 15
        if d["type"] == 19:
            assert places[d["message_reference"]["message_id"]] == d["channel_id"]
            replies += 1
    assert layouts > 50
    assert replies > 50


def test_threads_open_and_close_and_those_that_are_open_are_known_to_rest() -> None:
    world = World(2, seed=1)
    mix = Mix(world, Scenes(world), Snowflakes(), 1, "modern", 0.0)
    times, counts = [n / 100 for n in range(6000)], Counter[bytes]()
    seen: set[int] = set()
    for event in mix.batch(NOW, times, Commands(), lambda _: True, False):
        if event.name.startswith(b"THREAD"):
            counts[event.name] += 1
            ident = int(msgspec.json.decode(event.d)["id"])
            (seen.add if event.name == b"THREAD_CREATE" else seen.remove)(ident)
    assert min(counts.values()) > 10
    assert len(counts) == 3
    for guild in world.guild_ids():
        assert len((world.guild(guild) or {})["threads"]) <= 4
    assert all(world.channel(ident) for ident in seen)


def test_a_stream_does_not_depend_on_how_it_is_cut_into_batches() -> None:
    def digested(size: int) -> object:
        world = World(5, seed=1)
        mix = Mix(world, Scenes(world), Snowflakes(), 1, "modern", 0.1)
        for start in range(0, 600, size):
            times = [n / 50 for n in range(start, start + size)]
            mix.batch(NOW, times, one_command(), lambda _: True, True)
        return mix.digest()

    assert digested(1) == digested(200) == digested(600)


def test_a_channel_excites_itself() -> None:
    places = [msgspec.json.decode(e.d)["channel_id"] for e in stream(6000, profile="messages")]
    same = sum(a == b for a, b in pairwise(places)) / len(places)
    shares = Counter(places).values()
    by_chance = sum((count / len(places)) ** 2 for count in shares)
    assert same > 1.1 * by_chance
