"""Multipod's runtime: one gateway that owns the Discord connection, N workers that run the bot."""
