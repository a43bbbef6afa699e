from tests.unit.simulator.rest.place import Place

AT = "guilds/{guild}/auto-moderation/rules"
RULE = {"name": "n", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}],
        "trigger_metadata": {"keyword_filter": ["x"], "presets": [1]}}  # fmt: skip


def test_a_rule_has_what_its_kind_has() -> None:
    rule = Place().do("POST", AT, RULE)
    assert rule["trigger_metadata"] == {
        "keyword_filter": ["x"], "regex_patterns": [], "allow_list": [],
    }  # fmt: skip
    assert rule["actions"] == [{"type": 1, "metadata": {}}]


def test_a_rule_lives_from_create_to_delete() -> None:
    place = Place()
    place.events()
    one = f"{AT}/{place.do('POST', AT, RULE)['id']}"
    assert place.do("PATCH", one, {"enabled": True, "trigger_type": 3})["trigger_type"] == 1
    assert place.do("GET", AT)[0]["enabled"]
    place.do("DELETE", one)
    assert place.code("GET", one) == 10084
    kinds = ("CREATE", "UPDATE", "DELETE")
    assert place.events() == [f"AUTO_MODERATION_RULE_{kind}" for kind in kinds]


def test_there_is_one_rule_against_spam() -> None:
    place = Place()
    place.do("POST", AT, {**RULE, "trigger_type": 3})
    assert place.code("POST", AT, {**RULE, "trigger_type": 3}) == 30045


def test_a_wrong_rule_is_a_form_error() -> None:
    assert set(Place().errors("POST", AT, {**RULE, "actions": [], "event_type": 9})) == {
        "actions", "event_type",
    }  # fmt: skip
