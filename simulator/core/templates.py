"""Events of the mix as JSON text. Only ids, times and words are filled in; nothing is encoded here.

Shapes: Discord Docs/Gateway Events, with every key that discord.py, hikari and discord.js read.
What varies comes first and what is known of old last, in as few pieces as possible: speed.
"""

from datetime import UTC, datetime

from simulator.core.scene import Extra, Scene
from simulator.core.world import APPLICATION_ID

_MESSAGE = (
    b'{"id":"%d","nonce":"%d","timestamp":"%b","content":%b,%b%b%b"edited_timestamp":null,'
    b'"tts":false,"mention_everyone":false,"mentions":[],"mention_roles":[],'
    b'"mention_channels":[],"attachments":[],"reactions":[],"pinned":false,"channel_type":0}'
)
_ORDINARY = b'"type":0,"flags":0,"components":[],"embeds":[],'
ORDINARY: Extra = _ORDINARY, _ORDINARY
"""What most messages are."""
_UNFURLED = (
    b'"type":0,"flags":0,"components":[],"embeds":[{"type":"link","url":"https://example.invalid/a"'
    b',"title":"A page","description":"A few words about it","provider":{"name":"example"}}],'
)
UNFURLED: Extra = _UNFURLED, _ORDINARY
"""With the embed of a link."""
_POLL = (
    b'"type":0,"flags":0,"components":[],"embeds":[],"poll":{"question":{"text":"Where next?"},'
    b'"answers":[{"answer_id":1,"poll_media":{"text":"Maple Hill"}},{"answer_id":2,"poll_media":'
    b'{"text":"Old Quarry"}}],"expiry":"2035-01-01T00:00:00.000000+00:00","allow_multiselect":false'
    b',"layout_type":1,"results":{"is_finalized":false,"answer_counts":[]}},'
)
POLL: Extra = _POLL, _ORDINARY
"""A poll, which has no content (Discord Docs/Poll)."""
_LAYOUT = (
    b'"type":0,"flags":32768,"embeds":[],"components":[{"type":17,"id":1,"accent_color":null,'
    b'"spoiler":false,"components":[{"type":10,"id":2,"content":"**Results** of today"},{"type":14,'
    b'"id":3,"divider":true,"spacing":1},{"type":1,"id":4,"components":[{"type":2,"id":5,"style":2,'
    b'"label":"Again","custom_id":"again","disabled":false}]}]}],'
)
LAYOUT: Extra = _LAYOUT, b'"type":0,"flags":32768,"embeds":[],"components":[],'
"""Components v2, IS_COMPONENTS_V2 set: a container with text, a separator and a button."""
# An answer to a message, once there is one; `reply` names it.
REPLY: Extra = _ORDINARY, _ORDINARY
_REFERENCE = (
    b'"type":19,"flags":0,"components":[],"embeds":[],"message_reference":{"type":0,%b'
    b'"message_id":"%d"},"referenced_message":null,'
)
_REACTION = (
    b'{"message_id":"%d","message_author_id":"%b",%b"emoji":{"id":null,"name":"%b",'
    b'"animated":false},"user_id":"%b","type":0,"burst":false,"burst_colors":[]%b}'
)
_VOTE = b'{"message_id":"%d",%b"user_id":"%b","answer_id":%d}'
_THREAD = (
    b'{"id":"%d","guild_id":"%b","parent_id":"%d","owner_id":"%b","type":11,"name":"round talk",'
    b'"last_message_id":null,"message_count":0,"member_count":1,"total_message_sent":0,'
    b'"rate_limit_per_user":0,"flags":0,"applied_tags":[],"thread_metadata":{"archived":%b,'
    b'"auto_archive_duration":1440,"archive_timestamp":"%b","locked":false,'
    b'"create_timestamp":"%b"}%b}'
)
_AUDIT = (
    b'{"id":"%d","guild_id":"%b","user_id":"%b","target_id":"%b","action_type":24,'
    b'"changes":[{"key":"nick","new_value":"Ace"}]}'
)
_TYPING = b'{%b"user_id":"%b","timestamp":%d,"member":{%b}'
_PRESENCE = (
    b'{"user":{"id":"%b"},"guild_id":"%b","status":"%b","activities":[],'
    b'"client_status":{"desktop":"%b"},"processed_at_timestamp":%d}'
)
_VOICE = (
    b'{"guild_id":"%b","channel_id":%b,"user_id":"%b","member":{%b,"session_id":"%032x",'
    b'"deaf":false,"mute":false,"self_deaf":false,"self_mute":%b,"self_video":false,'
    b'"suppress":false,"request_to_speak_timestamp":null}'
)
STATUSES = (b"online", b"idle", b"dnd", b"offline")
EMOJIS = ("👍".encode(), "🥏".encode(), "🔥".encode(), "😂".encode())


class Timestamps:
    """ISO 8601 as Discord writes it; rendered once per millisecond, its seconds once per second."""

    def __init__(self) -> None:
        self._at = self._second = -1
        self._text = self._head = b""

    def text(self, now: float) -> bytes:
        """`now` in seconds since the Unix epoch, to the millisecond."""
        at = int(now * 1000)
        if at != self._at:
            self._at = at
            second, past = divmod(at, 1000)
            if second != self._second:
                self._second = second
                self._head = datetime.fromtimestamp(second, UTC).isoformat()[:19].encode()
            self._text = b"%b.%03d000+00:00" % (self._head, past)
        return self._text


def message(
    scene: Scene, place: int, author: int, ident: int, content: bytes, stamp: bytes,
    extra: bytes = _ORDINARY,
) -> bytes:  # fmt: skip
    """A message; `content` is a JSON string, `place` and `author` are positions."""
    return _MESSAGE % (
        ident, ident + 1, stamp, content, scene.authors[author], extra, scene.places[place]
    )  # fmt: skip


def reply(scene: Scene, place: int, ident: int) -> Extra:
    """What makes a message the answer to another one of its channel."""
    answering = _REFERENCE % (scene.places[place], ident)
    return answering, answering


def deletion(scene: Scene, channel: int, ident: int) -> bytes:
    return b'{"id":"%d","channel_id":"%d","guild_id":"%b"}' % (ident, channel, scene.gid)


def reaction(
    scene: Scene, user: int, author: int, place: int, ident: int, emoji: bytes, added: bool
) -> bytes:
    """MESSAGE_REACTION_ADD carries the member, _REMOVE does not."""
    extra = b""
    if added:
        extra = b',"member":{' + scene.people[user]
    return _REACTION % (
        ident, scene.uids[author], scene.places[place], emoji, scene.uids[user], extra
    )  # fmt: skip


def vote(scene: Scene, user: int, place: int, ident: int, answer: int) -> bytes:
    """MESSAGE_POLL_VOTE_ADD and _REMOVE."""
    return _VOTE % (ident, scene.places[place], scene.uids[user], answer)


def thread(
    scene: Scene, place: int, owner: int, ident: int, stamp: bytes, archived: bool, new: bool
) -> bytes:
    """THREAD_CREATE, which says that it is new, and THREAD_UPDATE."""
    return _THREAD % (
        ident, scene.gid, scene.channels[place], scene.uids[owner],
        b"true" if archived else b"false", stamp, stamp, b',"newly_created":true' if new else b"",
    )  # fmt: skip


def thread_gone(scene: Scene, place: int, ident: int) -> bytes:
    """THREAD_DELETE."""
    return b'{"id":"%d","guild_id":"%b","parent_id":"%d","type":11}' % (
        ident, scene.gid, scene.channels[place]
    )  # fmt: skip


def audit(scene: Scene, actor: int, target: int, ident: int) -> bytes:
    """GUILD_AUDIT_LOG_ENTRY_CREATE: a moderator named somebody anew."""
    return _AUDIT % (ident, scene.gid, scene.uids[actor], scene.uids[target])


def member_event(scene: Scene, person: int) -> bytes:
    """GUILD_MEMBER_ADD and _UPDATE: a member object and its guild."""
    return b'{"guild_id":"%b",%b' % (scene.gid, scene.people[person])


def member_gone(scene: Scene, person: int) -> bytes:
    return b'{"guild_id":"%b","user":%b}' % (scene.gid, scene.users[person])


def typing(scene: Scene, place: int, person: int, now: float) -> bytes:
    return _TYPING % (scene.places[place], scene.uids[person], int(now), scene.people[person])


def presence(scene: Scene, person: int, status: bytes, now: float) -> bytes:
    return _PRESENCE % (scene.uids[person], scene.gid, status, status, int(now * 1000))


def voice(scene: Scene, person: int, joined: bool, muted: bool) -> bytes:
    place = b'"%b"' % scene.voice if joined else b"null"
    uid = scene.uids[person]
    truth = b"true" if muted else b"false"
    return _VOICE % (scene.gid, place, uid, scene.people[person], int(uid), truth)


def role(scene: Scene) -> bytes:
    return b'{"guild_id":"%b","role":%b}' % (scene.gid, scene.roles[1])


def guild(scene: Scene) -> bytes:
    return scene.roles[0]


def channel(scene: Scene, place: int) -> bytes:
    """CHANNEL_UPDATE."""
    return scene.texts[place]


def mentions_bot() -> bytes:
    """How a message mentions the bot."""
    return b"<@%d>" % APPLICATION_ID
