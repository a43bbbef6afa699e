"""Which Discord the discord.py of this process talks to."""

import discord.gateway
import discord.http
import yarl

API_VERSION = 10


def point_at(api_url: str, gateway_url: str = "") -> None:
    """Send discord.py's requests to ``api_url`` (without version).

    discord.py connects to its own constant gateway without asking, so a gateway URL, when it is
    known, has to be set as well: a token meant for a fake must never reach the real one.
    """
    discord.http.Route.BASE = f"{api_url.rstrip('/')}/v{API_VERSION}"
    if gateway_url:
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
