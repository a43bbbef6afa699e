"""REST requests and responses as values, Discord's error bodies, and the table of routes.

Source: Discord Docs/Reference "Error Messages" and Discord Docs/Opcodes and Status Codes.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.core.world import Json

Body = Json | list[Any] | str | None  # text is a page of Cloudflare's


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file; `size` counts its bytes."""

    field: str
    filename: str
    content_type: str
    size: int
    content: bytes = dataclasses.field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """`path` is below /api/v10 and decoded; `body` is the JSON body or `payload_json`."""

    method: str
    path: str
    now: float
    query: Mapping[str, str] = field(default_factory=dict)
    authorization: str | None = None
    body: Any = None
    files: tuple[File, ...] = ()
    reason: str | None = None  # X-Audit-Log-Reason, as the header has it

    def truth(self, name: str, default: bool = False) -> bool:
        """A boolean query parameter: clients write 1, true or True."""
        given = self.query.get(name)
        return default if given is None else given.lower() in {"1", "true"}

    def number(self, name: str, default: int, low: int = 0, high: int = 1 << 64) -> int:
        """A whole number of the query. Raises ApiError 50035."""
        given = self.query.get(name)
        if given is None:
            return default
        if not (given.isascii() and given.isdecimal()) or len(given) > 20:
            raise invalid_form(name, "NUMBER_TYPE_COERCE", f'Value "{given[:50]}" is not int.')
        if not low <= int(given) <= high:
            code, word = ("MIN", "greater") if int(given) < low else ("MAX", "less")
            bound = low if code == "MIN" else high
            message = f"int value should be {word} than or equal to {bound}."
            raise invalid_form(name, f"NUMBER_TYPE_{code}", message)
        return int(given)

    def json(self) -> Json:
        """The body as an object. Raises ApiError 50035."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise invalid_form("_", "DICT_TYPE_CONVERT", "Only dictionaries may be used here.")
        return self.body


@dataclass(frozen=True, slots=True)
class Response:
    """`body` None means 204-like: no content at all."""

    status: int
    body: Body = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiError(Exception):
    """An error answer of Discord's."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.errors = status, code, message, errors

    def response(self) -> Response:
        body: Json = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return Response(self.status, body)


_UNKNOWN = {
    "account": 10001, "application": 10002, "channel": 10003, "guild": 10004,
    "integration": 10005, "invite": 10006, "member": 10007,
    "message": 10008, "permission overwrite": 10009, "role": 10011, "token": 10012, "user": 10013,
    "emoji": 10014, "webhook": 10015, "ban": 10026, "SKU": 10027, "entitlement": 10029,
    "guild template": 10057, "sticker": 10060, "sticker pack": 10061, "interaction": 10062,
    "application command": 10063, "voice state": 10065,
    "application command permissions": 10066, "stage instance": 10067,
    "guild welcome screen": 10069, "guild scheduled event": 10070,
    "guild scheduled event user": 10071, "auto moderation rule": 10084, "subscription": 10100,
    "soundboard sound": 10097, "thread member": 10021, "poll answer": 10091,
}  # fmt: skip


def unknown(what: str) -> ApiError:
    """404 with the code of the thing that is not there."""
    return ApiError(404, _UNKNOWN[what], f"Unknown {what[0].upper()}{what[1:]}")


def invalid_form(key: str, code: str, message: str) -> ApiError:
    """400 `Invalid Form Body` that names one field; dots in `key` nest."""
    errors: Json = {"_errors": [{"code": code, "message": message}]}
    for part in reversed(key.split(".")):
        errors = {part: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors)


UNAUTHORIZED = ApiError(401, 0, "401: Unauthorized")

Handler = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """`pattern` has `{name}` for one segment; `open` routes take no bot token."""

    method: str
    pattern: str
    handler: Handler
    open: bool = False
    needs: int = 0  # permissions of the bot in the channel or guild of the path

    @property
    def label(self) -> str:
        return f"{self.method} /{self.pattern}"


_ANY = "{}"  # the branch of a placeholder


class Table:
    """Finds the route of a request; literal segments win over placeholders."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)
        self._tree: dict[str, Any] = {}  # by segment, then by method below the empty segment
        for route in self._routes:
            node = self._tree
            for part in route.pattern.split("/"):
                node = node.setdefault(_ANY if part.startswith("{") else part, {})
            node.setdefault("", {})[route.method] = route

    def routes(self) -> tuple[Route, ...]:
        """Every route."""
        return self._routes

    def find(self, method: str, path: str) -> tuple[Route, list[str]] | None:
        """The route and the values of its placeholders, or None."""
        return _walk(self._tree, path.strip("/").split("/"), 0, [], method)


def _walk(
    node: dict[str, Any], given: list[str], depth: int, values: list[str], method: str
) -> tuple[Route, list[str]] | None:
    """Down the tree, literal branch first; back up where no route of this method ends."""
    if depth == len(given):
        route = node.get("", {}).get(method)
        return None if route is None else (route, values)
    part = given[depth]
    if part and part != _ANY and part in node:
        found = _walk(node[part], given, depth + 1, values, method)
        if found is not None:
            return found
    if _ANY in node:
        return _walk(node[_ANY], given, depth + 1, [*values, part], method)
    return None


def identifier(text: str, what: str) -> int:
    """A snowflake in a path. Raises ApiError 50035."""
    if not (text.isascii() and text.isdecimal()) or len(text) > 20:
        message = f'Value "{text[:50]}" is not snowflake.'
        raise invalid_form(f"{what.replace(' ', '_')}_id", "NUMBER_TYPE_COERCE", message)
    return int(text)
