"""The messages that a client may still ask for. Bounded; the oldest are forgotten."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable

import msgspec

from simulator.core.world import Json

_KEPT = 20_000
_NONCE_SECONDS = 300.0  # "the past few minutes": Discord Docs/Message, enforce_nonce


class History:
    """Messages by channel and id. Events of the mix stay rendered until somebody asks."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        # What nobody asked for since: most messages of the mix come and go here.
        self._fresh: deque[tuple[int, int, Json | bytes]] = deque(maxlen=kept)
        self.forgot = False  # whether there were more messages than are kept
        self._channel_of: OrderedDict[int, int] = OrderedDict()
        self._messages: defaultdict[int, dict[int, Json | bytes]] = defaultdict(dict)
        self._nonces: OrderedDict[tuple[int, str], tuple[int, float]] = OrderedDict()

    def remember(self, message_id: int, channel_id: int, message: Json | bytes) -> None:
        """Keep one message, as a document or as its JSON text."""
        self._fresh.append((message_id, channel_id, message))

    def remember_all(self, messages: Iterable[tuple[int, int, Json | bytes]]) -> None:
        """Keep (message id, channel id, message) of each. The hot path."""
        self._fresh.extend(messages)

    def _file(self) -> None:
        """Put what came lately where it can be found."""
        while self._fresh:
            message_id, channel_id, message = self._fresh.popleft()
            self._channel_of[message_id] = channel_id
            self._messages[channel_id][message_id] = message
            if len(self._channel_of) > self._kept:
                self.forgot = True
                oldest, channel = self._channel_of.popitem(last=False)
                self._messages[channel].pop(oldest, None)

    def get(self, channel_id: int, message_id: int) -> Json | None:
        """The kept document, which may be changed in place."""
        self._file()
        found = self._messages[channel_id].get(message_id)
        if isinstance(found, bytes):
            found = self._messages[channel_id][message_id] = msgspec.json.decode(found, type=Json)
        return found

    def forget(self, channel_id: int, message_id: int) -> bool:
        """Delete one message; False when it is not known."""
        self._file()
        self._channel_of.pop(message_id, None)
        return self._messages[channel_id].pop(message_id, None) is not None

    def newest_first(self, channel_id: int) -> list[Json]:
        """All kept messages of a channel."""
        self._file()
        ids = sorted(self._messages[channel_id], reverse=True)
        return [m for i in ids if (m := self.get(channel_id, i)) is not None]

    def same_nonce(self, channel_id: int, nonce: str, now: float) -> Json | None:
        """The bot's message of the past few minutes that carried this nonce."""
        while self._nonces and next(iter(self._nonces.values()))[1] < now - _NONCE_SECONDS:
            self._nonces.popitem(last=False)
        found = self._nonces.get((channel_id, nonce))
        return None if found is None else self.get(channel_id, found[0])

    def keep_nonce(self, channel_id: int, nonce: str, message_id: int, now: float) -> None:
        """Remember which message a nonce made."""
        self._nonces[channel_id, nonce] = (message_id, now)
