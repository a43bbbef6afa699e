"""Polls: begun with a message, answered by people, ended. Source: Discord Docs/Poll."""

from datetime import UTC, datetime

from simulator.core.rest import messages
from simulator.core.rest.context import Api
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

_RESULT = 46  # type of the message that tells a poll's result


def _voters(api: Api, message: Json, answer: int) -> list[Json]:
    return api.listed(0, f"votes {message['id']} {answer}")


def _poll(message: Json) -> Json:
    """Raises ApiError 520000."""
    poll: Json | None = message.get("poll")
    if poll is None:
        raise ApiError(400, 50001, "Missing Access")
    return poll


def is_over(poll: Json, now: float) -> bool:
    """Whether nobody may vote any more."""
    expiry = datetime.fromisoformat(poll["expiry"])
    return poll["results"]["is_finalized"] or expiry <= datetime.fromtimestamp(now, UTC)


def vote(api: Api, message: Json, answer: int, user: Json, now: float, comes: bool = True) -> None:
    """A person votes, or takes a vote back. Raises ApiError 10091, 520001."""
    poll = _poll(message)
    if all(known["answer_id"] != answer for known in poll["answers"]):
        raise unknown("poll answer")
    if is_over(poll, now):
        raise ApiError(400, 520001, "Poll expired")
    if comes and not poll["allow_multiselect"]:
        for known in poll["answers"]:
            _change(api, message, known["answer_id"], user, comes=False)
    _change(api, message, answer, user, comes)


def _change(api: Api, message: Json, answer: int, user: Json, comes: bool) -> None:
    voters = _voters(api, message, answer)
    if any(voter["id"] == user["id"] for voter in voters) is comes:
        return
    (voters.append if comes else voters.remove)(user)
    counts = message["poll"]["results"]["answer_counts"]
    counts[:] = [count for count in counts if count["id"] != answer]
    if voters:
        counts.append({"id": answer, "count": len(voters), "me_voted": False})
    guild_id = api.world.guild_of(int(message["channel_id"]))
    event = {"user_id": user["id"], "channel_id": message["channel_id"],
             "message_id": message["id"], "answer_id": answer}  # fmt: skip
    if guild_id is not None:
        event["guild_id"] = str(guild_id)
    api.hub.publish(f"MESSAGE_POLL_VOTE_{'ADD' if comes else 'REMOVE'}", guild_id, event)


def answers(api: Api, request: Request, channel: str, message: str, answer: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    known = [str(a["answer_id"]) for a in _poll(found)["answers"]]
    if answer not in known:
        raise unknown("poll answer")
    limit, after = request.number("limit", 25, 1, 100), request.number("after", 0)
    voters = sorted(_voters(api, found, int(answer)), key=lambda user: int(user["id"]))
    return Response(200, {"users": [u for u in voters if int(u["id"]) > after][:limit]})


def expire(api: Api, request: Request, channel: str, message: str) -> Response:
    found = api.message(identifier(channel, "channel"), identifier(message, "message"))
    poll = _poll(found)
    if found["author"]["id"] != api.world.bot["id"]:
        raise ApiError(403, 520004, "Cannot expire a poll of another user")
    if is_over(poll, request.now):
        raise ApiError(400, 520001, "Poll expired")
    poll["expiry"] = messages.timestamp(request.now)
    poll["results"]["is_finalized"] = True
    messages.publish(api, "MESSAGE_UPDATE", found)
    _tell_result(api, request, found)
    return Response(200, found)


def _tell_result(api: Api, request: Request, found: Json) -> None:
    """Discord writes the result below the poll, in the name of its author."""
    given = {"message_reference": {"message_id": found["id"]}}
    channel_id = int(found["channel_id"])
    told = messages.build(api, channel_id, given, (), request.now, found["author"])
    told["type"] = _RESULT
    counts = {c["id"]: c["count"] for c in found["poll"]["results"]["answer_counts"]}
    field = {"poll_question_text": found["poll"]["question"]["text"],
             "total_votes": str(sum(counts.values()))}  # fmt: skip
    fields = [{"name": k, "value": v, "inline": False} for k, v in field.items()]
    told["embeds"] = [{"type": "poll_result", "fields": fields}]
    messages.post(api, told, request.now)


_AT = "channels/{channel}/polls/{message}"
ROUTES = (
    Route("GET", _AT + "/answers/{answer}", answers),
    Route("POST", _AT + "/expire", expire),
)
