"""How every pod runs: without rights, spread, and ended with time to hand over."""

import re
from typing import Any

import kubernetes_validate
import pytest

from runtime.core.routing import Subjects
from runtime.core.topology import Topology
from runtime.probes import Probes
from runtime.telemetry import Telemetry
from tests.unit.deploy.manifests import (
    DEPLOY,
    containers,
    kustomizations,
    named,
    pods,
    render,
    selects,
)

each = pytest.mark.parametrize("overlay", kustomizations())
OURS = ("gateway", "worker")
HOST = {"hostNetwork", "hostPID", "hostIPC", "hostUsers"}
VOLUMES = {"configMap", "secret", "projected", "emptyDir", "persistentVolumeClaim", "downwardAPI"}


@each
def test_every_pod_keeps_the_restricted_pod_security_standard(overlay: str) -> None:
    """Kubernetes' own list (Docs/Pod Security Standards, "Restricted")."""
    for name, pod in pods(render(overlay)):
        security = pod["securityContext"]
        assert not HOST & pod.keys(), name
        assert security["runAsNonRoot"] is True, name
        assert security["runAsUser"] > 0, name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        for volume in pod.get("volumes", ()):
            assert volume.keys() - {"name"} <= VOLUMES, name
    namespace = named(render(overlay), "Namespace", "multipod")["metadata"]["labels"]
    assert namespace["pod-security.kubernetes.io/enforce"] == "restricted"


@each
def test_every_container_keeps_it_too_and_writes_nothing(overlay: str) -> None:
    for name, container in containers(render(overlay)):
        security = container["securityContext"]
        assert security == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert not any("hostPort" in port for port in container["ports"]), name


@each
def test_no_pod_may_ask_kubernetes_anything(overlay: str) -> None:
    for name, pod in pods(render(overlay)):
        assert pod["automountServiceAccountToken"] is False, name


async def test_probes_ask_for_what_a_process_serves() -> None:
    runner = await Probes(Telemetry()).serve("127.0.0.1", -1)
    assert runner is not None
    served = {
        str(route.resource.canonical) for route in runner.app.router.routes() if route.resource
    }
    await runner.cleanup()
    for name, container in containers(render("base")):
        if name in OURS:
            asked = {
                container[kind]["httpGet"]["path"] for kind in ("readinessProbe", "livenessProbe")
            }
            assert asked == {"/readyz", "/livez"} <= served


@each
def test_pods_of_which_there_are_many_are_spread_over_nodes_and_zones(overlay: str) -> None:
    found = dict(pods(render(overlay)))
    keys = {rule["topologyKey"] for rule in found["worker"]["topologySpreadConstraints"]}
    assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    apart = found["nats"]["affinity"]["podAntiAffinity"]
    (rule,) = apart["requiredDuringSchedulingIgnoredDuringExecution"]
    assert rule["topologyKey"] == "kubernetes.io/hostname"


@each
def test_a_drained_node_never_takes_the_majority_of_nats(overlay: str) -> None:
    budgets = [each for each in render(overlay) if each["kind"] == "PodDisruptionBudget"]
    of_nats = [each for each in budgets if selects(each["spec"]["selector"], "nats")]
    assert [each["spec"]["maxUnavailable"] for each in of_nats] == [1]
    assert any(selects(each["spec"]["selector"], "worker") for each in budgets)
    # It would forbid every drain: there is one gateway.
    assert not any(selects(each["spec"]["selector"], "gateway") for each in budgets)


@each
def test_every_selector_finds_pods(overlay: str) -> None:
    components = {name for name, _ in pods(render(overlay))}
    for manifest in render(overlay):
        selector: dict[str, Any] | None = None
        if manifest["kind"] == "Service":
            selector = {"matchLabels": manifest["spec"]["selector"]}
        elif manifest["kind"] == "PodDisruptionBudget":
            selector = manifest["spec"]["selector"]
        if selector is not None:
            assert any(selects(selector, name) for name in components), manifest["metadata"]


@each
def test_a_nats_server_leaves_its_clients_before_it_is_stopped(overlay: str) -> None:
    pod = dict(pods(render(overlay)))["nats"]
    (container,) = pod["containers"]
    hook = container["lifecycle"]["preStop"]["exec"]["command"]
    assert f"--pid {hook[1].removeprefix('-sl=ldm=')}" in " ".join(container["args"])
    told = re.search(r"lame_duck_duration: (\d+)s", (DEPLOY / "nats" / "nats.conf").read_text())
    assert told is not None
    assert pod["terminationGracePeriodSeconds"] >= int(told[1]) + 10


@each
def test_an_image_that_was_loaded_onto_the_nodes_is_not_looked_for_elsewhere(overlay: str) -> None:
    for name, container in containers(render(overlay)):
        tagged = ":" in container["image"].rpartition("/")[2]
        assert tagged or container["imagePullPolicy"] == "IfNotPresent", name


@each
def test_nats_has_as_many_servers_as_keep_a_stream_and_room_for_all_of_them(overlay: str) -> None:
    manifests = render(overlay)
    servers = named(manifests, "StatefulSet", "nats")["spec"]
    settings = named(manifests, "ConfigMap", "settings")["data"]
    assert int(settings["NATS_REPLICAS"]) == servers["replicas"]
    (claim,) = servers["volumeClaimTemplates"]
    volume = int(claim["spec"]["resources"]["requests"]["storage"].removesuffix("Gi")) << 30
    told = re.search(r"max_file_store: (\d+)GB", (DEPLOY / "nats" / "nats.conf").read_text())
    assert told is not None
    reserved = sum(stream.max_bytes for stream in Topology(Subjects()).streams)
    assert reserved < int(told[1]) << 30 < volume


KEDA = {
    "scaleTargetRef", "minReplicaCount", "maxReplicaCount", "pollingInterval", "cooldownPeriod",
    "fallback", "advanced", "triggers",
}  # fmt: skip
"""Fields of a ScaledObject (KEDA Docs/ScaledObject specification) that we use."""


def test_the_scaled_object_has_no_field_that_keda_does_not_know() -> None:
    spec = named(render("overlays/keda"), "ScaledObject", "worker")["spec"]
    assert spec.keys() == KEDA
    (trigger,) = spec["triggers"]
    assert trigger["metadata"].keys() == {
        "serverAddress", "query", "threshold", "activationThreshold", "ignoreNullValues",
    }  # fmt: skip
    assert trigger["metadata"]["ignoreNullValues"] == "false"
    assert all(isinstance(value, str) for value in trigger["metadata"].values())


@pytest.mark.parametrize("minor", ["1.37", "1.32"])
def test_what_keda_makes_of_it_is_a_valid_autoscaler(minor: str) -> None:
    spec = named(render("overlays/keda"), "ScaledObject", "worker")["spec"]
    made = named(render("overlays/hpa"), "HorizontalPodAutoscaler", "worker")
    own = spec["advanced"]["horizontalPodAutoscalerConfig"]
    behaving = {**made, "spec": {**made["spec"], **own}}
    kubernetes_validate.validate(behaving, minor, strict=True)


@pytest.mark.parametrize("overlay", ["overlays/keda", "overlays/hpa"])
def test_a_scaler_scales_the_workers(overlay: str) -> None:
    kind = {"overlays/keda": "ScaledObject", "overlays/hpa": "HorizontalPodAutoscaler"}[overlay]
    target = named(render(overlay), kind, "worker")["spec"]["scaleTargetRef"]
    assert named(render(overlay), target.get("kind", "Deployment"), target["name"])
