"""The server never dies of a client: whatever comes in, the answer is a value."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.core.rest import answer
from simulator.core.rest.route import Request
from simulator.core.world import APPLICATION_ID
from tests.unit.simulator.stage import NOW, Client, make_api

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip
GUILD = make_api().world.guild_ids()[0]
KEYS = st.sampled_from([
    "token", "properties", "intents", "shard", "session_id", "seq", "guild_id", "guild_ids",
    "query", "limit", "user_ids", "nonce", "presences", "compress", "channel_id", "status",
    "self_mute", "fields",
])  # fmt: skip
SENSIBLE = JSON | st.sampled_from(["t", str(GUILD), [0, 1], {}, 1, 0])


OPS = st.integers(-1, 45) | st.sampled_from([1, 2, 3, 4, 6, 8, 31, 43])
PAYLOADS = st.lists(st.tuples(OPS, st.dictionaries(KEYS, SENSIBLE) | JSON), max_size=6)


@given(PAYLOADS, st.booleans())
@settings(deadline=None)
def test_no_payload_breaks_a_connection(payloads: list[tuple[int, Any]], known: bool) -> None:
    client = Client(make_api())
    client.read()
    if known:
        client.identify()
    for op, d in payloads:
        client.send(op, d)
    assert client.close_code is None or 4000 <= client.close_code <= 4014


ROUTES = st.sampled_from([
    ("POST", f"channels/{GUILD + 1}/messages"), ("PUT", f"applications/{APPLICATION_ID}/commands"),
    ("POST", f"applications/{APPLICATION_ID}/commands"), ("POST", "interactions/1/x/callback"),
    ("PATCH", f"guilds/{GUILD}"), ("POST", f"guilds/{GUILD}/roles"), ("PATCH", "users/@me"),
    ("POST", f"guilds/{GUILD}/channels"), ("POST", f"channels/{GUILD + 1}/threads"),
    ("POST", "users/@me/channels"), ("PATCH", f"channels/{GUILD + 1}"),
    ("POST", f"channels/{GUILD + 1}/messages/bulk-delete"),
    ("GET", f"channels/{GUILD + 1}/messages"),
    ("GET", f"guilds/{GUILD}/members"), ("GET", "users/@me/guilds"), ("PUT", "channels/x/pins/y"),
])  # fmt: skip
BODY = st.dictionaries(
    st.sampled_from(["content", "embeds", "components", "name", "type", "options", "description",
                     "nonce", "messages", "recipient_id", "message_reference", "attachments",
                     "flags", "permissions", "enforce_nonce"]),
    SENSIBLE,
)  # fmt: skip
QUERY = st.dictionaries(st.sampled_from(["limit", "before", "after"]), st.text(max_size=5))


@given(ROUTES, BODY | JSON, QUERY)
@settings(deadline=None, max_examples=300)
def test_no_request_is_an_error_of_ours(
    route: tuple[str, str], body: Any, query: dict[str, str]
) -> None:
    request = Request(*route, NOW, query, "Bot t", body)
    assert answer(make_api(), request).status < 500
