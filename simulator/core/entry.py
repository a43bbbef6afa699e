"""What a person enters, as an interaction carries it: options, choices of menus, fields of modals.

A value that a Discord client would not let a person enter is refused in one line. Source: Discord
Docs/Receiving and Responding, "Interaction Data Structure".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.core.commands import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    USER,
    Leaf,
)
from simulator.core.media import upload
from simulator.core.rest import layout
from simulator.core.rest.context import Api
from simulator.core.rest.route import File
from simulator.core.world import Json
from simulator.errors import WrongValue

BUTTON, STRING_SELECT, TEXT_INPUT, TEXT = 2, 3, 4, 10
UPLOAD, CHECKBOX = 19, 23
_LINK = 5
_OPTION_OF_SELECT = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}
_TYPES: dict[int, tuple[type, ...]] = {
    STRING: (str,), INTEGER: (int,), NUMBER: (int, float), BOOLEAN: (bool,),
}  # fmt: skip


class Entry:
    """What one person enters in one place; `resolved` gathers what it refers to."""

    def __init__(self, api: Api, guild_id: int, now: float) -> None:
        self._api, self._guild_id, self._now = api, guild_id, now
        self.resolved: Json = {}

    def options(self, leaf: Leaf, given: Mapping[str, Any], typing: str = "") -> list[Json]:
        """The options of a command; `typing` names the one that is still being typed.

        Raises WrongValue.
        """
        known = {option["name"]: option for option in leaf.options}
        wrong = next((name for name in given if name not in known), None)
        if wrong is not None:
            listed = ", ".join(known) or "none"
            raise WrongValue(f"/{leaf.name} has no option {wrong!r}; it has: {listed}")
        missing = [n for n, option in known.items() if option.get("required") and n not in given]
        if missing and not typing:
            raise WrongValue(f"/{leaf.name} needs the option {missing[0]!r}")
        return [self._option(known[name], value, name == typing) for name, value in given.items()]

    def _option(self, option: Json, value: Any, typing: bool) -> Json:
        told: Json = {"name": option["name"], "type": option["type"]}
        if typing:
            return {**told, "value": str(value), "focused": True}
        if option.get("choices"):
            return {**told, "value": _chosen(option, value)}
        _check(option, value)
        return {**told, "value": self.refer(option["type"], value)}

    def refer(self, kind: int, value: Any) -> Any:
        """Put what an option refers to into `resolved`; people may be given by name."""
        if kind == MENTIONABLE:
            role = str(value) in {r["id"] for r in self._api.listed(self._guild_id, "roles")}
            kind = ROLE if role else USER
        refer = {USER: self._user, CHANNEL: self._channel, ROLE: self._role,
                 ATTACHMENT: self._file}.get(kind)  # fmt: skip
        return value if refer is None else refer(value)

    def _user(self, value: Any) -> str:
        user = self._api.world.person(str(value["id"] if isinstance(value, dict) else value))
        self.resolved.setdefault("users", {})[user["id"]] = user
        member = self._api.world.member(self._guild_id, int(user["id"]))
        if member is not None:
            partial = {k: v for k, v in member.items() if k not in {"user", "deaf", "mute"}}
            whole = {**partial, "permissions": "0"}
            self.resolved.setdefault("members", {})[user["id"]] = whole
        return str(user["id"])

    def _channel(self, value: Any) -> str:
        for channel in self._api.listed(self._guild_id, "channels"):
            if str(value) in {channel["id"], channel["name"]}:
                found = channel
                break
        else:
            found = self._api.channel(int(value)) if str(value).isdecimal() else {}
        if not found:
            raise WrongValue(f"there is no channel {value!r}")
        self.resolved.setdefault("channels", {})[found["id"]] = {**found, "permissions": "0"}
        return str(found["id"])

    def _role(self, value: Any) -> str:
        for role in self._api.listed(self._guild_id, "roles"):
            if str(value) in {role["id"], role["name"]}:
                self.resolved.setdefault("roles", {})[role["id"]] = role
                return str(role["id"])
        raise WrongValue(f"there is no role {value!r}")

    def _file(self, value: Any) -> str:
        """An upload: a name and its content, or an object with `filename` and `content`."""
        made = upload(self._api, _file_of(value), self._now)
        self.resolved.setdefault("attachments", {})[made["id"]] = made
        return str(made["id"])

    def message(self, target: Json) -> str:
        """The target of a message command."""
        self.resolved.setdefault("messages", {})[target["id"]] = target
        return str(target["id"])

    # -- components of messages

    def press(self, message: Json, custom_id: str) -> Json:
        """The data of a pressed button. Raises WrongValue."""
        found = _component(message, custom_id, {BUTTON})
        return {"custom_id": custom_id, "component_type": BUTTON, "id": found.get("id", 1)}

    def choose(self, message: Json, custom_id: str, values: tuple[Any, ...]) -> Json:
        """The data of a select menu with these values chosen. Raises WrongValue."""
        found = _component(message, custom_id, {STRING_SELECT, *_OPTION_OF_SELECT})
        data: Json = {
            "custom_id": custom_id, "component_type": found["type"], "id": found.get("id", 1),
            "values": self._values(found, values),
        }  # fmt: skip
        if self.resolved:
            data["resolved"] = self.resolved
        return data

    def _values(self, menu: Json, values: tuple[Any, ...] | list[Any]) -> list[str]:
        low, high = menu.get("min_values"), menu.get("max_values")
        low, high = 1 if low is None else low, 1 if high is None else high
        if values and not low <= len(values) <= high:
            raise WrongValue(f"{menu['custom_id']!r} takes {low} to {high} values")
        if menu["type"] == STRING_SELECT:
            return [_option_value(menu, str(value)) for value in values]
        kind = _OPTION_OF_SELECT.get(menu["type"])
        return [str(value if kind is None else self.refer(kind, value)) for value in values]

    # -- modals

    def fields(self, modal: Json, given: Mapping[str, Any]) -> list[Json]:
        """A modal's components as its submission carries them. Raises WrongValue."""
        known = [c["custom_id"] for c in layout.every(modal["components"]) if "custom_id" in c]
        wrong = next((name for name in given if name not in known), None)
        if wrong is not None:
            raise WrongValue(f"the modal has no field {wrong!r}; it has: {', '.join(known)}")
        return [self._filled(item, given) for item in modal["components"]]

    def _filled(self, component: Json, given: Mapping[str, Any]) -> Json:
        """Rows and labels nest; inputs have a value, menus and uploads values."""
        whole: Json = {"type": component["type"], "id": component.get("id") or 1}
        if "components" in component:
            inner = [self._filled(child, given) for child in component["components"]]
            return {**whole, "components": inner}
        if "component" in component:
            return {**whole, "component": self._filled(component["component"], given)}
        if component["type"] == TEXT:
            return whole
        return {**whole, **self._field(component, given)}

    def _field(self, component: Json, given: Mapping[str, Any]) -> Json:
        kind, name = component["type"], component["custom_id"]
        if kind == TEXT_INPUT:
            value = str(given.get(name, component.get("value") or ""))
            return {"custom_id": name, "value": value}
        if kind == CHECKBOX:
            ticked = bool(given.get(name, component.get("default", False)))
            return {"custom_id": name, "value": ticked}
        values = given.get(name, [])
        listed = values if isinstance(values, list) else [values]
        if kind == UPLOAD:
            listed = [self._file(value) for value in listed]
        elif kind in {STRING_SELECT, *_OPTION_OF_SELECT}:
            listed = self._values(component, listed)
        return {"custom_id": name, "values": [str(value) for value in listed]}


def _component(message: Json, custom_id: str, kinds: set[int]) -> Json:
    """The component with this custom id that a person can use. Raises WrongValue."""
    usable = [c for c in _usable(message) if c["type"] in kinds]
    for found in usable:
        if found["custom_id"] == custom_id:
            if found.get("disabled"):
                raise WrongValue(f"{custom_id!r} is disabled")
            return found
    names = ", ".join(repr(found["custom_id"]) for found in usable) or "none"
    what = "button" if kinds == {BUTTON} else "select menu"
    raise WrongValue(f"the message has no {what} {custom_id!r}; there are: {names}")


def _usable(message: Json) -> Iterator[Json]:
    for component in layout.every(message.get("components")):
        if component.get("custom_id") and component.get("style") != _LINK:
            yield component


def _chosen(option: Json, value: Any) -> Any:
    """A choice by its value or by its name. Raises WrongValue."""
    for choice in option["choices"]:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    names = ", ".join(str(choice["name"]) for choice in option["choices"])
    raise WrongValue(f"{option['name']!r} has no choice {value!r}; there are: {names}")


def _option_value(menu: Json, value: str) -> str:
    for option in menu.get("options", ()):
        if value in (option["value"], option["label"]):
            return str(option["value"])
    labels = ", ".join(option["label"] for option in menu.get("options", ()))
    raise WrongValue(f"{menu['custom_id']!r} has no option {value!r}; there are: {labels}")


def _check(option: Json, value: Any) -> None:
    """Raises WrongValue for a value that a client would not send."""
    name, wanted = option["name"], _TYPES.get(option["type"])
    wrong = wanted is not None and not isinstance(value, wanted)
    if wrong or (isinstance(value, bool) and option["type"] in {INTEGER, NUMBER}):
        raise WrongValue(f"{name!r} cannot be {value!r}")
    size = len(value) if isinstance(value, str) else value
    low = option.get("min_length" if option["type"] == STRING else "min_value")
    high = option.get("max_length" if option["type"] == STRING else "max_value")
    if (low is not None and size < low) or (high is not None and size > high):
        raise WrongValue(f"{name!r} cannot be {value!r}: its bounds are {low} and {high}")


def _file_of(value: Any) -> File:
    """Raises WrongValue."""
    match value:
        case File():
            return value
        case (str(name), bytes(content)):
            return File("file", name, "application/octet-stream", len(content), content)
        case {"filename": str(name)}:
            content = str(value.get("content", "")).encode()
            kind = str(value.get("content_type", "text/plain"))
            return File("file", name, kind, len(content), content)
    raise WrongValue(f"an attachment is (name, bytes) or an object with filename, not {value!r}")
