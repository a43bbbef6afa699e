"""The bus over NATS and JetStream. Nothing outside this folder imports ``nats``."""

from runtime.bus.jetstream.connection import JetStreamBus

__all__ = ["JetStreamBus"]
