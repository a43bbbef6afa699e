"""An async function in the place of a bot: envelopes, receipts, dead letters, drain."""

import asyncio
import json
import time
from typing import Any

from runtime.bus.interface import Message
from runtime.core.envelope import Envelope
from tests.eventually import eventually
from tests.integration.hosting import Hosted, hosting

Seen = list[Envelope]


def event(number: int, body: bytes = b'{"guild_id":"1"}', receipt_to: str = "") -> Message:
    return Message(
        "hosted.v1.event.7.MESSAGE_CREATE",
        body,
        {
            "Nats-Msg-Id": f"s:{number}",
            "Event-Type": "MESSAGE_CREATE",
            "Shard": "0",
            "Received-Ns": str(time.time_ns()),
            **({"Receipt-To": receipt_to} if receipt_to else {}),
        },
    )


async def store(hosted: Hosted, *messages: Message) -> None:
    for message in messages:
        await hosted.bus.store(message)


async def test_a_function_gets_the_bytes_that_discord_sent() -> None:
    seen: Seen = []

    async def on_event(envelope: Envelope) -> None:
        seen.append(envelope)

    async with hosting(on_event) as hosted:
        await store(hosted, event(1, b'{"guild_id":"1",  "odd": 1.0}'))
        await eventually(lambda: seen and seen[-1].id == "s:1")
    assert seen[-1].body == b'{"guild_id":"1",  "odd": 1.0}'


async def test_a_receipt_tells_when_the_handler_finished() -> None:
    receipts: list[dict[str, Any]] = []

    async def on_event(envelope: Envelope) -> None:
        return

    async def hear(message: Message) -> None:
        receipts.append(json.loads(message.body))

    async with hosting(on_event) as hosted:
        await hosted.bus.subscribe("receipts", hear)
        await store(hosted, event(1, receipt_to="receipts"))
        await eventually(lambda: receipts)
    receipt = receipts[0]
    assert receipt["id"] == "s:1"
    assert receipt["received_ns"] <= receipt["started_ns"] <= receipt["done_ns"]


async def test_a_message_without_the_headers_of_an_event_becomes_a_dead_letter() -> None:
    async def on_event(envelope: Envelope) -> None:
        return

    async with hosting(on_event) as hosted:
        await store(hosted, Message("hosted.v1.event.7.MESSAGE_CREATE", b"{}"))
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "undecodable"


async def test_an_interaction_that_nobody_may_answer_is_not_run() -> None:
    seen: Seen = []

    async def on_event(envelope: Envelope) -> None:
        seen.append(envelope)

    old = str((int((time.time() - 5 - 1_420_070_400) * 1000)) << 22)
    body = json.dumps({"id": old, "type": 2}).encode()
    headers = dict(event(1).headers) | {"Event-Type": "INTERACTION_CREATE"}
    async with hosting(on_event) as hosted:
        await store(hosted, Message("hosted.v1.interaction.command", body, headers))
        letter = await hosted.dead_letter()
    assert letter.headers["Dead-Reason"] == "expired"
    assert not [one for one in seen if one.event_type == "INTERACTION_CREATE"]


async def test_a_guilds_events_are_handled_one_at_a_time_and_in_order() -> None:
    seen: list[str] = []
    running: list[str] = []

    async def on_event(envelope: Envelope) -> None:
        if not envelope.id.startswith("s:"):
            return
        assert not running
        running.append(envelope.id)
        await asyncio.sleep(0)
        running.clear()
        seen.append(envelope.id)

    async with hosting(on_event) as hosted:
        await store(hosted, *(event(number) for number in range(50)))
        await eventually(lambda: len(seen) == 50)
    assert seen == [f"s:{number}" for number in range(50)]


async def test_draining_finishes_what_runs_and_hands_back_the_rest() -> None:
    entered, finished = asyncio.Event(), asyncio.Event()

    async def on_event(envelope: Envelope) -> None:
        if envelope.id == "s:1":
            entered.set()
            await asyncio.sleep(0.2)
            finished.set()

    async with hosting(on_event) as hosted:
        await store(hosted, event(1))
        await asyncio.wait_for(entered.wait(), 5)
    assert finished.is_set()


async def test_a_handler_that_outlives_the_grace_period_is_cut_off() -> None:
    entered, cut_off = asyncio.Event(), asyncio.Event()

    async def on_event(envelope: Envelope) -> None:
        if envelope.id == "s:1":
            entered.set()
            try:
                await asyncio.Event().wait()
            finally:
                cut_off.set()

    async with hosting(on_event, GRACE_PERIOD="0.2") as hosted:
        await store(hosted, event(1))
        await asyncio.wait_for(entered.wait(), 5)
        handled = hosted.handled()
    assert cut_off.is_set()
    assert hosted.handled() == handled
