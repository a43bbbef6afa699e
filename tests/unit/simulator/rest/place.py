"""A guild with a client that sees its events, and calls that name its things by `{guild}` etc."""

from typing import Any

from simulator.core.rest import answer
from simulator.core.rest.route import File, Request, Response
from simulator.core.world import APPLICATION_ID, Json
from tests.unit.simulator.stage import NOW, Client, make_api


class Place:
    """One Discord, one guild of it, one of its members, one of its channels."""

    def __init__(self) -> None:
        self.api = make_api()
        self.client = Client(self.api)
        self.client.identify()
        self.id = self.api.world.guild_ids()[0]
        self.guild = self.api.guild(self.id)
        self.user = self.guild["members"][3]["user"]
        self.names = {
            "guild": str(self.id), "channel": str(self.id + 1), "user": self.user["id"],
            "role": str(self.id + 900), "app": str(APPLICATION_ID), "voice": str(self.id + 4),
        }  # fmt: skip

    def ask(
        self, method: str, path: str, body: object = None, *files: File, now: float = NOW,
        reason: str | None = None, **query: str,
    ) -> Response:  # fmt: skip
        """One call, whatever comes of it."""
        path = path.format(**self.names)
        return answer(self.api, Request(method, path, now, query, "Bot t", body, files, reason))

    def do(self, method: str, path: str, body: object = None, *files: File, **query: Any) -> Any:
        """One call that must succeed: its body."""
        response = self.ask(method, path, body, *files, **query)
        assert response.status < 300, response
        return response.body

    def code(self, method: str, path: str, body: object = None, **query: Any) -> int:
        """One call that must fail: Discord's code."""
        response: Any = self.ask(method, path, body, **query)
        assert response.status >= 400, response
        return int(response.body["code"])

    def errors(self, method: str, path: str, body: object = None) -> Json:
        """The tree of a form error."""
        response: Any = self.ask(method, path, body)
        assert response.body["code"] == 50035, response
        tree: Json = response.body["errors"]
        return tree

    def events(self) -> list[str]:
        """What was dispatched since the last look, without entries of the audit log."""
        told = [payload["t"] for payload in self.client.read()]
        return [event for event in told if event != "GUILD_AUDIT_LOG_ENTRY_CREATE"]

    def restrict(self, permissions: int) -> None:
        """Take the bot's administrator away: it may do only this."""
        self.guild["roles"][0]["permissions"] = str(permissions)
