"""One call of every route there is, on a Discord where one of everything was made."""

import json
from typing import Any

from simulator.core.interactions import COMMAND, Interaction, token_for
from simulator.core.rest import answer, polls, scheduled_events, voice
from simulator.core.rest.context import Api
from simulator.core.rest.monetization import SKU_ID
from simulator.core.rest.route import File, Request, Response
from simulator.core.world import APPLICATION_ID
from tests.unit.simulator.stage import NOW, body_of, call

PICTURE = "data:image/png;base64,iVBORw0KGgo="
STICKER = File("file", "s.png", "image/png", 5)
LATER, LATEST = "2027-01-01T00:00:00+00:00", "2027-01-02T00:00:00+00:00"
_POLL = {"question": {"text": "?"}, "answers": [{"poll_media": {"text": "yes"}}]}
_EVENT = {"name": "n", "privacy_level": 2, "scheduled_start_time": LATER, "entity_type": 3,
          "scheduled_end_time": LATEST, "entity_metadata": {"location": "here"}}  # fmt: skip
_RULE = {"name": "n", "event_type": 1, "trigger_type": 1, "actions": [{"type": 1}],
         "trigger_metadata": {"keyword_filter": ["x"]}}  # fmt: skip
_PROMPT = {"id": "1", "title": "t", "options": [{"title": "o", "role_ids": ["{role}"]}]}
Deed = tuple[str, str, Any]


def everything(api: Api) -> dict[str, str]:
    """Make one of each; the ids by the name that paths give them."""
    guild = api.world.guild_ids()[0]
    at, channel, app = f"guilds/{guild}", f"channels/{guild + 1}", str(APPLICATION_ID)
    member = api.guild(guild)["members"][3]

    def made(path: str, body: Any, key: str = "id", files: tuple[File, ...] = ()) -> str:
        request = Request("POST", path, NOW, {}, "Bot t", body, files)
        return str(body_of(answer(api, request))[key])

    ids = {
        "guild": str(guild), "channel": str(guild + 1), "user": member["user"]["id"],
        "role": str(guild + 900), "application": app, "overwrite": str(guild + 900),
        "emoji char": "👍", "sku": SKU_ID, "integration": str(APPLICATION_ID + 1), "answer": "1",
        "voice": str(guild + 4), "message": made(f"{channel}/messages", {"content": "x"}),
        "other": made(f"{channel}/messages", {"content": "y"}),
        "poll": made(f"{channel}/messages", {"poll": _POLL}),
        "stage": made(f"{at}/channels", {"name": "n", "type": 13}),
        "news": made(f"{at}/channels", {"name": "n", "type": 5}),
        "forum": made(f"{at}/channels", {"name": "n", "type": 15}),
        "thread": made(f"{channel}/threads", {"name": "n", "type": 11}),
        "event": made(f"{at}/scheduled-events", _EVENT),
        "rule": made(f"{at}/auto-moderation/rules", _RULE),
        "emoji": made(f"{at}/emojis", {"name": "nn", "image": PICTURE}),
        "sticker": made(f"{at}/stickers", {"name": "nn", "tags": "t"}, files=(STICKER,)),
        "sound": made(f"{at}/soundboard-sounds", {"name": "nn", "sound": "data:x"}, "sound_id"),
        "template": made(f"{at}/templates", {"name": "n"}, "code"),
        "invite": made(f"{channel}/invites", {}, "code"),
        "own emoji": made(f"applications/{app}/emojis", {"name": "nn", "image": PICTURE}),
        "command": made(f"applications/{app}/commands", {"name": "c", "description": "d"}),
        "entitlement": made(f"applications/{app}/entitlements",
                            {"sku_id": SKU_ID, "owner_id": str(guild), "owner_type": 1}),
        "webhook": made(f"{channel}/webhooks", {"name": "n"}),
    }  # fmt: skip
    ids["token"] = f"webhook-{ids['webhook']}"
    hook = f"webhooks/{ids['webhook']}/{ids['token']}"
    ids["hooked"] = body_of(call(api, "POST", hook, {"content": "x"}, wait="1"))["id"]
    ids["newsletter"] = made(f"channels/{ids['news']}/messages", {"content": "x"})
    _acts(api, ids, member)
    return ids


def _acts(api: Api, ids: dict[str, str], member: dict[str, Any]) -> None:
    """What was done, and what people did."""
    guild = int(ids["guild"])
    call(api, "POST", "stage-instances", {"channel_id": ids["stage"], "topic": "t"})
    call(api, "PUT", f"guilds/{guild}/bans/{api.guild(guild)['members'][4]['user']['id']}")
    call(api, "PUT", f"channels/{guild + 1}/messages/{ids['message']}/reactions/👍/@me")
    call(api, "PUT", f"channels/{guild + 1}/pins/{ids['message']}")
    call(api, "PUT", f"channels/{guild + 1}/permissions/{ids['role']}", {"type": 0})
    call(api, "PATCH", f"guilds/{guild}/widget", {"enabled": True})
    path = f"applications/{APPLICATION_ID}/guilds/{guild}/commands"
    ids["own command"] = body_of(call(api, "POST", path, {"name": "g", "description": "d"}))["id"]
    given = {"permissions": [{"id": ids["role"], "type": 1, "permission": True}]}
    call(api, "PUT", f"{path}/{ids['command']}/permissions", given)
    welcome = {"enabled": True, "welcome_channels": [
        {"channel_id": ids["channel"], "description": "d"},
    ]}  # fmt: skip
    call(api, "PATCH", f"guilds/{guild}/welcome-screen", welcome)
    voice.join(api, guild, member, ids["voice"])
    voice.join(api, guild, api.world.member(guild, APPLICATION_ID) or {}, ids["voice"])
    event = api.listed(guild, "guild_scheduled_events")[0]
    scheduled_events.interest(api, event, member["user"], comes=True)
    poll = api.message(guild + 1, int(ids["poll"]))
    polls.vote(api, poll, 1, member["user"], NOW)
    ids["banned"] = api.listed(guild, "bans")[0]["user"]["id"]
    interaction = api.ids.next(NOW)
    ids["interaction"], ids["interaction token"] = str(interaction), token_for(interaction)
    user = json.dumps(api.world.user(1), separators=(",", ":")).encode()
    api.interactions.add(Interaction(
        interaction, COMMAND, guild, guild + 1, user, NOW, token_for(interaction),
    ))  # fmt: skip


_G, _C, _A = "guilds/{guild}", "channels/{channel}", "applications/{application}"
_M, _W = "channels/{channel}/messages/{message}", "webhooks/{webhook}/{token}"
_MODERN = {"flags": 1 << 15, "components": [
    {"type": 17, "components": [
        {"type": 10, "content": "x"}, {"type": 14},
        {"type": 12, "items": [{"media": {"url": "https://x.org/i"}}]},
        {"type": 13, "file": {"url": "attachment://card.txt"}},
        {"type": 9, "components": [{"type": 10, "content": "y"}],
         "accessory": {"type": 11, "media": {"url": "https://x.org/i"}}},
        {"type": 1, "components": [{"type": 2, "style": 1, "label": "l", "custom_id": "c"}]},
    ]},
]}  # fmt: skip
_RICH = {
    "content": "<@{user}> see", "tts": False, "nonce": "n", "enforce_nonce": True,
    "embeds": [{"title": "t", "description": "d", "url": "https://x.org", "color": 5,
                "fields": [{"name": "n", "value": "v"}], "footer": {"text": "f"},
                "author": {"name": "a"}, "timestamp": LATER,
                "image": {"url": "https://x.org/i"}}],
    "allowed_mentions": {"parse": ["users"]},
    "message_reference": {"message_id": "{message}"},
    "components": [
        {"type": 1, "components": [
            {"type": 2, "style": 5, "label": "l", "url": "https://x.org"},
            {"type": 2, "style": 1, "emoji": {"id": None, "name": "👍"}, "custom_id": "a"}]},
        {"type": 1, "components": [
            {"type": 3, "custom_id": "b", "options": [{"label": "l", "value": "v"}]}]}],
    "sticker_ids": ["{sticker}"],
}  # fmt: skip
READS: tuple[str, ...] = (
    "users/@me", "users/{user}", "users/@me/guilds", "users/@me/connections",
    "users/@me/guilds/{guild}/member", "oauth2/applications/@me", "oauth2/@me", "applications/@me",
    _A, "gateway", "gateway/bot", _A + "/commands", _A + "/commands/{command}",
    _A + "/guilds/{guild}/commands", _A + "/guilds/{guild}/commands/{own command}",
    _A + "/guilds/{guild}/commands/permissions",
    _A + "/guilds/{guild}/commands/{command}/permissions", _A + "/role-connections/metadata",
    _A + "/emojis", _A + "/emojis/{own emoji}", _A + "/skus", _A + "/entitlements",
    _A + "/entitlements/{entitlement}", "skus/{sku}/subscriptions", "skus/{sku}/subscriptions/5",
    _C, "channels/{thread}", _C + "/messages", _M, _C + "/messages/pins", _C + "/pins",
    _M + "/reactions/{emoji char}", _C + "/webhooks", _C + "/invites",
    "channels/{thread}/thread-members", "channels/{thread}/thread-members/@me",
    _C + "/threads/archived/public", _C + "/threads/archived/private",
    _C + "/users/@me/threads/archived/private", _C + "/polls/{poll}/answers/{answer}",
    _G, _G + "/preview", _G + "/channels", _G + "/members", _G + "/members/search",
    _G + "/members/{user}", _G + "/roles", _G + "/roles/{role}", _G + "/roles/member-counts",
    _G + "/bans", _G + "/bans/{banned}", _G + "/threads/active", _G + "/emojis",
    _G + "/emojis/{emoji}", _G + "/stickers", _G + "/stickers/{sticker}",
    _G + "/soundboard-sounds", _G + "/soundboard-sounds/{sound}", _G + "/webhooks",
    _G + "/invites", _G + "/audit-logs", _G + "/auto-moderation/rules",
    _G + "/auto-moderation/rules/{rule}", _G + "/scheduled-events",
    _G + "/scheduled-events/{event}", _G + "/scheduled-events/{event}/users",
    _G + "/messages/search", _G + "/templates", "guilds/templates/{template}", _G + "/prune",
    _G + "/integrations",
    _G + "/onboarding", _G + "/welcome-screen", _G + "/widget", _G + "/widget.json",
    _G + "/vanity-url", _G + "/regions", "voice/regions", _G + "/voice-states/@me",
    _G + "/voice-states/{user}", "invites/{invite}", "stickers/{sticker}", "sticker-packs",
    "sticker-packs/5", "soundboard-default-sounds", "stage-instances/{stage}",
    "webhooks/{webhook}", _W, _W + "/messages/{hooked}",
)  # fmt: skip
WRITES: tuple[Deed, ...] = (
    ("PATCH", "users/@me", {"username": "other", "avatar": PICTURE}),
    ("POST", "users/@me/channels", {"recipient_id": "{user}"}),
    ("DELETE", "users/@me/guilds/{guild}", None),
    ("POST", "auth/logout", None),
    ("GET", "applications/detectable", None),
    ("PATCH", "applications/@me", {"description": "d", "tags": ["t"]}),
    ("PATCH", _A, {"description": "d"}),
    ("PUT", _A + "/role-connections/metadata",
     [{"type": 1, "key": "k", "name": "n", "description": "d"}]),
    ("PUT", _A + "/commands", [{"name": "c", "description": "d", "options": [
        {"type": 3, "name": "o", "description": "d", "required": True,
         "choices": [{"name": "n", "value": "v"}]},
        {"type": 4, "name": "p", "description": "d", "min_value": 1, "max_value": 5}]}]),
    ("POST", _A + "/commands", {"name": "Look", "type": 3}),
    ("PATCH", _A + "/commands/{command}", {"description": "e"}),
    ("DELETE", _A + "/commands/{command}", None),
    ("PUT", _A + "/guilds/{guild}/commands", [{"name": "c", "description": "d"}]),
    ("POST", _A + "/guilds/{guild}/commands", {"name": "c", "description": "d"}),
    ("PATCH", _A + "/guilds/{guild}/commands/{own command}", {"description": "e"}),
    ("DELETE", _A + "/guilds/{guild}/commands/{own command}", None),
    ("PUT", _A + "/guilds/{guild}/commands/{command}/permissions",
     {"permissions": [{"id": "{user}", "type": 2, "permission": False}]}),
    ("POST", _A + "/emojis", {"name": "ab", "image": PICTURE}),
    ("PATCH", _A + "/emojis/{own emoji}", {"name": "cd"}),
    ("DELETE", _A + "/emojis/{own emoji}", None),
    ("POST", _A + "/entitlements", {"sku_id": "{sku}", "owner_id": "{user}", "owner_type": 2}),
    ("POST", _A + "/entitlements/{entitlement}/consume", None),
    ("DELETE", _A + "/entitlements/{entitlement}", None),
    ("POST", _C + "/messages", {"content": "x"}),
    ("POST", _C + "/messages", _RICH),
    ("POST", _C + "/messages", _MODERN),
    ("POST", _C + "/messages", {"poll": _POLL}),
    ("POST", _C + "/messages", {"message_reference": {"type": 1, "message_id": "{message}"}}),
    ("PATCH", _M, {"content": "y", "embeds": []}),
    ("DELETE", _M, None),
    ("POST", _C + "/messages/bulk-delete", {"messages": ["{message}", "{other}"]}),
    ("POST", "channels/{news}/messages/{newsletter}/crosspost", None),
    ("POST", _C + "/typing", None),
    ("PUT", _M + "/reactions/{emoji char}/@me", None),
    ("DELETE", _M + "/reactions/{emoji char}/@me", None),
    ("DELETE", _M + "/reactions/{emoji char}/{user}", None),
    ("DELETE", _M + "/reactions/{emoji char}", None),
    ("DELETE", _M + "/reactions", None),
    ("PUT", _C + "/messages/pins/{other}", None),
    ("DELETE", _C + "/messages/pins/{message}", None),
    ("PUT", _C + "/pins/{other}", None),
    ("DELETE", _C + "/pins/{message}", None),
    ("POST", _C + "/polls/{poll}/expire", None),
    ("PATCH", _C, {"name": "n", "topic": "t", "position": 2}),
    ("PATCH", "channels/{thread}", {"archived": True, "name": "m"}),
    ("DELETE", _C, None),
    ("PUT", _C + "/permissions/{overwrite}", {"type": 0, "allow": "8"}),
    ("DELETE", _C + "/permissions/{overwrite}", None),
    ("POST", _C + "/invites", {"max_age": 60}),
    ("DELETE", "invites/{invite}", None),
    ("POST", "channels/{news}/followers", {"webhook_channel_id": "{channel}"}),
    ("PUT", "channels/{voice}/voice-status", {"status": "s"}),
    ("POST", "channels/{voice}/send-soundboard-sound", {"sound_id": "{sound}"}),
    ("POST", _C + "/threads", {"name": "n", "type": 11}),
    ("POST", "channels/{forum}/threads", {"name": "n", "message": {"content": "x"}}),
    ("POST", _M + "/threads", {"name": "n"}),
    ("PUT", "channels/{thread}/thread-members/{user}", None),
    ("DELETE", "channels/{thread}/thread-members/@me", None),
    ("POST", _C + "/webhooks", {"name": "n"}),
    ("PATCH", "webhooks/{webhook}", {"name": "m"}),
    ("DELETE", "webhooks/{webhook}", None),
    ("PATCH", _W, {"name": "m"}),
    ("DELETE", _W, None),
    ("POST", _W, {"content": "x"}),
    ("POST", _W + "/slack", {"text": "x"}),
    ("POST", _W + "/github", {"action": "opened"}),
    ("PATCH", _W + "/messages/{hooked}", {"content": "y"}),
    ("DELETE", _W + "/messages/{hooked}", None),
    ("POST", "interactions/{interaction}/{interaction token}/callback",
     {"type": 4, "data": {"content": "x"}}),
    ("PATCH", _G, {"name": "nn", "verification_level": 1}),
    ("POST", _G + "/prune", {"days": 1}),
    ("PUT", _G + "/incident-actions", {"invites_disabled_until": LATER}),
    ("POST", _G + "/channels", {"name": "n", "type": 0, "topic": "t"}),
    ("PATCH", _G + "/channels", [{"id": "{channel}", "position": 3}]),
    ("PUT", _G + "/members/{user}", {"access_token": "t"}),
    ("PATCH", _G + "/members/{user}", {"nick": "n", "roles": ["{role}"]}),
    ("PATCH", _G + "/members/@me", {"nick": "n"}),
    ("PATCH", _G + "/members/@me/nick", {"nick": "n"}),
    ("DELETE", _G + "/members/{user}", None),
    ("PUT", _G + "/members/{user}/roles/{role}", None),
    ("DELETE", _G + "/members/{user}/roles/{role}", None),
    ("POST", _G + "/roles", {"name": "n", "color": 5}),
    ("PATCH", _G + "/roles", [{"id": "{role}", "position": 1}]),
    ("PATCH", _G + "/roles/{role}", {"name": "m"}),
    ("DELETE", _G + "/roles/{role}", None),
    ("PUT", _G + "/bans/{user}", {"delete_message_seconds": 60}),
    ("POST", _G + "/bulk-ban", {"user_ids": ["{user}"]}),
    ("DELETE", _G + "/bans/{banned}", None),
    ("POST", _G + "/emojis", {"name": "ab", "image": PICTURE}),
    ("PATCH", _G + "/emojis/{emoji}", {"name": "cd"}),
    ("DELETE", _G + "/emojis/{emoji}", None),
    ("POST", _G + "/stickers", {"name": "ab", "tags": "t"}),
    ("PATCH", _G + "/stickers/{sticker}", {"name": "cd"}),
    ("DELETE", _G + "/stickers/{sticker}", None),
    ("POST", _G + "/soundboard-sounds", {"name": "ab", "sound": "data:x"}),
    ("PATCH", _G + "/soundboard-sounds/{sound}", {"name": "cd", "volume": 0.5}),
    ("DELETE", _G + "/soundboard-sounds/{sound}", None),
    ("POST", _G + "/auto-moderation/rules", _RULE),
    ("PATCH", _G + "/auto-moderation/rules/{rule}", {"enabled": True}),
    ("DELETE", _G + "/auto-moderation/rules/{rule}", None),
    ("POST", _G + "/scheduled-events", _EVENT),
    ("PATCH", _G + "/scheduled-events/{event}", {"status": 2}),
    ("DELETE", _G + "/scheduled-events/{event}", None),
    ("POST", _G + "/templates", {"name": "n"}),
    ("PUT", _G + "/templates/{template}", None),
    ("PATCH", _G + "/templates/{template}", {"name": "m"}),
    ("DELETE", _G + "/templates/{template}", None),
    ("DELETE", _G + "/integrations/{integration}", None),
    ("PUT", _G + "/onboarding", {"prompts": [_PROMPT], "enabled": True}),
    ("PATCH", _G + "/welcome-screen", {"description": "d"}),
    ("PATCH", _G + "/widget", {"enabled": False}),
    ("PATCH", _G + "/vanity-url", {"code": "abc"}),
    ("POST", _G + "/mfa", {"level": 1}),
    ("PATCH", _G + "/voice-states/@me", {"suppress": False}),
    ("PATCH", _G + "/voice-states/{user}", {"suppress": True}),
    ("POST", "stage-instances", {"channel_id": "{stage}", "topic": "t"}),
    ("PATCH", "stage-instances/{stage}", {"topic": "u"}),
    ("DELETE", "stage-instances/{stage}", None),
)  # fmt: skip
DEEDS: tuple[Deed, ...] = (*(("GET", path, None) for path in READS), *WRITES)


def fill(template: Any, values: dict[str, str]) -> Any:
    """The template with each `{name}` replaced."""
    text = json.dumps(template)
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return json.loads(text)


def do(api: Api, deed: Deed, values: dict[str, str], **query: str) -> Response:
    """Do one deed; uploads carry a file."""
    method, path, body = deed
    files = (STICKER,) if method == "POST" and path.endswith("/stickers") else ()
    return answer(api, Request(
        method, fill(path, values), NOW, query, "Bot t", fill(body, values), files, "because",
    ))  # fmt: skip
