"""Plain subscriptions, and how they end."""

from contextlib import suppress

from nats.aio.client import Client
from nats.aio.subscription import Subscription as NatsSubscription

from runtime.bus.jetstream.errors import TRANSPORT_ERRORS


class Subscribed:
    """A plain subscription."""

    def __init__(self, sub: NatsSubscription) -> None:
        self._sub = sub

    async def stop(self) -> None:
        """Hear nothing more; what the server has sent already is dropped."""
        with suppress(*TRANSPORT_ERRORS):
            await self._sub.unsubscribe()


class Served:
    """A subscription whose messages are questions: what is on its way here is still answered."""

    def __init__(self, client: Client, sub: NatsSubscription) -> None:
        self._client = client
        self._sub = sub

    async def stop(self) -> None:
        """Take no more; whoever asks from now on hears that nobody serves."""
        with suppress(*TRANSPORT_ERRORS):
            if self._client.is_connected:
                await self._sub.drain()
            else:
                await self._sub.unsubscribe()
