from typing import Any

from simulator.core.emission import Emission
from simulator.core.hub import Identifies, daily, redact
from simulator.core.intents import Intent
from tests.unit.simulator.stage import NOW, Client, make_api

CONTENT, MESSAGES = int(Intent.MESSAGE_CONTENT), int(Intent.GUILD_MESSAGES)


def two_shards() -> tuple[Client, Client, range]:
    api = make_api()
    clients = Client(api), Client(api)
    for number, client in enumerate(clients):
        client.identify(MESSAGES, shard=[number, 2])
    return *clients, api.world.guild_ids()


def test_an_event_goes_to_the_shard_of_its_guild() -> None:
    first, second, guilds = two_shards()
    for guild in guilds:
        first.api.hub.publish("MESSAGE_DELETE", guild, {"guild": guild})
    got = {
        (p["d"]["guild"] >> 22) % 2: shard
        for shard, c in ((0, first), (1, second))
        for p in c.read()
    }
    assert got == {0: 0, 1: 1}


def test_direct_messages_go_to_shard_0() -> None:
    first, second, _ = two_shards()
    first.api.hub.publish_raw(b"X", 0, 0, b"{}", None, 0.0)
    assert (len(first.read()), len(second.read())) == (1, 0)


def test_an_event_without_its_intent_is_nobodys() -> None:
    client = Client(make_api())
    client.identify(0)
    assert not client.api.hub.publish("MESSAGE_CREATE", client.api.world.guild_ids()[0], {})
    assert client.read() == []


def message(**changes: Any) -> dict[str, Any]:
    return {"author": {"id": "1"}, "content": "secret", "mentions": [], "embeds": [{}], **changes}


def test_content_is_hidden_from_sessions_without_the_intent_only() -> None:
    api = make_api()
    clients = Client(api), Client(api)
    clients[0].identify(MESSAGES)
    clients[1].now += 6
    clients[1].identify(MESSAGES | CONTENT)
    api.hub.publish("MESSAGE_CREATE", api.world.guild_ids()[0], message())
    assert [c.read()[-1]["d"]["content"] for c in clients] == ["", "secret"]


def test_the_bots_own_messages_and_mentions_keep_their_content() -> None:
    assert redact(message(author={"id": "7"}), "7")["content"] == "secret"
    assert redact(message(mentions=[{"id": "7"}]), "7")["content"] == "secret"
    assert redact(message(), "7") == message(content="", embeds=[])


def test_the_identify_budget_is_spent_and_comes_back_after_a_day() -> None:
    budget = Identifies(concurrency=1, total=2)
    assert budget.remaining(NOW) == 2
    assert [budget.take(0, NOW), budget.take(0, NOW + 1)] == [True, False]
    assert budget.remaining(NOW + 1) == 0
    assert budget.remaining(NOW + 86_400) == 2


def test_the_time_between_identifies_can_be_set() -> None:
    budget = Identifies(concurrency=1, total=10, window=0.5)
    assert [budget.take(0, NOW + wait) for wait in (0, 0.4, 0.5)] == [True, False, True]


def test_shards_of_different_buckets_identify_at_once() -> None:
    budget = Identifies(concurrency=2, total=10)
    assert [budget.take(shard, NOW) for shard in (0, 1, 2)] == [True, True, False]


def test_rendered_events_are_dispatched_as_they_are() -> None:
    client = Client(make_api())
    client.identify(MESSAGES | CONTENT)
    guild = client.api.world.guild_ids()[0]
    client.api.hub.publish_raw(b"MESSAGE_CREATE", guild, MESSAGES, b'{"a":1}', b'{"a":0}', NOW)
    assert client.read() == [{"t": "MESSAGE_CREATE", "s": 2, "op": 0, "d": {"a": 1}}]


def test_bots_in_very_many_guilds_identify_more_often() -> None:
    assert [daily(n) for n in (1, 149_999, 150_000, 1_000_000)] == [1000, 1000, 2000, 5000]


def emission(guild: int, needed: int = MESSAGES) -> Emission:
    return Emission(b"X", b"{}", NOW, guild, needed)


def test_of_many_events_each_session_gets_those_of_its_shard_in_order() -> None:
    first, second, guilds = two_shards()
    api, whole = first.api, Client(first.api)
    whole.now += 6
    whole.identify(MESSAGES)
    whole.read()
    events = [emission(guilds[n % 2]) for n in range(6)]
    assert list(api.hub.emit(events)) == events
    assert [len(c.read()) for c in (first, second, whole)] == [3, 3, 6]


def test_what_no_session_is_due_is_left_out_and_counted() -> None:
    api = make_api()
    client = Client(api)
    client.identify(MESSAGES, shard=[0, 2])
    mine = [g for g in api.world.guild_ids() if (g >> 22) % 2 == 0]
    others = [g for g in api.world.guild_ids() if (g >> 22) % 2 == 1]
    events = [emission(mine[0]), emission(others[0]), emission(mine[0], CONTENT), emission(0, 0)]
    before = api.ledger.dispatched
    assert list(api.hub.emit(events)) == [events[0], events[3]]
    assert (api.ledger.dispatched - before, api.ledger.undeliverable) == (2, 2)


def test_without_any_session_nothing_is_due() -> None:
    api = make_api()
    assert list(api.hub.emit([emission(0, 0)])) == []
    assert api.ledger.undeliverable == 1
