"""Which command an interaction is, for whoever measures. No I/O and no clock.

Discord Docs/Interactions: ``type`` 2 is a command, 3 a component, 4 autocomplete, 5 a modal; a
sub-command is an option of type 1, in a group (type 2) or not, that has options of its own.
"""

from typing import Any

import msgspec

_OTHERS = {3: "component", 4: "autocomplete", 5: "modal"}
_NESTED = {1, 2}
_DEPTH = 2


class _Option(msgspec.Struct):
    name: str = ""
    type: int = 0
    options: list[Any] = []


class _Data(msgspec.Struct):
    name: str = ""
    options: list[Any] = []


class _Interaction(msgspec.Struct):
    type: int = 0
    data: _Data = msgspec.field(default_factory=_Data)


_decode = msgspec.json.Decoder(_Interaction).decode


def command_of(body: bytes) -> str:
    """``round join`` for ``/round join``, else ``component``, ``modal`` or ``autocomplete``.

    Raises:
        msgspec.DecodeError: ``body`` is not an interaction.
    """
    found = _decode(body)
    if found.type in _OTHERS:
        return _OTHERS[found.type]
    names, options = [found.data.name], found.data.options
    for _ in range(_DEPTH):
        inner = msgspec.convert(options[0], _Option) if options else _Option()
        if inner.type not in _NESTED:
            break
        names.append(inner.name)
        options = inner.options
    return " ".join(names)
