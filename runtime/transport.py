"""The NATS connection that the settings describe."""

from runtime.bus.jetstream import Address, JetStreamBus
from runtime.settings import Settings


def open_jetstream(settings: Settings, name: str) -> JetStreamBus:
    """A connection, shown as ``name`` by the server; ``async with`` opens it."""
    address = Address(settings.nats_url.reveal(), settings.nats_creds, settings.nats_ca)
    return JetStreamBus(address, replicas=settings.nats_replicas, name=name)
