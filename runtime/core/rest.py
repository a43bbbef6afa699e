"""A worker's REST request and its reply, as they travel; which routes a worker may ask for."""

import re
from collections import deque
from typing import Any
from urllib.parse import unquote

import msgspec

from runtime.errors import MultipodError

MAX_UPLOAD = 25 << 20
"""Bytes of all files of one request."""

MAX_REQUEST = MAX_UPLOAD + (1 << 20)
"""Bytes of a whole request as it travels."""

MAX_WAIT = 60.0
"""Seconds that a request may wait at most, whatever the worker asks for."""

INVALID_LIMIT = 10_000
INVALID_WINDOW = 600.0
INVALID_STATUSES = frozenset({401, 403, 429})

_ID = r"(?:\d{1,20}|@me|@original)"
_ALLOWED = tuple(
    re.compile(f"/{pattern}")
    for pattern in (
        r"users/.+",
        r"channels/.+",
        r"guilds(?:/.+)?",
        rf"applications/{_ID}(?:/.+)?",
        r"oauth2/applications/@me",
        r"webhooks/.+",
        r"interactions/.+",
        r"invites/.+",
        r"stickers?(?:-packs)?(?:/.+)?",
        r"stage-instances(?:/.+)?",
        r"soundboard-default-sounds",
        r"voice/regions",
        r"skus/.+",
        r"emojis/.+",
    )
)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
_SEGMENT = re.compile(r"[\w@.:%~+\-=,]+")


class RouteRefused(MultipodError):  # noqa: N818
    """The request is none that the gateway executes for a worker."""

    def __init__(self, text: str, status: int = 403, reason: str = "Forbidden") -> None:
        super().__init__(text)
        self.status = status
        self.reason = reason


class FormField(msgspec.Struct, frozen=True):
    """One part of a multipart body."""

    name: str
    value: bytes
    filename: str | None = None
    content_type: str | None = None


class RestRequest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What discord.py's ``HTTPClient.request`` was called with.

    ``path`` is the URL path behind the API's version, ``template`` the route it was made from,
    which rate-limit buckets go by together with the major parameters.
    """

    method: str
    path: str
    template: str
    timeout: float
    worker: str = ""
    metadata: str | None = None
    channel_id: str | None = None
    guild_id: str | None = None
    webhook_id: str | None = None
    webhook_token: str | None = None
    params: dict[str, Any] | None = None
    has_json: bool = False
    json: Any = None
    reason: str | None = None
    form: list[FormField] | None = None


class RestReply(msgspec.Struct, frozen=True):
    """Discord's answer: status and body as they came."""

    status: int
    reason: str
    body: bytes
    is_json: bool


encode = msgspec.msgpack.encode
decode_request = msgspec.msgpack.Decoder(RestRequest).decode
decode_reply = msgspec.msgpack.Decoder(RestReply).decode


def check_route(request: RestRequest) -> None:
    """Let through what discord.py asks for, and nothing else.

    Raises:
        RouteRefused: the method, the path or the size is not allowed; the text says which.
    """
    if request.method not in _METHODS:
        raise RouteRefused(f"method {request.method!r} is not allowed")
    path = request.path
    for segment in path.split("/")[1:]:
        plain = unquote(segment)
        if plain in {".", ".."} or "/" in plain or "\\" in plain or not plain.isprintable():
            raise RouteRefused(f"path {path!r} is not allowed")
        if not _SEGMENT.fullmatch(segment):
            raise RouteRefused(f"path {path!r} is not allowed")
    if not any(pattern.fullmatch(path) for pattern in _ALLOWED):
        raise RouteRefused(f"route {request.method} {path!r} is not one that workers may use")
    size = sum(len(field.value) for field in request.form or ())
    if size > MAX_UPLOAD:
        text = f"{size} bytes of files are above {MAX_UPLOAD}"
        raise RouteRefused(text, 413, "Payload Too Large")


def has_own_token(request: RestRequest) -> bool:
    """Whether Discord judges it by a token in its path and not by the bot's."""
    return request.path.startswith(("/webhooks/", "/interactions/"))


def patience(request: RestRequest) -> float:
    """Seconds that the request may wait for rate limits and for Discord."""
    return max(0.0, min(request.timeout, MAX_WAIT))


def refusal(status: int, reason: str, text: str, code: int = 0) -> RestReply:
    """An answer of the gateway itself, in the shape of Discord's errors."""
    body = msgspec.json.encode({"message": text, "code": code})
    return RestReply(status, reason, body, is_json=True)


class InvalidRequests:
    """Counts answers that Discord counts against the address: 10 000 in 10 minutes ban it."""

    def __init__(self, limit: int = INVALID_LIMIT * 9 // 10) -> None:
        self._limit = limit
        self._times: deque[float] = deque()

    def note(self, status: int, now: float, *, shared: bool = False) -> None:
        """Note an answer; ``shared`` rate limits do not count (Discord Docs/Rate Limits)."""
        if status in INVALID_STATUSES and not shared:
            self._times.append(now)

    def count(self, now: float) -> int:
        """How many were noted in the window that ends now."""
        while self._times and now - self._times[0] > INVALID_WINDOW:
            self._times.popleft()
        return len(self._times)

    def is_spent(self, now: float) -> bool:
        """Whether another request would be reckless."""
        return self.count(now) >= self._limit
