"""The `d` of READY. Source: Discord Docs/Gateway Events, "Ready"; unlisted keys are what real
sessions carry and some clients read.
"""

from collections.abc import Sequence

from simulator.core.session import Session
from simulator.core.world import APPLICATION_FLAGS, APPLICATION_ID, Json, World


def ready(
    world: World, session: Session, guilds: Sequence[int], resume_url: str, version: int = 10
) -> Json:
    """Guilds are unavailable here; a GUILD_CREATE for each follows."""
    return {
        "v": version,
        "user": {**world.bot, "mfa_enabled": True, "verified": True, "email": None},
        "guilds": [{"id": str(guild), "unavailable": True} for guild in guilds],
        "session_id": session.id, "resume_gateway_url": resume_url,
        "shard": [session.shard, session.of], "session_type": "normal",
        "application": {"id": str(APPLICATION_ID), "flags": APPLICATION_FLAGS},
        "private_channels": [], "relationships": [], "user_settings": {}, "presences": [],
        "guild_join_requests": [], "geo_ordered_rtc_regions": [], "auth": {},
        "_trace": ["fake"],
    }  # fmt: skip
