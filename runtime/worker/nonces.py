"""Messages that are sent once, however often their event is handled.

Discord Docs/Message, Create Message: with ``enforce_nonce`` a nonce that was used in the past few
minutes returns the message it was used for. A nonce made from the event and the place of the
message among those that its handlers send to a channel is the same at every try, and when a dead
letter is replayed.
"""

import hashlib
import re
from typing import Any

import msgspec

from runtime.core.letter import original_id
from runtime.core.rest import FormField, RestRequest
from runtime.worker.scope import Scope

_SENDS = re.compile(r"/channels/\d+/messages")
_PAYLOAD = "payload_json"


def with_nonce(request: RestRequest, scope: Scope | None) -> RestRequest:
    """The request, and if it sends a message for an event, with that message's nonce."""
    if scope is None or request.method != "POST" or not _SENDS.fullmatch(request.path):
        return request
    nonce = nonce_of(original_id(scope.event_id), request.path, scope.count_send(request.path))
    if request.form is not None:
        form = [_in_form(field, nonce) for field in request.form]
        return msgspec.structs.replace(request, form=form)
    return msgspec.structs.replace(request, json=_in_payload(request.json, nonce))


def nonce_of(event_id: str, path: str, number: int) -> str:
    """24 characters; Discord takes 25."""
    text = f"{event_id} {path} {number}".encode()
    return hashlib.blake2b(text, digest_size=12).hexdigest()


def _in_form(field: FormField, nonce: str) -> FormField:
    if field.name != _PAYLOAD:
        return field
    payload = _in_payload(msgspec.json.decode(field.value), nonce)
    return msgspec.structs.replace(field, value=msgspec.json.encode(payload))


def _in_payload(payload: Any, nonce: str) -> Any:
    """discord.py draws a number at random when the bot gives no nonce: only that is replaced."""
    given = payload.get("nonce")
    if given is not None and not str(given).isdecimal():
        return payload
    return {**payload, "nonce": nonce, "enforce_nonce": True}
