"""What people write, seeded: plain words, and in `modern` also polls, layouts and replies."""

import random

import msgspec

from simulator.core import templates, words
from simulator.core.profiles import LAYOUTS, POLLS, REPLIES
from simulator.core.scene import Extra

COUNT = 256


def texts(seed: int, modern: bool) -> list[tuple[bytes, Extra]]:
    """What is said: JSON strings of 1 to 40 words, short ones far more often; what comes with it.

    Polls and messages of components have no content.
    """
    dice = random.Random(seed)
    lengths = [max(1, min(40, int(dice.lognormvariate(1.9, 0.8)))) for _ in range(COUNT)]
    said = [" ".join(dice.choice(words.CHATTER) for _ in range(length)) for length in lengths]
    found = [(msgspec.json.encode(text), templates.ORDINARY) for text in said]
    if not modern:
        return found
    polls, layouts, replies = (int(COUNT * share) for share in (POLLS, LAYOUTS, REPLIES))
    found[:polls] = [(b'""', templates.POLL)] * polls
    found[-layouts:] = [(b'""', templates.LAYOUT)] * layouts
    for at in range(polls, polls + replies):
        found[at] = (found[at][0], templates.REPLY)
    return found
