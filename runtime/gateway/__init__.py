"""The gateway: the one process with a Discord connection and the token. No business logic."""
