"""The body of a message: lengths, embeds, components, polls, and what goes with what.

Source: Discord Docs/Message, "Create Message" and "Embed Limits"; Docs/Poll.
"""

from typing import Any

from simulator.core.rest import layout
from simulator.core.rest.form import (
    Form,
    Wrong,
    anything,
    choice,
    clearable,
    flag,
    integer,
    invalid,
    many,
    moment,
    needed,
    snowflake,
    text,
    wrong,
)
from simulator.core.rest.route import ApiError
from simulator.core.world import Json

MAX_CONTENT, MAX_EMBEDS_TEXT, MAX_NONCE = 2000, 6000, 25
CROSSPOSTED, SUPPRESS_EMBEDS, EPHEMERAL, LOADING = 1 << 0, 1 << 2, 1 << 6, 1 << 7
SILENT, VOICE_MESSAGE, COMPONENTS_V2 = 1 << 12, 1 << 13, 1 << 15
_SETTABLE = SUPPRESS_EMBEDS | EPHEMERAL | SILENT | VOICE_MESSAGE | COMPONENTS_V2
_SCHEMES = ("http", "https", "attachment")


def url(value: Any) -> str:
    """An address of the web, or a file of the same message."""
    given: str = text(1, 2048)(value)
    scheme, separator, rest = given.partition("://")
    if not separator or not rest:
        raise wrong("URL_TYPE_INVALID_URL", "Not a well formed URL.")
    if scheme not in _SCHEMES:
        message = f"Scheme \"{scheme[:20]}\" must be one of ('http', 'https')."
        raise wrong("URL_TYPE_INVALID_SCHEME", message)
    return given


def _nonce(value: Any) -> int | str:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise wrong("NONCE_TYPE_INVALID", "A nonce is a number or a string")
    if len(str(value)) > MAX_NONCE:
        raise wrong("BASE_TYPE_MAX_LENGTH", f"Must be {MAX_NONCE} or fewer in length.")
    return value


_PICTURE = Form(url=needed(url))
EMBED = Form(
    title=clearable(text(0, 256)), description=clearable(text(0, 4096)), url=clearable(url),
    timestamp=clearable(moment), color=clearable(integer(0, 0xFFFFFF)),
    footer=Form(text=needed(text(1, 2048)), icon_url=clearable(url)),
    image=_PICTURE, thumbnail=_PICTURE, video=anything, provider=anything,
    author=Form(name=needed(text(1, 256)), url=clearable(url), icon_url=clearable(url)),
    fields=many(
        Form(name=needed(text(1, 256)), value=needed(text(1, 1024)), inline=flag), 0, 25
    ),
)  # fmt: skip
_MENTIONS = Form(
    parse=many(choice("roles", "users", "everyone"), 0, 3), users=many(snowflake, 0, 100),
    roles=many(snowflake, 0, 100), replied_user=flag,
)  # fmt: skip
_MEDIA = Form(
    text=clearable(text(0, 300)),
    emoji=clearable(Form(id=clearable(snowflake), name=clearable(text(0, 100)))),
)  # fmt: skip
_POLL = Form(
    question=needed(_MEDIA.extended(text=needed(text(1, 300)))),
    answers=needed(many(
        Form(poll_media=needed(_MEDIA.extended(text=clearable(text(0, 55))))), 1, 10)),
    duration=integer(1, 768), allow_multiselect=flag, layout_type=choice(1),
)  # fmt: skip
_REFERENCE = Form(
    type=choice(0, 1), message_id=needed(snowflake), channel_id=clearable(snowflake),
    guild_id=clearable(snowflake), fail_if_not_exists=flag,
)  # fmt: skip
MESSAGE = Form(
    content=clearable(text(0, MAX_CONTENT)), nonce=_nonce, enforce_nonce=flag, tts=flag,
    embeds=clearable(many(EMBED, 0, 10)), allowed_mentions=clearable(_MENTIONS),
    message_reference=_REFERENCE, components=clearable(anything), flags=clearable(integer(0)),
    attachments=clearable(many(
        Form(id=needed(snowflake), filename=text(0, 1024), description=clearable(text(0, 1024)),
             title=clearable(text(0, 1024)), is_spoiler=flag), 0, 10)),
    sticker_ids=clearable(many(snowflake, 0, 3)), poll=_POLL,
    username=clearable(text(1, 80)), avatar_url=clearable(url), thread_name=text(1, 100),
    applied_tags=many(snowflake, 0, 5),
)  # fmt: skip
SHOWN = ("content", "embeds", "components", "sticker_ids", "poll", "message_reference")
_LEGACY = ("content", "embeds", "sticker_ids", "poll")


def read(body: Any, partial: bool, flags: int = 0, at: str = "") -> Json:
    """A message body as it is kept; `flags` are those of the message that is changed.

    Raises ApiError 50035, its tree below `at` when the message is part of a larger body.
    """
    try:
        given = MESSAGE(body, partial)
        modern = bool((flags | (given.get("flags") or 0)) & COMPONENTS_V2)
        _embeds(given.get("embeds") or [])
        if given.get("components"):
            _part("components", given["components"], modern)
        if modern:
            _modern(given)
    except Wrong as error:
        raise invalid({at: error.errors} if at else error.errors) from None
    if given.get("flags") is not None:
        given["flags"] &= _SETTABLE
    return given


def _part(key: str, components: Any, modern: bool) -> None:
    try:
        layout.of_message(components, modern)
    except Wrong as error:
        raise Wrong({key: error.errors}) from None


def _modern(given: Json) -> None:
    """Components of the second version stand alone."""
    for key in _LEGACY:
        if given.get(key):
            message = (f"The '{key}' field cannot be used when using "
                       "MessageFlags.IS_COMPONENTS_V2")  # fmt: skip
            code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
            raise Wrong({key: wrong(code, message).errors})


def _embeds(embeds: list[Json]) -> None:
    total = 0
    for embed in embeds:
        nested = [embed.get("footer", {}).get("text"), embed.get("author", {}).get("name")]
        fields = [field[key] for field in embed.get("fields", ()) for key in ("name", "value")]
        texts = (embed.get("title"), embed.get("description"), *nested, *fields)
        total += sum(len(part) for part in texts if part)
    if total > MAX_EMBEDS_TEXT:
        message = f"Embed size exceeds maximum size of {MAX_EMBEDS_TEXT}"
        raise Wrong({"embeds": wrong("MAX_EMBED_SIZE_EXCEEDED", message).errors})


def demand_something(given: Json, files: bool) -> None:
    """Raises ApiError 50006 for a message that shows nothing."""
    if not files and not any(given.get(key) for key in SHOWN):
        raise ApiError(400, 50006, "Cannot send an empty message")
