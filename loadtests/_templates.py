"""The bodies of synthetic events, one byte template per type. Fields: Discord Docs/Gateway Events.

A template is filled with ``%`` from a mapping of bytes: ids as integers, texts as bytes.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Template:
    """A dispatch type, how often it comes relative to the others, and its ``d``."""

    event_type: str
    weight: float
    body: bytes

    @property
    def has_text(self) -> bool:
        """Whether its length can vary."""
        return b"%(text)b" in self.body


_USER = (
    b'{"id":"%(user)d","username":"%(name)b","global_name":null,"discriminator":"0",'
    b'"avatar":null,"public_flags":0}'
)
_MEMBER_FIELDS = (
    b'"roles":["%(guild)d"],"nick":null,"avatar":null,"premium_since":null,'
    b'"joined_at":"2024-01-01T00:00:00.000000+00:00","communication_disabled_until":null,'
    b'"deaf":false,"mute":false,"pending":false,"flags":0'
)
_MEMBER = b'{"user":' + _USER + b"," + _MEMBER_FIELDS + b"}"
_MESSAGE = (
    b'{"type":0,"tts":false,"timestamp":"%(stamp)b","pinned":false,"mentions":[],'
    b'"mention_roles":[],"mention_everyone":false,"member":{' + _MEMBER_FIELDS + b"},"
    b'"id":"%(id)d","flags":0,"embeds":[],"edited_timestamp":null,"content":"%(text)b",'
    b'"components":[],"channel_id":"%(channel)d","author":' + _USER + b',"attachments":[],'
    b'"guild_id":"%(guild)d"}'
)
_CHANNEL = (
    b'{"id":"%(channel)d","type":0,"name":"general","position":0,"parent_id":null,"nsfw":false,'
    b'"topic":null,"flags":0,"rate_limit_per_user":0,"guild_id":"%(guild)d",'
    b'"permissions":"2248473465835073"}'
)

TEMPLATES = (
    Template("MESSAGE_CREATE", 62.0, _MESSAGE),
    Template(
        "MESSAGE_UPDATE",
        7.0,
        _MESSAGE.replace(b'"edited_timestamp":null', b'"edited_timestamp":"%(stamp)b"'),
    ),
    Template(
        "MESSAGE_DELETE",
        3.0,
        b'{"id":"%(id)d","channel_id":"%(channel)d","guild_id":"%(guild)d"}',
    ),
    Template(
        "MESSAGE_REACTION_ADD",
        14.0,
        b'{"user_id":"%(user)d","type":0,"message_id":"%(id)d","message_author_id":"%(user)d",'
        b'"member":' + _MEMBER + b',"emoji":{"id":null,"name":"\xf0\x9f\xa5\x8f"},"burst":false,'
        b'"channel_id":"%(channel)d","guild_id":"%(guild)d"}',
    ),
    Template(
        "VOICE_STATE_UPDATE",
        6.0,
        b'{"member":' + _MEMBER + b',"user_id":"%(user)d","suppress":false,"session_id":"%(id)d",'
        b'"self_video":false,"self_mute":false,"self_deaf":false,"mute":false,"deaf":false,'
        b'"request_to_speak_timestamp":null,"channel_id":"%(channel)d","guild_id":"%(guild)d"}',
    ),
    Template(
        "GUILD_MEMBER_UPDATE",
        6.0,
        b'{"user":' + _USER + b"," + _MEMBER_FIELDS + b',"guild_id":"%(guild)d"}',
    ),
    Template(
        "GUILD_MEMBER_ADD",
        2.0,
        b'{"user":' + _USER + b"," + _MEMBER_FIELDS + b',"guild_id":"%(guild)d"}',
    ),
    Template(
        "INTERACTION_CREATE",
        0.0,
        b'{"version":1,"type":2,"token":"synthetic%(id)d","member":{"user":'
        + _USER
        + b',"permissions":"2248473465835073",'
        + _MEMBER_FIELDS
        + b'},"locale":"en-US","id":"%(id)d","guild_locale":"en-US","guild_id":"%(guild)d",'
        b'"entitlements":[],"data":{"type":1,"name":"ping","id":"700000000000000000"},'
        b'"context":0,"channel_id":"%(channel)d","channel":' + _CHANNEL + b',"authorizing_'
        b'integration_owners":{"0":"%(guild)d"},"attachment_size_limit":10485760,'
        b'"application_id":"%(application)d","app_permissions":"2248473465835073"}',
    ),
)
