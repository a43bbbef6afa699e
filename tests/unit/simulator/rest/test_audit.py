from tests.unit.simulator.rest.place import Place

LOG = "guilds/{guild}/audit-logs"


def test_what_the_bot_did_is_written_with_its_reason() -> None:
    place = Place()
    place.do("DELETE", "guilds/{guild}/members/{user}", reason="too%20loud")
    [entry] = place.do("GET", LOG)["audit_log_entries"]
    assert (entry["action_type"], entry["target_id"], entry["reason"]) == (
        20, place.user["id"], "too loud",
    )  # fmt: skip


def test_an_entry_is_dispatched_when_it_is_written() -> None:
    place = Place()
    place.client.read()
    place.do("POST", "guilds/{guild}/roles", {"name": "n"})
    assert [p["t"] for p in place.client.read()] == [
        "GUILD_ROLE_CREATE", "GUILD_AUDIT_LOG_ENTRY_CREATE",
    ]  # fmt: skip


def test_changes_are_told_by_key_with_the_old_and_the_new() -> None:
    place = Place()
    place.do("PATCH", "guilds/{guild}/roles/{role}", {"name": "new"})
    [entry] = place.do("GET", LOG)["audit_log_entries"]
    assert entry["changes"] == [{"key": "name", "old_value": "player", "new_value": "new"}]


def test_entries_come_newest_first_filtered_and_paged() -> None:
    place = Place()
    for number in range(3):
        place.do("POST", "guilds/{guild}/roles", {"name": f"r{number}"})
    place.do("PATCH", "guilds/{guild}", {"name": "nn"})
    kinds = [e["action_type"] for e in place.do("GET", LOG)["audit_log_entries"]]
    assert kinds == [1, 30, 30, 30]
    page = place.do("GET", LOG, action_type="30", limit="2")["audit_log_entries"]
    older = place.do("GET", LOG, before=page[-1]["id"])["audit_log_entries"]
    assert (len(page), len(older)) == (2, 1)
