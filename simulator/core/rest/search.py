"""Messages of a guild, found by author, channel or text. Source: Discord Docs/Message, "Search"."""

from simulator.core.rest.authority import Permission
from simulator.core.rest.context import Api
from simulator.core.rest.route import Request, Response, Route, identifier
from simulator.core.world import Json

_PAGE = 25


def find(api: Api, request: Request, guild: str) -> Response:
    found = api.guild(identifier(guild, "guild"))
    limit, offset = request.number("limit", _PAGE, 1, _PAGE), request.number("offset", 0, 0, 9975)
    wanted = request.query.get("channel_id")
    places = (*found["channels"], *found["threads"])
    channels = [int(c["id"]) for c in places if wanted in {None, c["id"]}]
    messages = [m for c in channels for m in api.history.newest_first(c) if _fits(request, m)]
    messages.sort(key=lambda m: int(m["id"]), reverse=request.query.get("sort_order") != "asc")
    page = messages[offset : offset + limit]
    threads = [t for t in found["threads"] if t["id"] in {m["channel_id"] for m in page}]
    hits = [[{**message, "hit": True}] for message in page]
    return Response(200, {
        "doing_deep_historical_index": False, "total_results": len(messages),
        "messages": hits, "threads": threads, "members": [],
        "documents_indexed": len(messages),
    })  # fmt: skip


def _fits(request: Request, message: Json) -> bool:
    content, author = request.query.get("content", ""), request.query.get("author_id")
    low, high = request.number("min_id", 0), request.number("max_id", 1 << 64)
    return (
        content.lower() in message["content"].lower()
        and author in {None, message["author"]["id"]}
        and low <= int(message["id"]) <= high
    )


ROUTES = (
    Route("GET", "guilds/{guild}/messages/search", find, needs=Permission.READ_MESSAGE_HISTORY),
)
