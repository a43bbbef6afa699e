from typing import Any

from tests.unit.simulator.stage import EVERYTHING, Client, make_api


def asked(d: dict[str, Any], times: int = 1) -> list[dict[str, Any]]:
    client = Client(make_api())
    client.identify()
    guild = str(client.api.world.guild_ids()[0])
    answers: list[dict[str, Any]] = []
    for _ in range(times):
        answers = client.send(8, {"guild_id": guild, **d})
    return [{"t": answer["t"], **answer["d"]} for answer in answers]


def test_all_members_come_in_chunks_with_the_nonce() -> None:
    [chunk] = asked({"query": "", "limit": 0, "nonce": "n"})
    assert (len(chunk["members"]), chunk["chunk_index"], chunk["chunk_count"]) == (13, 0, 1)
    assert chunk["nonce"] == "n"


def test_more_than_a_thousand_members_are_several_chunks() -> None:
    client = Client(make_api())
    client.api.world.members, client.api.world.people = 1500, 1600
    client.identify(EVERYTHING & ~(1 << 8))
    guild = str(client.api.world.guild_ids()[0])
    chunks = [a["d"] for a in client.send(8, {"guild_id": guild, "query": "", "limit": 0})]
    assert [len(chunk["members"]) for chunk in chunks] == [1000, 501]


def test_named_members_that_are_not_there_are_said_to_be_missing() -> None:
    [chunk] = asked({"user_ids": ["1"]})
    assert (chunk["members"], chunk["not_found"]) == ([], ["1"])


def test_all_members_twice_in_thirty_seconds_is_limited() -> None:
    [limited] = asked({"query": "", "limit": 0, "nonce": "n"}, times=2)
    assert limited["t"] == "RATE_LIMITED"
    assert limited["meta"]["nonce"] == "n"


def test_a_query_finds_names_by_their_beginning() -> None:
    [chunk] = asked({"query": "multi", "limit": 5})
    assert [member["user"]["username"] for member in chunk["members"]] == ["multipod"]


def test_a_guild_may_be_named_by_a_number_as_discord_py_does() -> None:
    client = Client(make_api())
    client.identify()
    guild = client.api.world.guild_ids()[0]
    [answer] = client.send(8, {"guild_id": guild, "query": "multi", "limit": 1})
    assert len(answer["d"]["members"]) == 1
