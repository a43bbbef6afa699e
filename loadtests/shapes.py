"""Locustfile: the offered load may move, ``--shape step`` and such.

A user of ``events.py`` is a unit of rate, so a shape of users is a shape of offered load. ``-u`` is
the peak and ``-t`` the length. Without ``--shape`` Locust's own ramp counts.
"""

from typing import Any

from locust import LoadTestShape, events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from loadtests._locust import listens_to
from loadtests._shapes import SHAPES, users_at

DEFAULT_LENGTH = 60.0


@listens_to(events.init_command_line_parser)
def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    group = parser.add_argument_group("Multipod shapes", "How the load moves")
    names = ["", *SHAPES]
    group.add_argument("--shape", choices=names, default="", help="of the load between 0 and -u")


@listens_to(events.init)
def _on_init(environment: Environment, **_: Any) -> None:
    if not vars(environment.parsed_options)["shape"]:
        environment.shape_class = None


class OfferedLoad(LoadTestShape):
    """Follows ``--shape`` for ``-t`` seconds with ``-u`` users at the peak."""

    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        """The number of users now, at once; None ends the run."""
        assert self.runner is not None  # noqa: S101 - Locust sets it before the first tick
        options = vars(self.runner.environment.parsed_options)
        peak, length = options["num_users"] or 1, options["run_time"] or DEFAULT_LENGTH
        elapsed: Any = self.get_run_time
        users = users_at(options["shape"], elapsed(), float(length), int(peak))
        return None if users is None else (users, float(peak))
