"""The workers: they consume events and run the bot's code. No Discord connection, no token."""
