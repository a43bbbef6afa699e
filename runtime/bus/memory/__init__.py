"""A broker inside the process: the transport of standalone mode, and of tests that need no server.

It keeps the promises of ``runtime.bus.interface`` with JetStream's rules (work queues, acknowledge
deadlines, redelivery before successors, duplicate windows); only durability is missing.
"""

from runtime.bus.memory.broker import MemoryBroker
from runtime.bus.memory.connection import MemoryBus

__all__ = ["MemoryBroker", "MemoryBus"]
