"""Interactions from the moment they are sent to the end of their token's fifteen minutes.

Source: Discord Docs/Receiving and Responding.
"""

import base64
from collections import OrderedDict
from dataclasses import dataclass

import msgspec

from simulator.core.world import ALL_PERMISSIONS, APPLICATION_ID, Json

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
RESPONSE_SECONDS = 3.0
TOKEN_SECONDS = 900.0
_KEPT = 200_000
_PADDING = b"x" * 120  # real tokens are above 200 characters long


@dataclass(slots=True)
class Interaction:
    """What must be known to judge a reply. Ids are integers; `guild_id` 0 is a direct message."""

    id: int
    kind: int
    guild_id: int
    channel_id: int
    user: bytes  # the user object as JSON
    made: float  # seconds since the Unix epoch
    token: str
    name: str = ""
    source: int = 0  # the message whose component was used
    answered: int = 0  # the callback's type, 0 before
    ephemeral: bool = False
    loading: bool = False  # deferred, nothing shown yet
    original: int = 0  # the message that the initial response made
    lives: float = TOKEN_SECONDS  # seconds that its token is valid


def token_for(interaction_id: int) -> str:
    """Base64 of `interaction:<id>:<random>`, as proxies expect that read ids out of it."""
    return base64.urlsafe_b64encode(b"interaction:%d:%b" % (interaction_id, _PADDING)).decode()


class Interactions:
    """The interactions whose tokens may still be used, by token."""

    def __init__(self) -> None:
        self._by_token: OrderedDict[str, Interaction] = OrderedDict()

    def add(self, interaction: Interaction) -> None:
        self._by_token[interaction.token] = interaction
        oldest = next(iter(self._by_token.values()))
        old = interaction.made - oldest.made > 2 * TOKEN_SECONDS
        if old or len(self._by_token) > _KEPT:
            self._by_token.popitem(last=False)

    def get(self, token: str) -> Interaction | None:
        return self._by_token.get(token)

    def by_id(self, interaction_id: int) -> Interaction | None:
        return self._by_token.get(token_for(interaction_id))

    def clear(self) -> None:
        self._by_token.clear()


def render(
    interaction: Interaction, channel: bytes, member: bytes, data: bytes, message: bytes = b""
) -> bytes:
    """The `d` of INTERACTION_CREATE; `member` is the user object in a direct message."""
    guild = interaction.guild_id
    place = (
        b'"guild_id":"%d","guild":{"id":"%d","locale":"en-US","features":[]},'
        b'"guild_locale":"en-US","member":%b,"authorizing_integration_owners":{"0":"%d"},'
        b'"context":0' % (guild, guild, member, guild)
        if guild
        else b'"user":%b,"authorizing_integration_owners":{"0":"0"},"context":1' % member
    )
    return (
        b'{"id":"%d","application_id":"%d","type":%d,"token":"%b","version":1,"channel_id":"%d",'
        b'"channel":%b,"locale":"en-US","app_permissions":"%b","entitlements":[],'
        b'"entitlement_sku_ids":[],"attachment_size_limit":10485760,%b,"data":%b%b}'
    ) % (
        interaction.id, APPLICATION_ID, interaction.kind, interaction.token.encode(),
        interaction.channel_id, channel, ALL_PERMISSIONS.encode(), place, data,
        b',"message":' + message if message else b"",
    )  # fmt: skip


def partial_channel(channel: Json) -> bytes:
    """A channel as it stands inside an interaction: the same keys, and what the user may do."""
    dropped = {"recipients"} if channel["type"] == 1 else {"permission_overwrites"}
    kept = {key: value for key, value in channel.items() if key not in dropped}
    return msgspec.json.encode({**kept, "permissions": ALL_PERMISSIONS})


def acting_member(member: Json) -> bytes:
    """A member as it stands inside an interaction: with computed permissions."""
    return msgspec.json.encode({**member, "permissions": ALL_PERMISSIONS})
