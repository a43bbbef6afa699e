"""Locustfile: slash commands through the fake Discord, as a user feels them.

Active with ``--simulator-url``. Somebody invokes ``--slash`` and waits for what the bot shows; the
response time counts from the moment at which the person meant to press Enter. An open loop: who has
no answer yet does not keep others from asking.
"""

import json
import sys
import time
from http import HTTPStatus
from random import Random
from typing import Any

import gevent
from gevent.pool import Pool
from locust import User, events, task
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import WorkerRunner

from loadtests._arrivals import Arrivals
from loadtests._locust import above_zero, cannot_run, listens_to
from loadtests._metrics import Unreachable, call

PEOPLE = 20
AT_ONCE = 200
PATIENCE = 6.0
OVER_DEADLINE = "answered after 3 s"


@listens_to(events.init_command_line_parser)
def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    group = parser.add_argument_group("Multipod commands", "What the command users do")
    add = group.add_argument
    add("--simulator-url", default="", help="the fake Discord; without it nobody uses commands")
    add("--slash", default="round leaderboard", help="the command, sub-commands after spaces")
    add("--command-rate", type=above_zero, default=0.5, help="commands/s of one user")


@listens_to(events.init)
def _on_init(environment: Environment, **_: Any) -> None:
    if vars(environment.parsed_options)["simulator_url"]:
        return
    others = [each for each in environment.user_classes if each is not CommandUser]
    if not others:
        sys.exit("loadtests: CommandUser needs --simulator-url")
    environment.user_classes = others


@listens_to(events.test_start)
def _on_start(environment: Environment, **_: Any) -> None:
    if CommandUser not in environment.user_classes or isinstance(environment.runner, WorkerRunner):
        return
    url = vars(environment.parsed_options)["simulator_url"]
    try:
        status, _body = call(url, "/sim/ledger", timeout=PATIENCE)
    except Unreachable as wrong:
        cannot_run(environment, f"no fake Discord at {url}: {wrong}")
        return
    if status != HTTPStatus.OK:
        cannot_run(environment, f"what answers at {url} is not the fake Discord ({status})")


class CommandUser(User):
    """One unit of rate; the people behind it take turns."""

    @task
    def use(self) -> None:
        """Invoke commands until stopped."""
        rate = vars(self.environment.parsed_options)["command_rate"]
        arrivals = Arrivals(rate, time.perf_counter(), Random())
        pending = Pool(AT_ONCE)
        try:
            while True:
                for intended in arrivals.due(time.perf_counter()):
                    if pending.full():
                        self._report(intended, "skipped: too many wait for an answer")
                    else:
                        pending.spawn(self._invoke, intended)
                gevent.sleep(max(0.001, arrivals.next - time.perf_counter()))
        finally:
            pending.kill()

    def _invoke(self, intended: float) -> None:
        options = vars(self.environment.parsed_options)
        person = int(intended * 1e3) % PEOPLE
        body = {"command": options["slash"], "wait": PATIENCE - 1}
        path = f"/sim/users/person{person}/commands"
        try:
            status, text = call(options["simulator_url"], path, body, PATIENCE)
            fault = "" if status == HTTPStatus.OK else _said(text)
        except Unreachable:
            fault = "the fake Discord does not answer"
        self._report(intended, fault)

    def _report(self, intended: float, fault: str) -> None:
        seconds = time.perf_counter() - intended
        if not fault and seconds > 3.0:
            fault = OVER_DEADLINE
        fire: Any = self.environment.events.request.fire
        fire(
            request_type="command",
            name="Enter to answer",
            response_time=seconds * 1e3,
            response_length=0,
            exception=RuntimeError(fault) if fault else None,
            context={},
        )


def _said(text: str) -> str:
    """The complaint in an answer, which is JSON if the fake Discord made it."""
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text.strip()[:200]
