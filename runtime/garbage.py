"""How often Python looks for cycles in a process that exists for events.

Thousands of events may be in flight, and next to none of their objects is part of a cycle. By
default the collector looks at all of them again after every few hundred: a sixth of the gateway's
CPU time under load. A worker's handlers make cycles of their own, so it looks more often.
"""

import gc

Thresholds = tuple[int, int, int]

GATEWAY: Thresholds = (100_000, 50, 50)
WORKER: Thresholds = (20_000, 10, 10)

_AT_THE_START = gc.get_threshold()


def is_unchosen() -> bool:
    """Whether nobody, such as the bot's own code, has set thresholds since the process began."""
    return gc.get_threshold() == _AT_THE_START


def collect_seldom(thresholds: Thresholds) -> None:
    """Collect once, leave what survives alone for ever, and from now on look seldom.

    For the process as a whole: to be called once, when code is loaded and before work begins.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*thresholds)
