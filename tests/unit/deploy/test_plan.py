"""From measurements to manifests: ``python -m loadtests plan``, then ``python deploy/plan.py``."""

import json
import shutil
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from loadtests._cli import main as loadtests
from tests.unit.deploy.manifests import KUBERNETES, Manifest, containers, kustomize, named
from tests.unit.deploy.script import load

plan = load("plan.py")
WHOLE = """{"replicas": %d, "scaler": {"lagThreshold": "9"},
"resources": {"requests": {"cpu": "%s", "memory": "64Mi"}}}"""
MEASURED = "notebooks/data/calibration.parquet"


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    """A copy of the overlays with all that they name."""
    shutil.copytree(KUBERNETES.parent, tmp_path / "deploy")
    return tmp_path / "deploy" / "kubernetes" / "overlays"


def write(path: Path, **changed: object) -> Path:
    """A plan file."""
    resources = {"requests": {"cpu": "70m", "memory": "528Mi"}}
    whole = {"replicas": 9, "resources": resources, "scaler": {"lagThreshold": "89"}} | changed
    path.write_text(json.dumps(whole))
    return path


def take(path: Path, overlays: Path) -> int:
    """The exit status of the command."""
    status: int = plan.main([str(path), "--overlays", str(overlays)])
    return status


def worker(manifests: list[Manifest]) -> Manifest:
    """The worker's container."""
    return dict(containers(manifests))["worker"]


def test_a_plan_from_measurements_arrives_in_every_overlay(
    deployment: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plan.json"
    need = ["--rate", "1000", "--slo-p99", "0.5", "--data", MEASURED, "--out", str(out)]
    assert loadtests(["plan", *need]) == 0
    assert take(out, deployment) == 0
    asked = json.loads(out.read_text())
    rendered = kustomize(deployment / "production")
    assert named(rendered, "Deployment", "worker")["spec"]["replicas"] == asked["replicas"]
    assert worker(rendered)["resources"]["requests"] == asked["resources"]["requests"]
    scaled = named(kustomize(deployment / "keda"), "ScaledObject", "worker")["spec"]
    assert scaled["triggers"][0]["metadata"]["threshold"] == asked["scaler"]["lagThreshold"]
    assert scaled["fallback"]["replicas"] == asked["replicas"] < scaled["maxReplicaCount"]
    for manifest in kustomize(deployment / "hpa"):
        kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_a_worker_may_always_have_the_memory_that_it_asks_for(
    deployment: Path, tmp_path: Path
) -> None:
    assert take(write(tmp_path / "plan.json"), deployment) == 0
    resources = worker(kustomize(deployment / "production"))["resources"]
    assert resources["requests"]["memory"] == "528Mi"
    assert resources["limits"]["memory"] == "1056Mi"


def test_a_threshold_is_above_what_workers_hold_though_they_are_not_behind(
    deployment: Path, tmp_path: Path
) -> None:
    path = write(tmp_path / "plan.json", scaler={"lagThreshold": "7"})
    assert take(path, deployment) == 0
    triggers = yaml.safe_load((deployment / "keda/scaler.yaml").read_text())["spec"]["triggers"]
    assert int(triggers[0]["metadata"]["threshold"]) == 65


def test_comments_stay_and_a_second_time_changes_nothing(deployment: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "plan.json")
    files = sorted(deployment.rglob("*.yaml"))
    comments = [[line for line in f.read_text().splitlines() if "#" in line] for f in files]
    assert take(path, deployment) == 0
    first = [f.read_text() for f in files]
    assert take(path, deployment) == 0
    assert [f.read_text() for f in files] == first
    assert [[line for line in text.splitlines() if "#" in line] for text in first] == comments


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"replicas": 3}',
        WHOLE % (0, "1m"),
        WHOLE % (2, "1m}"),
        WHOLE % (2, "1"),
    ],
)
def test_what_is_no_plan_is_one_line_and_changes_nothing(
    text: str, deployment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [path.read_text() for path in sorted(deployment.rglob("*.yaml"))]
    (tmp_path / "plan.json").write_text(text)
    assert take(tmp_path / "plan.json", deployment) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert [path.read_text() for path in sorted(deployment.rglob("*.yaml"))] == before


def test_an_overlay_without_its_place_for_a_value_is_one_line_and_nothing_is_half_done(
    deployment: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (deployment / "production" / "capacity.yaml").read_text()
    (deployment / "keda" / "scaler.yaml").write_text("spec: {}\n")
    assert take(write(tmp_path / "plan.json"), deployment) == 2
    assert "0 times spec.minReplicaCount" in capsys.readouterr().err
    assert (deployment / "production" / "capacity.yaml").read_text() == before
