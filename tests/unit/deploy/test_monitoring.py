"""Alerts and dashboard: they name what a live run has, in words that Prometheus understands."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadtests._fleet import PROBES, Plan, ProcessFleet
from loadtests._metrics import call
from loadtests._nats_server import NatsServerMissing
from tests.conftest import missing
from tests.unit.deploy.manifests import DEPLOY, KUBERNETES, named, render

MONITORING = DEPLOY / "monitoring"
DASHBOARD = MONITORING / "grafana" / "dashboards" / "multipod.json"
NAME = re.compile(r"\b(?:multipod|process|python)_\w+")
MATCHER = re.compile(r"(\w+)\{([^}]*)\}")
LABEL = re.compile(r'(\w+)\s*!?=~?\s*"')


def alerts() -> list[dict[str, Any]]:
    """Every alert rule."""
    groups = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    """Every panel of the dashboard."""
    found: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
    return found


def expressions() -> list[str]:
    """All PromQL that we ship."""
    drawn = [target["expr"] for panel in panels() for target in panel["targets"]]
    scaler = named(render("overlays/keda"), "ScaledObject", "worker")["spec"]["triggers"][0]
    return [*(rule["expr"] for rule in alerts()), *drawn, scaler["metadata"]["query"]]


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``/metrics`` of a gateway and a worker that run, one text behind the other."""
    directory = tmp_path_factory.mktemp("fleet")
    plan = Plan(directory, workers=1, simulator=("--rate", "50"), gateway=True)
    try:
        with ProcessFleet(plan, os.environ):
            logs = [(directory / f"{part}.log").read_text() for part in ("gateway", "worker-1")]
            urls = [match[1] for match in map(PROBES.search, logs) if match]
            yield "".join(call(url, "/metrics")[1] for url in urls)
    except NatsServerMissing as error:
        missing(str(error))


def test_every_metric_named_is_one_of_a_live_run(scraped: str) -> None:
    families = set(re.findall(r"^# TYPE (\w+) ", scraped, re.MULTILINE))
    known = families | {f"{name}{end}" for name in families for end in ("_bucket", "_count")}
    guide = (DEPLOY / "README.md").read_text()
    asked = {name for text in (*expressions(), guide) for name in NAME.findall(text)}
    assert asked <= known, asked - known


def test_every_label_asked_for_is_one_of_its_metric(scraped: str) -> None:
    has = {name: set(LABEL.findall(text)) for name, text in MATCHER.findall(scraped)}
    for expression in expressions():
        for name, text in MATCHER.findall(expression):
            if name in has:
                assert set(LABEL.findall(text)) <= has[name], expression


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    for rule in alerts():
        assert {"summary", "do"} == rule["annotations"].keys(), rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
    assert len({rule["alert"] for rule in alerts()}) == len(alerts())


def test_prometheus_accepts_configuration_and_rules() -> None:
    assert check("config", MONITORING / "prometheus.yml") == ""


def test_prometheus_accepts_every_question_of_the_dashboard(tmp_path: Path) -> None:
    rules = [
        {"record": f"question_{number}", "expr": text.replace("$__rate_interval", "5m")}
        for number, text in enumerate(expressions())
    ]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "questions", "rules": rules}]}))
    assert check("rules", path) == ""


def check(what: str, path: Path) -> str:
    """What promtool finds wrong; nothing when it is content."""
    if shutil.which("promtool") is None:
        missing("no promtool: apt-get install prometheus")
    command = ["promtool", "check", what, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_no_two_panels_of_the_dashboard_overlap() -> None:
    cells = [
        (x, y)
        for panel in panels()
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


def test_pods_say_where_prometheus_finds_their_metrics() -> None:
    for role in ("gateway", "worker"):
        template = named(render("base"), "Deployment", role)["spec"]["template"]
        assert template["metadata"]["annotations"]["prometheus.io/port"] == "8080"
    assert (KUBERNETES / "base" / "network.yaml").read_text().count("8080") == 1
