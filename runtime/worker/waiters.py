"""What waits in one worker's memory: ``wait_for``, and views and modals that a handler has sent.

The broker gives an event to any worker, so the one that waits also listens to the subject itself: a
stream does not hide its messages from plain subscribers. It hears an event when it is published,
before any worker has it in hand. That is also what lets a handler wait for the next message of its
own guild, which the broker holds back until that very handler is done.

An event that is heard this way only wakes those who wait. Its handlers run where it is delivered.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import discord
import msgspec

from runtime.bus.interface import Bus, Message, Subscription
from runtime.core.envelope import EVENT_TYPE
from runtime.core.routing import Subjects
from runtime.worker import scope, waits
from runtime.worker.guild_state import GuildState

LINGER = 30.0
"""Seconds that a subject is listened to after the last one stopped waiting."""

REMEMBERED = 4096
"""Interactions whose view or modal was called: by ear or by delivery, but once."""

_COMPONENT, _MODAL = 3, 5

EVENT_TYPES = {
    "message": "MESSAGE_CREATE",
    "message_edit": "MESSAGE_UPDATE",
    "message_delete": "MESSAGE_DELETE",
    "bulk_message_delete": "MESSAGE_DELETE_BULK",
    "reaction_add": "MESSAGE_REACTION_ADD",
    "reaction_remove": "MESSAGE_REACTION_REMOVE",
    "reaction_clear": "MESSAGE_REACTION_REMOVE_ALL",
    "reaction_clear_emoji": "MESSAGE_REACTION_REMOVE_EMOJI",
    "poll_vote_add": "MESSAGE_POLL_VOTE_ADD",
    "poll_vote_remove": "MESSAGE_POLL_VOTE_REMOVE",
    "member_join": "GUILD_MEMBER_ADD",
    "member_remove": "GUILD_MEMBER_REMOVE",
    "member_update": "GUILD_MEMBER_UPDATE",
    "member_ban": "GUILD_BAN_ADD",
    "member_unban": "GUILD_BAN_REMOVE",
    "voice_state_update": "VOICE_STATE_UPDATE",
    "guild_channel_create": "CHANNEL_CREATE",
    "guild_channel_update": "CHANNEL_UPDATE",
    "guild_channel_delete": "CHANNEL_DELETE",
    "guild_role_create": "GUILD_ROLE_CREATE",
    "guild_role_update": "GUILD_ROLE_UPDATE",
    "guild_role_delete": "GUILD_ROLE_DELETE",
    "thread_create": "THREAD_CREATE",
    "thread_update": "THREAD_UPDATE",
    "thread_delete": "THREAD_DELETE",
    "interaction": "INTERACTION_CREATE",
}
"""What ``wait_for`` calls an event, and what Discord does; ``raw_`` makes no difference."""


class _Wakes(Enum):
    EVERYBODY = 1
    WAITERS = 2
    HANDLERS = 3


class _Tap:
    """One event type that is listened to."""

    def __init__(self) -> None:
        self.waiting = 0
        self.subscription: Subscription | None = None
        self.ready = asyncio.Event()


class Waiters:
    """The waiting of one hosted bot.

    Args:
        bot: the client; its ``wait_for`` and ``dispatch`` are taken over.
        tasks: where subscriptions that nobody needs any more are ended.
    """

    def __init__(
        self, bus: Bus, subjects: Subjects, bot: Any, guilds: GuildState, tasks: asyncio.TaskGroup
    ) -> None:
        self._bus = bus
        self._subjects = subjects
        self._bot = bot
        self._state = bot._connection  # noqa: SLF001
        self._guilds = guilds
        self._tasks = tasks
        self._taps: dict[str, _Tap] = {}
        self._ends: set[asyncio.TimerHandle] = set()
        self._called: deque[int] = deque(maxlen=REMEMBERED)
        self._always: list[Subscription] = []
        self._wakes = _Wakes.EVERYBODY
        self._dispatch: Callable[..., None] = bot.dispatch
        self._schedule: Callable[..., Any] = bot._schedule_event  # noqa: SLF001
        self._wait_for: Callable[..., Coroutine[Any, Any, Any]] = bot.wait_for

    async def open(self) -> None:
        """Listen for presses and submissions: which of them are ours is quickly told."""
        self._bot.dispatch = self._state.dispatch = self._dispatched
        self._bot._schedule_event = self._scheduled  # noqa: SLF001
        self._bot.wait_for = self._waiting_for
        for kind in ("component", "modal"):
            subject = f"{self._subjects.root}.interaction.{kind}"
            self._always.append(await self._bus.subscribe(subject, self._on_interaction))

    async def close(self) -> None:
        """Listen to nothing any more."""
        for handle in self._ends:
            handle.cancel()
        taps = [tap.subscription for tap in self._taps.values()]
        self._taps.clear()
        for subscription in (*self._always, *taps):
            if subscription is not None:
                await subscription.stop()

    def feed(self, event_type: str, data: Any) -> None:
        """Give a delivered event to the library; waiters that have heard of it sleep on."""
        parse = self._state.parsers.get(event_type)
        if parse is None:
            return
        with self._waking(_Wakes.HANDLERS if event_type in self._taps else _Wakes.EVERYBODY):
            if event_type == "INTERACTION_CREATE" and not self._may_call(data):
                self._dispatched("interaction", discord.Interaction(data=data, state=self._state))
            else:
                parse(data)

    def _may_call(self, data: Any) -> bool:
        """Whether a component's or modal's callback may run here, which it may once."""
        if data["type"] not in {_COMPONENT, _MODAL}:
            return True
        ident = int(data["id"])
        if ident in self._called:
            return False
        self._called.append(ident)
        return True

    @contextmanager
    def _waking(self, wakes: _Wakes) -> Iterator[None]:
        before, self._wakes = self._wakes, wakes
        try:
            yield
        finally:
            self._wakes = before

    def _dispatched(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "command":
            scope.note_context(args[0])
        if self._wakes is not _Wakes.HANDLERS:
            self._dispatch(event, *args, **kwargs)
            return
        listeners: dict[str, Any] = self._bot._listeners  # noqa: SLF001
        asleep = listeners.pop(event, None)
        try:
            self._dispatch(event, *args, **kwargs)
        finally:
            if asleep is not None:
                listeners[event] = asleep

    def _scheduled(self, *args: Any, **kwargs: Any) -> Any:
        return None if self._wakes is _Wakes.WAITERS else self._schedule(*args, **kwargs)

    def _waiting_for(
        self, event: str, /, *, check: Any = None, timeout: float | None = None
    ) -> Coroutine[Any, Any, Any]:
        waiting = self._wait_for(event, check=check, timeout=timeout)
        event_type = EVENT_TYPES.get(event.lower().removeprefix("raw_"))
        return waiting if event_type is None else waits.waiting(self._tapped(event_type, waiting))

    async def _tapped(self, event_type: str, waiting: Coroutine[Any, Any, Any]) -> Any:
        tap = self._taps.get(event_type)
        if tap is None:
            tap = self._taps[event_type] = _Tap()
            tap.waiting += 1
            tap.subscription = await self._bus.subscribe(self._subject(event_type), self._on_event)
            tap.ready.set()
        else:
            tap.waiting += 1
            await tap.ready.wait()
        try:
            return await waiting
        finally:
            tap.waiting -= 1
            if not tap.waiting:
                self._end_later(event_type, tap)

    def _subject(self, event_type: str) -> str:
        if event_type == "INTERACTION_CREATE":
            return f"{self._subjects.root}.interaction.>"
        return f"{self._subjects.root}.event.*.{event_type}"

    def _end_later(self, event_type: str, tap: _Tap) -> None:
        def end() -> None:
            self._ends.discard(handle)
            if not tap.waiting and self._taps.get(event_type) is tap and tap.subscription:
                del self._taps[event_type]
                self._tasks.create_task(tap.subscription.stop())

        handle = asyncio.get_running_loop().call_later(LINGER, end)
        self._ends.add(handle)

    async def _on_event(self, message: Message) -> None:
        """Wake those who wait for this; run no handler."""
        event_type = message.headers.get(EVENT_TYPE, "")
        tap = self._taps.get(event_type)
        if tap is None or not tap.waiting:
            return
        data = msgspec.json.decode(message.body)
        await self._guilds.before(event_type, data)
        with self._waking(_Wakes.WAITERS):
            if event_type == "INTERACTION_CREATE":
                self._dispatched("interaction", discord.Interaction(data=data, state=self._state))
            else:
                self._state.parsers[event_type](data)

    async def _on_interaction(self, message: Message) -> None:
        """Call the view or modal that waits here, if it does."""
        heard = _decode_heard(message.body)
        views, inner = self._state._view_store, heard.data  # noqa: SLF001
        if heard.type == _MODAL:
            ours = inner.custom_id in views._modals  # noqa: SLF001
        else:
            key = (inner.component_type, inner.custom_id)
            of_message = views._views.get(int(heard.message.id), {})  # noqa: SLF001
            # A persistent view is known to every worker: it is called where it is delivered.
            ours = key in of_message and key not in views._views.get(None, {})  # noqa: SLF001
        if not ours:
            return
        data = msgspec.json.decode(message.body)
        if not self._may_call(data):
            return
        await self._guilds.before("INTERACTION_CREATE", data)
        with self._waking(_Wakes.WAITERS):
            self._state.parse_interaction_create(data)


class _Inner(msgspec.Struct):
    custom_id: str = ""
    component_type: int = 0


class _Id(msgspec.Struct):
    id: str = "0"


class _Heard(msgspec.Struct):
    """Of an INTERACTION_CREATE, what tells whose it is."""

    type: int
    data: _Inner = msgspec.field(default_factory=_Inner)
    message: _Id = msgspec.field(default_factory=_Id)


_decode_heard = msgspec.json.Decoder(_Heard).decode
