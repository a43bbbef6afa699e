"""Disc golf in a Discord channel: open a round, join, score hole by hole, see who leads.

``bot`` is made without any I/O; the database is opened in its ``setup_hook``.
"""

from runtime.bots.frolf.client import FrolfBot

bot = FrolfBot()

__all__ = ["bot"]
