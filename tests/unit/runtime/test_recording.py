import json
from typing import Any

import pytest

from runtime.core.recording import HIDDEN, line

MESSAGE = {"id": "1", "content": "hello", "author": {"id": "2", "username": "ann"}}
COMMAND = {
    "token": "secret", "member": {"user": {"username": "ann"}},
    "data": {"name": "round", "options": [{"name": "course", "value": "Maple"}]},
}  # fmt: skip


def written(event_type: str, d: object, *, content: bool = True) -> Any:
    text = line(event_type, json.dumps(d).encode(), 1.5, content=content)
    return None if text is None else json.loads(text)


def test_an_event_is_written_as_it_came() -> None:
    assert written("MESSAGE_CREATE", MESSAGE) == {"at": 1.5, "t": "MESSAGE_CREATE", "d": MESSAGE}


@pytest.mark.parametrize("content", [True, False])
def test_a_token_is_never_written(content: bool) -> None:
    assert written("INTERACTION_CREATE", COMMAND, content=content)["d"]["token"] == HIDDEN


def test_without_content_texts_keep_only_their_length() -> None:
    d = written("MESSAGE_CREATE", MESSAGE, content=False)["d"]
    assert d == {"id": "1", "content": "xxxxx", "author": {"id": "2", "username": "xxx"}}


def test_a_command_keeps_its_name_and_loses_what_was_typed() -> None:
    data = written("INTERACTION_CREATE", COMMAND, content=False)["d"]["data"]
    assert data == {"name": "round", "options": [{"name": "course", "value": "xxxxx"}]}


@pytest.mark.parametrize("event_type", ["READY", "RESUMED", "GAP"])
def test_what_is_about_the_connection_is_left_out(event_type: str) -> None:
    assert written(event_type, {"session_id": "s"}) is None


def test_a_body_that_is_no_json_is_left_out() -> None:
    assert line("X", b"{", 0, content=True) is None
