"""The bus over NATS and JetStream. Nothing outside this folder imports ``nats``."""

from runtime.bus.jetstream.connection import JetStreamBus
from runtime.bus.jetstream.dialing import Address

__all__ = ["Address", "JetStreamBus"]
