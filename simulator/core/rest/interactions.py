"""Interaction callbacks and the webhooks of their tokens.

Source: Discord Docs/Receiving and Responding. The clocks: 3 s to the first response, 15 min for
the token. None of these calls carries the bot's token.
"""

from typing import Any

import msgspec

from simulator.core.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    RESPONSE_SECONDS,
    Interaction,
)
from simulator.core.rest import deletion, layout, messages
from simulator.core.rest.context import Api
from simulator.core.rest.form import (
    Form,
    anything,
    clearable,
    integer,
    many,
    needed,
    text,
    wrong,
)
from simulator.core.rest.route import (
    ApiError,
    Request,
    Response,
    Route,
    identifier,
    invalid_form,
    unknown,
)
from simulator.core.world import APPLICATION_ID, Json

PONG, MESSAGE, DEFER, DEFER_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
PREMIUM, LAUNCH = 10, 12
EPHEMERAL, LOADING = 1 << 6, 1 << 7
_ALLOWED = {
    COMMAND: {MESSAGE, DEFER, MODAL, PREMIUM, LAUNCH},
    COMPONENT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL, PREMIUM, LAUNCH},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFER, DEFER_UPDATE, UPDATE, PREMIUM, LAUNCH},
}


def _choice_value(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise wrong("BASE_TYPE_BAD_TYPE", "A choice's value is a string or a number")
    return text(0, 100)(value) if isinstance(value, str) else value


_CALLBACK = Form(type=needed(integer()), data=clearable(anything))
_OFFER = Form(
    name=needed(text(1, 100)), value=needed(_choice_value), name_localizations=clearable(anything)
)
_CHOICES = Form(data=Form(choices=needed(many(_OFFER, 0, 25))))
_MODAL = Form(data=Form(
    title=needed(text(1, 45)), custom_id=needed(text(1, 100)), components=needed(layout.of_modal),
))  # fmt: skip


def callback(api: Api, request: Request, interaction_id: str, token: str) -> Response:
    found = api.interactions.get(token)
    if found is None or str(found.id) != interaction_id:
        raise unknown("interaction")
    if found.answered:
        api.ledger.interactions.repeated += 1
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    age = request.now - found.made
    if age > min(RESPONSE_SECONDS, found.lives):
        api.ledger.interactions.late += age > RESPONSE_SECONDS
        raise unknown("interaction")
    given = _CALLBACK.read(request.json())
    kind: int = given["type"]
    if kind not in _ALLOWED[found.kind]:
        message = f"Value must be one of {sorted(_ALLOWED[found.kind])}."
        raise invalid_form("type", "BASE_TYPE_CHOICES", message)
    shown = _respond(api, request, found, kind, given.get("data") or {})
    found.answered = kind
    api.ledger.interactions.answer(found.id, request.now)
    if not request.truth("with_response"):
        return Response(204)
    return Response(200, _callback_body(found, shown))


def _respond(api: Api, request: Request, found: Interaction, kind: int, data: Json) -> Json | None:
    """Do what the callback says. Raises ApiError and changes nothing when it cannot be done."""
    if kind == MESSAGE:
        given = messages.checked(data, request.files, at="data")
        return _show(api, request, found, given, 0)
    if kind == DEFER:
        found.loading = True
        found.ephemeral = bool(_flags(data) & EPHEMERAL)
        api.replies.shown_for(found.id, "deferred", {"ephemeral": found.ephemeral})
        flags = LOADING | (EPHEMERAL if found.ephemeral else 0)
        return _show(api, request, found, {"flags": flags}, LOADING)
    if kind == UPDATE:
        return _update_source(api, request, found, data)
    if kind == CHOICES:
        choices = _CHOICES.read({"data": data})["data"]["choices"]
        api.replies.shown_for(found.id, "choices", {"choices": choices})
    elif kind == MODAL:
        _MODAL.read({"data": data})
        api.replies.shown_for(found.id, "modal", data)
    elif kind == DEFER_UPDATE:
        api.replies.shown_for(found.id, "deferred", {"ephemeral": False})
    return None


def _flags(data: Any) -> int:
    """The only thing that counts in a deferral. Raises ApiError 50035."""
    given = Form(data=Form(flags=clearable(integer(0)))).read({"data": data})
    return int(given["data"].get("flags") or 0)


def _author(api: Api, found: Interaction, message: Json) -> Json:
    kind = found.kind
    owners = {"0": str(found.guild_id)}
    user = api.world.user_by_id(_user_id(found)) or msgspec.json.decode(found.user)
    message["webhook_id"] = str(APPLICATION_ID)
    message["application_id"] = str(APPLICATION_ID)
    message["interaction_metadata"] = {
        "id": str(found.id), "type": kind, "user": user, "authorizing_integration_owners": owners,
    }  # fmt: skip
    if kind == COMMAND:
        message["type"] = 20
        # Deprecated and still sent: discord.py before 2.4 finds its views by it.
        message["interaction"] = {
            "id": str(found.id),
            "type": kind,
            "name": found.name,
            "user": user,
        }
    return message


def _user_id(found: Interaction) -> int:
    return int(found.user.split(b'"id":"', 1)[1].split(b'"', 1)[0])


def _show(api: Api, request: Request, found: Interaction, data: Json, loading: int) -> Json:
    """Make a message for an interaction; the first one is the original."""
    message = messages.build(api, found.channel_id, data, request.files, request.now, api.world.bot)
    _author(api, found, message)
    if not found.original:
        found.original = int(message["id"])
    if message["flags"] & EPHEMERAL:
        api.history.remember(int(message["id"]), found.channel_id, message)
    else:
        messages.post(api, message, request.now)
    if not loading:
        api.replies.shown_for(found.id, "message", message)
    return message


def _update_source(api: Api, request: Request, found: Interaction, data: Json) -> Json:
    message = api.message(found.channel_id, found.source)
    kept = message.get("flags", 0)
    given = messages.checked(data, request.files, partial=True, flags=kept, at="data")
    messages.apply_edit(api, message, given, request.files, request.now)
    _publish_edit(api, message)
    api.replies.shown_for(found.id, "edit", message)
    return message


def _publish_edit(api: Api, message: Json) -> None:
    if not message["flags"] & EPHEMERAL:
        messages.publish(api, "MESSAGE_UPDATE", message)
        api.replies.shown_in(int(message["channel_id"]), "edit", message)


def _callback_body(found: Interaction, shown: Json | None) -> Json:
    body: Json = {"interaction": {
        "id": str(found.id), "type": found.kind,
        "response_message_loading": found.loading,
        "response_message_ephemeral": bool(shown and shown["flags"] & EPHEMERAL),
    }}  # fmt: skip
    if shown is not None:
        body["interaction"]["response_message_id"] = shown["id"]
        body["resource"] = {"type": found.answered, "message": shown}
    return body


def _owner(api: Api, request: Request, application: str, token: str) -> Interaction:
    """The answered interaction of a webhook token. Raises ApiError 10015, 50027."""
    found = api.interactions.get(token)
    if found is None or application != str(APPLICATION_ID) or not found.answered:
        raise unknown("webhook")
    if request.now - found.made > found.lives:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    return found


def follow_up(api: Api, request: Request, application: str, token: str) -> Response:
    found = _owner(api, request, application, token)
    given = messages.checked(request.json(), request.files)
    api.ledger.interactions.completed += 1
    if found.loading:  # the first follow-up after a deferral replaces the loading message
        return Response(200, _complete(api, request, found, given))
    return Response(200, _show(api, request, found, given, 0))


def _complete(api: Api, request: Request, found: Interaction, given: Json) -> Json:
    message = api.message(found.channel_id, found.original)
    messages.apply_edit(api, message, given, request.files, request.now)
    given_flags = int(given.get("flags") or 0) & ~(EPHEMERAL | LOADING)
    message["flags"] = given_flags | (EPHEMERAL if found.ephemeral else 0)
    found.loading = False
    _publish_edit(api, message)
    api.replies.shown_for(found.id, "message", message)
    return message


def _target(api: Api, found: Interaction, message: str) -> Json:
    if message == "@original":
        ident = found.original or found.source
    else:
        ident = identifier(message, "message")
    return api.message(found.channel_id, ident)


def get(api: Api, request: Request, application: str, token: str, message: str) -> Response:
    return Response(200, _target(api, _owner(api, request, application, token), message))


def edit(api: Api, request: Request, application: str, token: str, message: str) -> Response:
    found = _owner(api, request, application, token)
    target = _target(api, found, message)
    flags = target.get("flags", 0)
    given = messages.checked(request.json(), request.files, partial=True, flags=flags)
    if found.loading and int(target["id"]) == found.original:
        api.ledger.interactions.completed += 1
        return Response(200, _complete(api, request, found, given))
    messages.apply_edit(api, target, given, request.files, request.now)
    _publish_edit(api, target)
    api.replies.shown_for(found.id, "edit", target)
    return Response(200, target)


def delete(api: Api, request: Request, application: str, token: str, message: str) -> Response:
    found = _owner(api, request, application, token)
    target = _target(api, found, message)
    if int(target["id"]) == found.original:
        found.loading = False  # the next follow-up is a message of its own
    if target["flags"] & EPHEMERAL:
        api.history.forget(found.channel_id, int(target["id"]))
    else:
        deletion.remove(api, found.channel_id, int(target["id"]))
    return Response(204)


# The calls of its token's webhook are routed by `webhooks`: their paths are those of any webhook.
ROUTES = (Route("POST", "interactions/{interaction}/{token}/callback", callback, open=True),)
