"""The sockets: thin aiohttp handlers around what `core` decides."""
