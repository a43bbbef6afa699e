"""A fake Discord: gateway and REST that real, unmodified clients connect to."""

from simulator.app import FakeDiscord

__all__ = ["FakeDiscord"]
