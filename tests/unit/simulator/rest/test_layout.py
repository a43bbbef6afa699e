"""What may stand where among components, and how it is shown."""

from typing import Any

import pytest

from simulator.core.rest import layout
from simulator.core.rest.form import Wrong

Json = dict[str, Any]


def button(custom_id: str = "b", **more: Any) -> Json:
    return {"type": 2, "style": 1, "label": "l", "custom_id": custom_id, **more}


def row(*inner: Json) -> Json:
    return {"type": 1, "components": list(inner)}


def menu(**more: Any) -> Json:
    options = [{"label": "l", "value": "v"}]
    return {"type": 3, "custom_id": "m", "options": options, **more}


TEXT = {"type": 10, "content": "x"}
FINE = [[row(*(button(str(n)) for n in range(5))), row(menu())]]
LEGACY_WRONG: list[Any] = [
    [row()],
    [row(*(button(str(n)) for n in range(6)))],
    [row(menu(), button())],
    [button()],
    [TEXT],
    [row(button("x" * 101))],
    [row(button(), button())],
    [row(button(label="x" * 81))],
    [row(button(label=None))],
    [row(button(style=5))],
    [row(button(style=9))],
    [row(button(url="https://x.org"))],
    [row(menu(options=[]))],
    [row(menu(min_values=26))],
    [row(menu(options=[{"label": "l", "value": "v"}] * 2))],
    [row(menu(placeholder="x" * 151))],
    [row(button(str(n))) for n in range(6)],
    [5],
    {},
    [row({"type": 2})],
    [row({"type": 4, "custom_id": "t", "style": 1, "label": "l"})],
]
MODERN_WRONG: list[Any] = [
    [{"type": 10, "content": "x" * 4001}],
    [{"type": 10, "content": "x" * 2001}] * 2,
    [{"type": 10, "content": "x"}] * 41,
    [{"type": 9, "components": [TEXT]}],
    [{"type": 9, "components": [TEXT] * 4, "accessory": button()}],
    [{"type": 17, "components": [{"type": 17, "components": [TEXT]}]}],
    [{"type": 12, "items": []}],
    [{"type": 18, "label": "l", "component": menu()}],
]


def test_rows_of_buttons_and_menus_are_fine() -> None:
    for components in FINE:
        assert layout.of_message(components, modern=False) == components


@pytest.mark.parametrize("components", LEGACY_WRONG)
def test_a_wrong_row_is_told(components: Any) -> None:
    with pytest.raises(Wrong):
        layout.of_message(components, modern=False)


@pytest.mark.parametrize("components", MODERN_WRONG)
def test_a_wrong_modern_layout_is_told(components: Any) -> None:
    with pytest.raises(Wrong):
        layout.of_message(components, modern=True)


def test_the_place_of_what_is_wrong_is_told() -> None:
    with pytest.raises(Wrong) as error:
        layout.of_message([row(button()), row(button("x" * 101))], modern=False)
    assert set(error.value.errors["1"]["components"]["0"]) == {"custom_id"}


def test_a_modal_has_inputs_and_labels() -> None:
    entry = {"type": 4, "custom_id": "t", "style": 1, "label": "l"}
    label = {"type": 18, "label": "l", "component": menu()}
    assert layout.of_modal([row(entry), label, TEXT])
    for wrong in ([], [row(entry)] * 6, [label, label], [button()]):
        with pytest.raises(Wrong):
            layout.of_modal(wrong)


def test_shown_components_are_numbered_and_whole() -> None:
    section = {"type": 9, "components": [TEXT], "accessory": button(id=9)}
    [shown] = layout.shown([{"type": 17, "components": [section, {"type": 14}]}])
    assert (shown["id"], shown["accent_color"], shown["components"][1]["spacing"]) == (1, None, 1)
    assert [c["id"] for c in shown["components"]] == [2, 5]
    assert shown["components"][0]["accessory"]["id"] == 9


def test_every_component_is_met_outer_ones_first() -> None:
    label = {"type": 18, "label": "l", "component": menu()}
    assert [c["type"] for c in layout.every([label, row(button())])] == [18, 3, 1, 2]
