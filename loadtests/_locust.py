"""What our locustfiles share: typed listeners, checked arguments, an end in words."""

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import gevent

from runtime.core.routing import Subjects
from runtime.errors import ConfigurationError

COULD_NOT_START = 3

Listener = TypeVar("Listener", bound=Callable[..., None])


def listens_to(hook: Any) -> Callable[[Listener], Listener]:
    """Register a listener; Locust's own decorator has no types."""

    def register(listener: Listener) -> Listener:
        hook.add_listener(listener)
        return listener

    return register


def cannot_run(environment: Any, why: str) -> None:
    """End a test of a Locust environment that has hardly begun: a line, and exit status 3.

    With the web UI it only stops, and shows the reason among its failures.
    """
    print(f"loadtests: {why}", file=sys.stderr, flush=True)
    environment.process_exit_code = COULD_NOT_START
    if environment.runner is None:
        return
    if environment.web_ui is None:
        gevent.spawn(environment.runner.quit)
        return
    fire: Any = environment.events.request.fire
    fire(
        request_type="start",
        name="the test",
        response_time=0.0,
        response_length=0,
        exception=RuntimeError(why),
        context={},
    )
    gevent.spawn(environment.runner.stop)


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"must be {what}, not {text}")
    return value


def above_zero(text: str) -> float:
    """An argument that must be a number above 0."""
    value = _number(text, "a number above 0")
    if value <= 0:
        raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
    return value


def not_negative(text: str) -> float:
    """An argument that must be a number, 0 or more."""
    value = _number(text, "a number, 0 or more")
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be 0 or more, not {text}")
    return value


def share(text: str) -> float:
    """An argument between 0 and 1."""
    value = _number(text, "a number between 0 and 1")
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be between 0 and 1, not {text}")
    return value


def whole(text: str) -> int:
    """An argument that must be a whole number, 0 or more."""
    if not text.strip().isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number, 0 or more, not {text}")
    return int(text)


def count(text: str) -> int:
    """An argument that must be a whole number above 0."""
    if not text.strip().isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number, 1 or more, not {text}")
    return int(text)


def prefix(text: str) -> str:
    """An argument that must do as a SUBJECT_PREFIX."""
    try:
        return Subjects(text).prefix
    except ConfigurationError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def new_file(text: str) -> str:
    """An argument that names a file, in a directory that is there, or nothing."""
    if text and not Path(text).parent.is_dir():
        raise argparse.ArgumentTypeError(f"no directory {Path(text).parent}")
    return text
