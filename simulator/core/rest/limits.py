"""Discord's rate limits: a bucket per route and major id, 50 requests a second in all, and the ban
for invalid requests. Switched off unless asked for: a load test wants the client's limit, not ours.

Source: Discord Docs/Rate Limits. Bucket sizes are not documented; these are what bots observe.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil

from simulator.core.rest.route import Response

GLOBAL, GLOBAL_WINDOW = 50, 1.0
INVALID, INVALID_WINDOW = 10_000, 600.0
_INVALID_STATUSES = frozenset({401, 403, 429})
_USUAL = (5, 1.0)
_BY_LABEL = {
    "POST /channels/{channel}/messages": (5, 5.0),
    "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
    "PUT /channels/{channel}/messages/{message}/reactions/{emoji}/@me": (1, 0.25),
    "DELETE /channels/{channel}/messages/{message}": (5, 1.0),
    "POST /channels/{channel}/messages/bulk-delete": (1, 1.0),
    "GET /gateway/bot": (2, 5.0),
    "POST /webhooks/{webhook}/{token}": (5, 2.0),
    "PATCH /webhooks/{webhook}/{token}/messages/{message}": (5, 2.0),
}
_MAJOR = frozenset({"channel", "guild", "webhook"})


@dataclass(slots=True)
class Bucket:
    """A window that opens with its first request; times are seconds since the Unix epoch."""

    name: str
    limit: int
    window: float
    ends: float = 0.0
    used: int = 0

    def take(self, now: float) -> bool:
        """Whether there is room for one more."""
        if now >= self.ends:
            self.ends, self.used = now + self.window, 0
        if self.used >= self.limit:
            return False
        self.used += 1
        return True

    def headers(self, now: float) -> dict[str, str]:
        """Self-consistent: clients compute when to go on from any of these."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - self.used),
            "X-RateLimit-Reset": f"{self.ends:.3f}",
            "X-RateLimit-Reset-After": f"{max(0.0, self.ends - now):.3f}",
            "X-RateLimit-Bucket": self.name,
        }


class Limits:
    """All buckets of one application."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str], Bucket] = {}
        self._all: deque[float] = deque()
        self._invalid: deque[float] = deque()

    def bucket(self, label: str, values: list[str]) -> Bucket:
        """The bucket of a route; what it is about counts only if that is a major parameter."""
        major = "/".join(values[: _majors(label)])
        found = self._buckets.get((label, major))
        if found is None:
            limit, window = _BY_LABEL.get(label, _USUAL)
            name = bucket_name(label)
            found = self._buckets[label, major] = Bucket(name, limit, window)
        return found

    def banned(self, now: float) -> bool:
        """Whether Cloudflare refuses everything, whatever it is."""
        return len(_recent(self._invalid, now, INVALID_WINDOW)) >= INVALID

    def refuse(self, bucket: Bucket, now: float, exempt: bool = False) -> Response | None:
        """The 429 for one more request, or None when there is room; then it is counted.

        `exempt` requests carry no bot token: the limit of all requests does not know of them.
        """
        if not exempt and len(_recent(self._all, now, GLOBAL_WINDOW)) >= GLOBAL:
            return too_many(self._all[0] + GLOBAL_WINDOW - now, "global", now)
        if not bucket.take(now):
            return too_many(bucket.ends - now, "user", now, headers=bucket.headers(now))
        if not exempt:
            self._all.append(now)
        return None

    def note(self, response: Response, now: float) -> None:
        """Count an answer that Discord counts as invalid; a shared limit is nobody's fault."""
        shared = response.headers.get("X-RateLimit-Scope") == "shared"
        if response.status in _INVALID_STATUSES and not shared:
            self._invalid.append(now)


def _recent(moments: deque[float], now: float, window: float) -> deque[float]:
    while moments and moments[0] <= now - window:
        moments.popleft()
    return moments


def bucket_name(label: str) -> str:
    """The same for every channel, guild or webhook, as Discord's are."""
    return blake2b(label.encode(), digest_size=16).hexdigest()


def _majors(label: str) -> int:
    """How many values of a path are major: a webhook goes with its token, most routes have none."""
    if "/webhooks/{webhook}/{token}" in label:
        return 2
    first = label.partition("{")[2].partition("}")[0]
    return int(first in _MAJOR and label.partition(" ")[2].startswith(f"/{first}s/"))


def too_many(
    seconds: float, scope: str, now: float, via: bool = True,
    headers: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """429. discord.py takes one without Via for a ban by Cloudflare.

    The limit of all requests has no bucket, so its answer has no headers of one.
    """
    told = {"Retry-After": str(max(1, ceil(seconds))), "X-RateLimit-Scope": scope}
    if scope == "global":
        told["X-RateLimit-Global"] = "true"
    else:
        usual = Bucket(bucket_name(scope), 1, seconds, now + seconds, 1)
        told.update(headers or usual.headers(now))
    if via:
        told["Via"] = "1.1 google"
    message = "You are being rate limited."
    body = {"message": message, "retry_after": round(seconds, 3), "global": scope == "global"}
    return Response(429, body, told)


def banned() -> Response:
    """What Cloudflare says after too many invalid requests: no Via, and no JSON of Discord's."""
    page = "<!doctype html><title>Access denied</title><p>error code: 1015</p>"
    return Response(429, page, {"Retry-After": "600"})
