from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/soundboard-sounds"


def test_a_change_keeps_what_it_does_not_name() -> None:
    place = Place()
    made = place.do("POST", AT, {"name": "quack", "sound": "data:x", "volume": 0.5})
    one = f"{AT}/{made['sound_id']}"
    changed = place.do("PATCH", one, {"name": "honk"})
    assert (changed["name"], changed["volume"]) == ("honk", 0.5)
    assert place.do("GET", one) == changed


def test_each_step_is_an_entry_of_the_audit_log() -> None:
    place = Place()
    made = place.do("POST", AT, {"name": "quack", "sound": "data:x"})
    one = f"{AT}/{made['sound_id']}"
    place.do("PATCH", one, {"name": "honk"})
    place.do("DELETE", one)
    entries = place.do("GET", "guilds/{guild}/audit-logs")["audit_log_entries"]
    assert [entry["action_type"] for entry in entries] == [132, 131, 130]


def test_a_refused_change_leaves_everything_as_it_was() -> None:
    place = Place()
    made = dict(place.do("POST", AT, {"name": "quack", "sound": "data:x"}))
    one = f"{AT}/{made['sound_id']}"
    assert set(place.errors("PATCH", one, {"name": "x" * 33, "volume": 2})) == {"name", "volume"}
    assert place.do("GET", one) == made
