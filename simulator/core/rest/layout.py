"""Components of messages and modals: what may stand where, and how long it may be.

Source: Discord Docs/Components. What is checked is handed back as it came, so that a key which
Discord adds tomorrow reaches the client again.
"""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from simulator.core.rest.form import (
    Check,
    Form,
    Wrong,
    anything,
    choice,
    clearable,
    flag,
    integer,
    length,
    many,
    needed,
    snowflake,
    text,
    wrong,
)
from simulator.core.world import Json

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
_SELECTS = (STRING_SELECT, 5, 6, 7, 8)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LABEL, UPLOAD, RADIOS, CHECKBOXES, CHECKBOX = 18, 19, 21, 22, 23
_LINK, _PREMIUM = 5, 6
MOST, MOST_TEXT = 40, 4000
_CUSTOM_ID = text(1, 100)
_EMOJI = Form(id=clearable(snowflake), name=clearable(text(0, 100)), animated=flag)
_OPTION = Form(
    label=needed(text(1, 100)), value=needed(text(1, 100)), description=clearable(text(0, 100)),
    emoji=clearable(_EMOJI), default=flag,
)  # fmt: skip
_MEDIA = Form(url=needed(text(1, 2048)))


def _of(*kinds: int) -> Check:
    """A component of one of these kinds."""

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            raise wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        kind = value.get("type")
        if not isinstance(kind, int) or isinstance(kind, bool) or kind not in kinds:
            message = f'Value of field "type" must be one of {kinds}.'
            raise Wrong({"type": {"_errors": [
                {"code": "UNION_TYPE_CHOICES", "message": message},
            ]}})  # fmt: skip
        _KINDS[kind](value)
        return value

    return check


def _row(value: Json) -> None:
    inner = Form(components=needed(many(_of(BUTTON, *_SELECTS, TEXT_INPUT), 1, 5)))(value)
    if sum(5 if child["type"] != BUTTON else 1 for child in inner["components"]) > 5:
        raise Wrong({"components": {"_errors": [{
            "code": "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
            "message": "The specified component exceeds the maximum width",
        }]}})  # fmt: skip


def _button(value: Json) -> None:
    style = value.get("style")
    form = Form(
        style=needed(choice(1, 2, 3, 4, 5, 6)), label=clearable(text(0, 80)), disabled=flag,
        emoji=clearable(_EMOJI), id=integer(0),
        custom_id=clearable(_CUSTOM_ID) if style in (_LINK, _PREMIUM) else needed(_CUSTOM_ID),
        url=needed(text(1, 512)) if style == _LINK else anything,
        sku_id=needed(snowflake) if style == _PREMIUM else anything,
    )  # fmt: skip
    given = form(value)
    if style != _PREMIUM and not given.get("label") and not given.get("emoji"):
        message = "Either a label or an emoji is required"
        raise wrong("BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", message)
    for key, only in (("url", _LINK), ("sku_id", _PREMIUM), ("custom_id", 0)):
        if value.get(key) and only and style != only:
            message = "This style of button cannot have this field"
            raise Wrong({key: {"_errors": [
                {"code": "BUTTON_COMPONENT_INVALID_FIELD", "message": message},
            ]}})  # fmt: skip


def _select(value: Json) -> None:
    options = many(_OPTION, 1, 25)
    given = Form(
        custom_id=needed(_CUSTOM_ID), placeholder=clearable(text(0, 150)), disabled=flag,
        min_values=clearable(integer(0, 25)), max_values=clearable(integer(1, 25)),
        options=needed(options) if value["type"] == STRING_SELECT else anything,
        channel_types=many(integer(0, 20)), default_values=many(anything, 0, 25), id=integer(0),
        required=flag,
    )(value)  # fmt: skip
    names = [option["value"] for option in given.get("options") or [] if isinstance(option, dict)]
    for index, name in enumerate(names):
        if name in names[:index]:
            message = "The specified option value is already used"
            complaint = {"code": "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "message": message}
            raise Wrong({"options": {str(index): {"value": {"_errors": [complaint]}}}})


def _input(value: Json) -> None:
    Form(
        custom_id=needed(_CUSTOM_ID), style=needed(choice(1, 2)), label=clearable(text(1, 45)),
        min_length=clearable(integer(0, 4000)), max_length=clearable(integer(1, 4000)),
        required=flag, value=clearable(text(0, 4000)), placeholder=clearable(text(0, 100)),
        id=integer(0),
    )(value)  # fmt: skip


_section = Form(components=needed(many(_of(TEXT), 1, 3)), accessory=needed(_of(BUTTON, THUMBNAIL)))
_container = Form(
    components=needed(many(_of(ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR), 1)),
    accent_color=clearable(integer(0, 0xFFFFFF)), spoiler=flag,
)  # fmt: skip
_label = Form(
    label=needed(text(1, 45)), description=clearable(text(0, 100)),
    component=needed(_of(*_SELECTS, TEXT_INPUT, UPLOAD, RADIOS, CHECKBOXES, CHECKBOX)),
)  # fmt: skip
_named = Form(custom_id=needed(_CUSTOM_ID))
_gallery = Form(items=needed(many(
    Form(media=needed(_MEDIA), description=clearable(text(0, 1024)), spoiler=flag), 1, 10
)))  # fmt: skip
_KINDS: dict[int, Any] = {
    ROW: _row, BUTTON: _button, **dict.fromkeys(_SELECTS, _select), TEXT_INPUT: _input,
    SECTION: _section, TEXT: Form(content=needed(text(1, MOST_TEXT))), GALLERY: _gallery,
    THUMBNAIL: Form(media=needed(_MEDIA), description=clearable(text(0, 1024)), spoiler=flag),
    FILE: Form(file=needed(_MEDIA), spoiler=flag),
    SEPARATOR: Form(divider=flag, spacing=choice(1, 2)), CONTAINER: _container, LABEL: _label,
    **dict.fromkeys((UPLOAD, RADIOS, CHECKBOXES, CHECKBOX), _named),
}  # fmt: skip


def every(components: Any) -> Iterator[Json]:
    """Each component, outer ones first."""
    for item in components or ():
        yield item
        yield from every(item.get("components"))
        for key in ("accessory", "component"):
            if isinstance(item.get(key), dict):
                yield from every([item[key]])


def of_message(components: Any, modern: bool) -> Any:
    """The components of a message; `modern` is the flag IS_COMPONENTS_V2. Raises Wrong."""
    kinds = (ROW,)
    if modern:
        kinds = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER)  # type: ignore[assignment]
    many(_of(*kinds), 0, MOST if modern else 5)(components)
    for index, item in enumerate(components):
        if any(child["type"] == TEXT_INPUT for child in every([item])):
            code = "COMPONENT_TYPE_INVALID"
            raise Wrong({str(index): wrong(code, "Text inputs belong into modals").errors})
    whole = list(every(components))
    length(whole, 0, MOST)
    if sum(len(item.get("content", "")) for item in whole if item["type"] == TEXT) > MOST_TEXT:
        message = f"The displayable text exceeds {MOST_TEXT} characters"
        raise wrong("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    _distinct(components)
    return components


def of_modal(components: Any) -> Any:
    """The components of a modal. Raises Wrong."""
    many(_of(ROW, TEXT, LABEL), 1, 5)(components)
    _distinct(components)
    return components


def _distinct(components: Any) -> None:
    """Raises Wrong at the second component with the same custom id."""
    used: set[str] = set()
    for index, item in enumerate(components):
        for inner in every([item]):
            name = inner.get("custom_id")
            if name is not None and name in used:
                message = "Component custom id cannot be duplicated"
                found = wrong("COMPONENT_CUSTOM_ID_DUPLICATED", message)
                raise Wrong({str(index): {"custom_id": found.errors}})
            used |= {name} if name is not None else set()


_USUAL: dict[int, Json] = {
    **{kind: {"min_values": 1, "max_values": 1} for kind in _SELECTS},
    CONTAINER: {"accent_color": None, "spoiler": False},
    SEPARATOR: {"spacing": 1, "divider": True}, FILE: {"spoiler": False, "size": 0},
    THUMBNAIL: {"description": None, "spoiler": False},
}  # fmt: skip


def _media(given: Json) -> Json:
    """Where the client finds a picture or file."""
    return {"id": str(crc32(given["url"].encode())), "proxy_url": given["url"], **given}


def _whole(item: Json) -> Json:
    """A component with the keys that Discord adds; null in an emoji is nothing."""
    whole: Json = {**_USUAL.get(item["type"], {}), **item}
    if isinstance(item.get("emoji"), dict):
        whole["emoji"] = {k: v for k, v in item["emoji"].items() if v is not None}
    for key in ("media", "file"):
        if isinstance(item.get(key), dict):
            whole[key] = _media(item[key])
    if item["type"] == FILE:
        whole["name"] = item["file"]["url"].rpartition("/")[2]
    if item["type"] == GALLERY:
        usual = {"description": None, "spoiler": False}
        whole["items"] = [{**usual, **i, "media": _media(i["media"])} for i in item["items"]]
    return whole


def shown(components: Any) -> list[Any]:
    """Components as a message has them: each with an `id`, counted from 1 when none was given."""
    count = 0

    def numbered(item: Json) -> Json:
        nonlocal count
        count += 1
        whole = {**_whole(item), "id": item.get("id") or count}
        if "components" in item:
            whole["components"] = [numbered(child) for child in item["components"]]
        if isinstance(item.get("accessory"), dict):
            whole["accessory"] = numbered(item["accessory"])
        return whole

    return [numbered(item) for item in components or []]
