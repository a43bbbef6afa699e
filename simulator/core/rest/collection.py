"""Things of a guild that are listed, made, read, changed and deleted alike: emojis, events, rules.

What differs stands in one value for each kind.
"""

# ruff: noqa: ARG002 - every handler takes the API, the request and the ids in its path

from collections.abc import Callable
from dataclasses import dataclass

from simulator.core.rest import audit
from simulator.core.rest.context import Api
from simulator.core.rest.form import Form
from simulator.core.rest.route import ApiError, Request, Response, Route, identifier, unknown
from simulator.core.world import Json

Make = Callable[[Api, Request, int, Json], Json]
Tell = Callable[[Api, int, str, Json], None]  # (api, guild, CREATE | UPDATE | DELETE, item)


@dataclass(frozen=True, slots=True)
class Collection:
    """One kind. `make` gets the checked form and gives the whole item."""

    what: str  # as the error for an unknown one calls it
    key: str  # where they are kept
    at: str  # the path of their list, below guilds/{guild}/
    form: Form
    make: Make
    tell: Tell
    first_action: audit.Action  # the entry for a new one; then for a changed and a deleted one
    needs: int
    ident: str = "id"
    created: int = 201
    most: tuple[int, int] = (250, 30008)  # how many, and the error's code
    fixed: frozenset[str] = frozenset()  # keys of the form that only a new one takes
    wrapped: bool = False  # whether the list comes as {"items": [...]}
    check: Callable[[Json], None] | None = None  # of the whole item; raises ApiError

    def all(self, api: Api, guild_id: int) -> list[Json]:
        """Those of one guild, kept. Raises ApiError 10004."""
        api.guild(guild_id)
        return api.listed(guild_id, self.key)

    def one(self, api: Api, guild: str, wanted: str) -> Json:
        """Raises ApiError for an unknown one."""
        ident = str(identifier(wanted, self.what))
        for item in self.all(api, identifier(guild, "guild")):
            if item[self.ident] == ident:
                return item
        raise unknown(self.what)

    def listed(self, api: Api, request: Request, guild: str) -> Response:
        found = self.all(api, identifier(guild, "guild"))
        return Response(200, {"items": found} if self.wrapped else found)

    def read(self, api: Api, request: Request, guild: str, wanted: str) -> Response:
        return Response(200, self.one(api, guild, wanted))

    def create(self, api: Api, request: Request, guild: str) -> Response:
        guild_id = identifier(guild, "guild")
        kept = self.all(api, guild_id)
        made = self.make(api, request, guild_id, self.form.read(request.json()))
        if self.check is not None:
            self.check(made)
        if len(kept) >= self.most[0]:
            what = f"Maximum number of {self.what}s reached ({self.most[0]})"
            raise ApiError(400, self.most[1], what)
        kept.append(made)
        self._note(api, request, guild_id, 0, {}, made)
        return Response(self.created, made)

    def change(self, api: Api, request: Request, guild: str, wanted: str) -> Response:
        known = self.one(api, guild, wanted)
        given = self.form.read(request.json(), partial=True)
        after = {**known, **{k: v for k, v in given.items() if k not in self.fixed}}
        if self.check is not None:
            self.check(after)
        before = dict(known)
        known.update(after)
        self._note(api, request, int(guild), 1, before, known)
        return Response(200, known)

    def delete(self, api: Api, request: Request, guild: str, wanted: str) -> Response:
        known = self.one(api, guild, wanted)
        self.all(api, int(guild)).remove(known)
        self._note(api, request, int(guild), 2, known, {})
        return Response(204)

    def _note(
        self, api: Api, request: Request, guild_id: int, verb: int, before: Json, after: Json
    ) -> None:
        item = after or before
        api.scenes.forget(guild_id)
        self.tell(api, guild_id, ("CREATE", "UPDATE", "DELETE")[verb], item)
        action = audit.Action(self.first_action + verb)
        changes = audit.differences(before, after)
        audit.note(api, request, guild_id, action, item[self.ident], changes)

    def routes(self) -> tuple[Route, ...]:
        """The five of them."""
        at = f"guilds/{{guild}}/{self.at}"
        one = f"{at}/{{{self.what.rpartition(' ')[2]}}}"
        return (
            Route("GET", at, self.listed),
            Route("POST", at, self.create, needs=self.needs),
            Route("GET", one, self.read),
            Route("PATCH", one, self.change, needs=self.needs),
            Route("DELETE", one, self.delete, needs=self.needs),
        )
