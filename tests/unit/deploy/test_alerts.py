"""Each alert fires when it should and only then: ``promtool`` plays it a history of each kind."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import missing
from tests.unit.deploy.manifests import DEPLOY

ALERTS = DEPLOY / "monitoring" / "alerts.yml"
HISTORIES: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("alert_histories.yml").read_text()
)
GROUPS = yaml.safe_load(ALERTS.read_text())["groups"]
RULES = {rule["alert"]: rule for group in GROUPS for rule in group["rules"]}

FIRING = [
    (name, number) for name, each in HISTORIES.items() for number in range(len(each["fires"]))
]
SILENT = [
    (name, number) for name, each in HISTORIES.items() for number in range(len(each["silent"]))
]


def play(tmp_path: Path, alert: str, history: dict[str, Any], expected: list[Any]) -> str:
    """What promtool has against it; nothing when all is as expected."""
    if shutil.which("promtool") is None:
        missing("no promtool: apt-get install prometheus")
    series = [{"series": name, "values": str(values)} for name, values in history.items()]
    asked = {"eval_time": "20m", "alertname": alert, "exp_alerts": expected}
    test = {"interval": "15s", "input_series": series, "alert_rule_test": [asked]}
    path = tmp_path / "test.yml"
    path.write_text(yaml.safe_dump({"rule_files": [str(ALERTS)], "tests": [test]}))
    command = ["promtool", "test", "rules", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_every_alert_has_a_history_of_each_kind() -> None:
    assert HISTORIES.keys() == RULES.keys()
    assert all(each["fires"] and each["silent"] for each in HISTORIES.values())


@pytest.mark.parametrize(("alert", "number"), FIRING)
def test_it_fires_and_says_what_to_do(alert: str, number: int, tmp_path: Path) -> None:
    given = HISTORIES[alert]["fires"][number]
    rule = RULES[alert]
    by = {"instance": "w"} if "$labels.instance" in rule["annotations"]["summary"] else {}
    told = {"summary": given["says"], "do": rule["annotations"]["do"]}
    expected = [{"exp_labels": rule["labels"] | by, "exp_annotations": told}]
    assert play(tmp_path, alert, given["history"], expected) == ""


@pytest.mark.parametrize(("alert", "number"), SILENT)
def test_it_is_silent_when_all_is_well(alert: str, number: int, tmp_path: Path) -> None:
    assert play(tmp_path, alert, HISTORIES[alert]["silent"][number], []) == ""
