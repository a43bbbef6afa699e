"""What holds for every route: it is tried, nonsense is no trouble, and what is wrong is named."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.rest import TABLE
from simulator.core.rest.route import Route
from tests.unit.simulator.rest.deeds import DEEDS, Deed, do, everything
from tests.unit.simulator.stage import make_api

# Deeds that cannot succeed on the stage: there is one already, none is sold, a boost is needed.
REFUSED = frozenset({
    "POST guilds/{guild}/templates", "POST stage-instances", "GET sticker-packs/5",
    "GET skus/{sku}/subscriptions/5", "PATCH guilds/{guild}/vanity-url",
})  # fmt: skip
NONSENSE: tuple[Any, ...] = (
    None, [], {}, 7, "x", [[]], [None], [{}], {"name": 5}, {"name": None}, {"type": []},
    {"type": True}, {"content": {}}, {"data": []}, {"type": 4, "data": 5}, {"embeds": {"x": 1}},
    {"embeds": [5]}, {"embeds": [{"fields": [{}]}]}, {"components": [{"type": {}}]},
    {"components": {"x": 1}}, {"flags": "x"}, {"flags": -1}, {"permissions": "x"},
    {"messages": [1]}, {"messages": {}}, {"nick": ["x"]}, {"roles": "x"}, {"roles": ["1"]},
    {"recipient_id": {}}, {"position": 1e300}, {"message_reference": []}, {"poll": {"answers": 1}},
    {"channel_id": "x"}, {"attachments": [{}]}, {"user_ids": [{}]}, {"allow": "1" * 400},
    [{"id": "x"}], [{"id": 1, "position": "x"}], {"options": [{"options": [{}]}]},
)  # fmt: skip
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner,
                                                                max_size=3),
    max_leaves=8,
)  # fmt: skip


def route_of(deed: Deed) -> Route:
    found = TABLE.find(deed[0], deed[1])
    assert found is not None, f"no route for {deed[0]} {deed[1]}"
    return found[0]


def name_of(deed: Deed) -> str:
    return f"{deed[0]} {deed[1]}"


def check(status: int, body: Any) -> None:
    """An answer is one of Discord's: never a 500, and a form error has its tree."""
    assert status < 500
    if isinstance(body, dict) and body.get("code") == 50035:
        assert body["errors"], body
        assert body["message"] == "Invalid Form Body"


def test_every_route_is_tried() -> None:
    assert {r.label for r in TABLE.routes()} - {route_of(deed).label for deed in DEEDS} == set()


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_a_proper_call_succeeds(deed: Deed) -> None:
    api = make_api()
    response = do(api, deed, everything(api))
    assert (response.status >= 400) is (name_of(deed) in REFUSED), response


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_nonsense_is_no_trouble(deed: Deed) -> None:
    api = make_api()
    values = everything(api)
    for body in NONSENSE:
        response = do(api, (deed[0], deed[1], body), values)
        check(response.status, response.body)


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
@pytest.mark.parametrize("query", ["x", "-1", "", "9" * 30, "٣"])
def test_a_query_of_nonsense_is_no_trouble(deed: Deed, query: str) -> None:
    api = make_api()
    names = ("limit", "before", "after", "around", "days", "thread_id", "wait", "with_counts",
             "action_type", "include_roles", "query")  # fmt: skip
    response = do(api, deed, everything(api), **dict.fromkeys(names, query))
    check(response.status, response.body)


@pytest.mark.parametrize("deed", DEEDS, ids=name_of)
def test_ids_that_name_nothing_are_no_trouble(deed: Deed) -> None:
    api = make_api()
    values = everything(api)
    for other in ("5", "x", "@me", "9" * 30, "٣", ":"):
        ids = {**dict.fromkeys(values, other), "guild": values["guild"]}
        channels = {**ids, "channel": values["channel"]}
        for given_ids in (dict.fromkeys(values, other), ids, channels):
            response = do(api, deed, given_ids)
            check(response.status, response.body)


@settings(max_examples=60, deadline=None)
@given(deed=st.sampled_from([d for d in DEEDS if d[2] is not None]), body=TREES)
def test_any_body_gets_an_answer(deed: Deed, body: Any) -> None:
    api = make_api()
    values = everything(api)
    response = do(api, (deed[0], deed[1], body), values)
    check(response.status, response.body)
