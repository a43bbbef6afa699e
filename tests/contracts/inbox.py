"""Handlers that remember what they were given, and messages to give them."""

from runtime.bus.interface import Delivery, Message
from runtime.core.envelope import MSG_ID
from runtime.core.topology import Topology
from tests.eventually import eventually


def event(topology: Topology, body: str, lane: int = 0, msg_id: str = "") -> Message:
    """An event of a lane."""
    headers = {MSG_ID: msg_id} if msg_id else {}
    subject = f"{topology.subjects.root}.event.{lane}.MESSAGE_CREATE"
    return Message(subject, body.encode(), headers)


def interaction(topology: Topology, body: str) -> Message:
    """A slash command."""
    return Message(f"{topology.subjects.root}.interaction.command", body.encode())


class Inbox:
    """Keeps deliveries in the order of arrival, acknowledging them at once unless told not to."""

    def __init__(self, *, ack: bool = True) -> None:
        self.deliveries: list[Delivery] = []
        self._ack = ack

    async def __call__(self, delivery: Delivery) -> None:
        """The handler."""
        self.deliveries.append(delivery)
        if self._ack:
            await delivery.ack()

    @property
    def bodies(self) -> list[str]:
        """What came so far."""
        return [delivery.message.body.decode() for delivery in self.deliveries]

    async def wait_for(self, count: int) -> None:
        """Wait until so many came."""
        await eventually(lambda: len(self.deliveries) >= count)

    async def get(self) -> Delivery:
        """Wait for the first and return it."""
        await self.wait_for(1)
        return self.deliveries[0]


class Ear:
    """Keeps what it heard."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        """The handler."""
        self.messages.append(message)

    @property
    def bodies(self) -> list[str]:
        """What came so far."""
        return [message.body.decode() for message in self.messages]

    async def wait_for(self, count: int) -> None:
        """Wait until so many came."""
        await eventually(lambda: len(self.messages) >= count)
