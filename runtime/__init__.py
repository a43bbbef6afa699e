"""Multipod's runtime: one gateway that owns the Discord connection, N workers that run the bot.

What a bot's own code may use of it: ``runtime.event_id()``.
"""

from runtime.worker.event import event_id

__all__ = ["event_id"]
