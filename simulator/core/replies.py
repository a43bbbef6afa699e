"""Who is waiting to see what the bot shows: the users that act tell what they look for."""

from collections import defaultdict
from collections.abc import Callable

from simulator.core.world import Json

Seen = Callable[[str, Json], None]


class Replies:
    """Watchers by interaction and by channel; each is told until it is dropped."""

    def __init__(self) -> None:
        self._by_interaction: defaultdict[int, list[Seen]] = defaultdict(list)
        self._by_channel: defaultdict[int, list[Seen]] = defaultdict(list)

    def watch_interaction(self, interaction_id: int, seen: Seen) -> Callable[[], None]:
        """Tell `seen` of everything shown for this interaction; returns how to stop."""
        return _watch(self._by_interaction, interaction_id, seen)

    def watch_channel(self, channel_id: int, seen: Seen) -> Callable[[], None]:
        """Tell `seen` of everything the bot does in this channel; returns how to stop."""
        return _watch(self._by_channel, channel_id, seen)

    def shown_for(self, interaction_id: int, event: str, what: Json) -> None:
        """The bot showed `what` (message, edit, modal, choices, deferred) for an interaction."""
        for seen in list(self._by_interaction.get(interaction_id, ())):
            seen(event, what)

    def shown_in(self, channel_id: int, event: str, what: Json) -> None:
        """The bot showed `what` (message, edit, deletion, reaction) in a channel."""
        for seen in list(self._by_channel.get(channel_id, ())):
            seen(event, what)


def _watch(watchers: defaultdict[int, list[Seen]], key: int, seen: Seen) -> Callable[[], None]:
    watchers[key].append(seen)

    def stop() -> None:
        if seen in watchers[key]:
            watchers[key].remove(seen)
        if not watchers[key]:
            del watchers[key]

    return stop
