"""Events of the mix as JSON text. Only ids, times and words are filled in; nothing is encoded here.

Shapes: Discord Docs/Gateway Events, with every key that discord.py, hikari and discord.js read.
"""

from datetime import UTC, datetime

from simulator.core.scene import Scene
from simulator.core.world import APPLICATION_ID

_TAIL = (
    b'"edited_timestamp":%b,"tts":false,"mention_everyone":false,"mentions":[],"mention_roles":[],'
    b'"mention_channels":[],"attachments":[],"embeds":%b,"reactions":[],"pinned":false,"flags":0,'
    b'"components":[],"channel_type":0}'
)
_MESSAGE = (
    b'{"id":"%d","channel_id":"%d","guild_id":"%b","type":0,"content":%b,"author":%b,"member":%b,'
    b'"nonce":"%d","timestamp":"%b",' + _TAIL
)
_EMBED = (
    b'[{"type":"link","url":"https://example.invalid/a","title":"A page","description":"A few words'
    b' about it","provider":{"name":"example"}}]'
)
_REACTION = (
    b'{"user_id":"%b","type":0,"message_id":"%d","message_author_id":"%b","channel_id":"%d",'
    b'"guild_id":"%b","emoji":{"id":null,"name":"%b","animated":false},"burst":false,'
    b'"burst_colors":[]%b}'
)
_TYPING = b'{"channel_id":"%d","guild_id":"%b","user_id":"%b","timestamp":%d,"member":%b}'
_PRESENCE = (
    b'{"user":{"id":"%b"},"guild_id":"%b","status":"%b","activities":[],'
    b'"client_status":{"desktop":"%b"},"processed_at_timestamp":%d}'
)
_VOICE = (
    b'{"guild_id":"%b","channel_id":%b,"user_id":"%b","member":%b,"session_id":"%032x",'
    b'"deaf":false,"mute":false,"self_deaf":false,"self_mute":%b,"self_video":false,'
    b'"suppress":false,"request_to_speak_timestamp":null}'
)
STATUSES = (b"online", b"idle", b"dnd", b"offline")
EMOJIS = ("👍".encode(), "🥏".encode(), "🔥".encode(), "😂".encode())


class Timestamps:
    """ISO 8601 as Discord writes it; rendered once per millisecond."""

    def __init__(self) -> None:
        self._at = -1
        self._text = b""

    def text(self, now: float) -> bytes:
        """`now` in seconds since the Unix epoch, to the millisecond."""
        at = int(now * 1000)
        if at != self._at:
            self._at = at
            moment = datetime.fromtimestamp(at / 1000, UTC)
            self._text = moment.isoformat(timespec="microseconds").encode()
        return self._text


def message(
    scene: Scene, place: int, author: int, ident: int, content: bytes, stamp: bytes
) -> bytes:
    """A message just sent; `content` is a JSON string, `place` and `author` are positions."""
    return _MESSAGE % (
        ident, scene.channels[place], scene.gid, content, scene.users[author],
        scene.members[author], ident + 1, stamp, b"null", b"[]",
    )  # fmt: skip


def unfurled(
    scene: Scene, place: int, author: int, ident: int, content: bytes, stamp: bytes, hide: bool
) -> bytes:
    """The MESSAGE_UPDATE that adds a link's embed."""
    return _MESSAGE % (
        ident, scene.channels[place], scene.gid, content, scene.users[author],
        scene.members[author], ident + 1, stamp, b"null", b"[]" if hide else _EMBED,
    )  # fmt: skip


def deletion(scene: Scene, channel: int, ident: int) -> bytes:
    return b'{"id":"%d","channel_id":"%d","guild_id":"%b"}' % (ident, channel, scene.gid)


def reaction(
    scene: Scene, user: int, author: int, channel: int, ident: int, emoji: bytes, added: bool
) -> bytes:
    """MESSAGE_REACTION_ADD carries the member, _REMOVE does not."""
    extra = b""
    if added:
        extra = b',"member":' + member(scene, user)
    return _REACTION % (
        scene.uids[user], ident, scene.uids[author], channel, scene.gid, emoji, extra
    )  # fmt: skip


def member(scene: Scene, person: int) -> bytes:
    """A member object with its user."""
    return b'{"user":%b,%b' % (scene.users[person], scene.members[person][1:])


def member_event(scene: Scene, person: int) -> bytes:
    """GUILD_MEMBER_ADD and _UPDATE: a member object and its guild."""
    return b'{"guild_id":"%b","user":%b,%b' % (
        scene.gid, scene.users[person], scene.members[person][1:]
    )  # fmt: skip


def member_gone(scene: Scene, person: int) -> bytes:
    return b'{"guild_id":"%b","user":%b}' % (scene.gid, scene.users[person])


def typing(scene: Scene, place: int, person: int, now: float) -> bytes:
    uid = scene.uids[person]
    return _TYPING % (scene.channels[place], scene.gid, uid, int(now), member(scene, person))


def presence(scene: Scene, person: int, status: bytes, now: float) -> bytes:
    return _PRESENCE % (scene.uids[person], scene.gid, status, status, int(now * 1000))


def voice(scene: Scene, person: int, joined: bool, muted: bool) -> bytes:
    place = b'"%b"' % scene.voice if joined else b"null"
    uid = scene.uids[person]
    truth = b"true" if muted else b"false"
    return _VOICE % (scene.gid, place, uid, member(scene, person), int(uid), truth)


def role(scene: Scene) -> bytes:
    return b'{"guild_id":"%b","role":%b}' % (scene.gid, scene.roles[1])


def guild(scene: Scene) -> bytes:
    return scene.roles[0]


def mentions_bot() -> bytes:
    """How a message mentions the bot."""
    return b"<@%d>" % APPLICATION_ID
