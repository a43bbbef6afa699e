from tests.unit.simulator.rest.place import Place

AT = "applications/{app}/entitlements"


def test_a_test_entitlement_is_granted_used_and_taken_back() -> None:
    place = Place()
    place.events()
    [sku] = place.do("GET", "applications/{app}/skus")
    body = {"sku_id": sku["id"], "owner_id": place.user["id"], "owner_type": 2}
    one = f"{AT}/{place.do('POST', AT, body)['id']}"
    place.do("POST", one + "/consume")
    assert place.do("GET", one)["consumed"]
    place.do("DELETE", one)
    assert place.code("GET", one) == 10029
    assert place.events() == [f"ENTITLEMENT_{v}" for v in ("CREATE", "UPDATE", "DELETE")]


def test_entitlements_are_found_by_owner() -> None:
    place = Place()
    sku = place.do("GET", "applications/{app}/skus")[0]["id"]
    for owner, kind in ((place.user["id"], 2), (place.names["guild"], 1)):
        place.do("POST", AT, {"sku_id": sku, "owner_id": owner, "owner_type": kind})
    assert len(place.do("GET", AT)) == 2
    assert len(place.do("GET", AT, guild_id=place.names["guild"])) == 1
    assert len(place.do("GET", AT, user_id=place.user["id"])) == 1


def test_what_is_not_sold_is_unknown() -> None:
    place = Place()
    assert place.code("POST", AT, {"sku_id": "5", "owner_id": "5", "owner_type": 2}) == 10027
    assert place.code("GET", "skus/5/subscriptions") == 10027
    assert set(place.errors("POST", AT, {})) == {"sku_id", "owner_id", "owner_type"}
