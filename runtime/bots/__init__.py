"""Bots to try the runtime with. They are ordinary discord.py bots and run without it, too."""
