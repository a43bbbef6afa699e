"""The rendered Kubernetes objects, and the questions that tests ask about them."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import missing

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
Manifest = dict[str, Any]


def kustomizations() -> list[str]:
    """The base and every overlay, by their path below ``kubernetes``."""
    overlays = sorted((KUBERNETES / "overlays").glob("*/kustomization.yaml"))
    return ["base", *(f"overlays/{path.parent.name}" for path in overlays)]


@cache
def render(kustomization: str) -> list[Manifest]:
    """All objects of one of them."""
    return kustomize(KUBERNETES / kustomization)


def kustomize(directory: Path) -> list[Manifest]:
    """All objects that a directory with a ``kustomization.yaml`` renders to."""
    if shutil.which("kubectl"):
        command = ["kubectl", "kustomize", str(directory)]
    elif shutil.which("kustomize"):
        command = ["kustomize", "build", str(directory)]
    else:
        missing("no kubectl and no kustomize: apt-get install kubernetes-client")
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return [found for found in yaml.safe_load_all(done.stdout) if found]


def named(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """The one object of this kind and name; generated names may have a hash behind."""
    found = [
        each
        for each in manifests
        if each["kind"] == kind
        and (each["metadata"]["name"] == name or each["metadata"]["name"].startswith(f"{name}-"))
    ]
    assert len(found) == 1, f"{len(found)} objects {kind}/{name}"
    return found[0]


def pods(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Name and pod specification of everything that runs pods."""
    for each in manifests:
        if each["kind"] in {"Deployment", "StatefulSet", "Job", "DaemonSet"}:
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def containers(manifests: list[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """Name of the pod's owner and each container."""
    for name, pod in pods(manifests):
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            yield name, container


def environment(manifests: list[Manifest], container: Manifest) -> dict[str, str | None]:
    """What the container's environment is; None stands for a value from a Secret or a field."""
    found: dict[str, str | None] = {}
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            found |= named(manifests, "ConfigMap", source["configMapRef"]["name"])["data"]
    for variable in container.get("env", ()):
        found[variable["name"]] = variable.get("value")
    return found


def secret_keys(pod: Manifest) -> set[tuple[str, str]]:
    """Every (Secret, key) that a pod can see; a whole Secret has the key ``*``."""
    found = set()
    for container in (*pod.get("initContainers", ()), *pod["containers"]):
        for variable in container.get("env", ()):
            reference = variable.get("valueFrom", {}).get("secretKeyRef")
            if reference:
                found.add((reference["name"], reference["key"]))
        for source in container.get("envFrom", ()):
            if "secretRef" in source:
                found.add((source["secretRef"]["name"], "*"))
    for volume in pod.get("volumes", ()):
        found |= _mounted(volume)
    return found


def _mounted(volume: Manifest) -> set[tuple[str, str]]:
    found = set()
    sources = [
        *(source.get("secret") for source in volume.get("projected", {}).get("sources", ())),
        volume.get("secret"),
    ]
    for secret in sources:
        if secret:
            name = secret.get("name") or secret["secretName"]
            found |= {(name, item["key"]) for item in secret.get("items", ())} or {(name, "*")}
    return found


Opening = tuple[str, int, str]
"""A peer, a port and a protocol."""


def egress(manifests: list[Manifest], component: str) -> set[Opening]:
    """All that the NetworkPolicies let a component's pods connect to."""
    return _openings(manifests, component, "egress", "to")


def ingress(manifests: list[Manifest], component: str) -> set[Opening]:
    """All that they let connect to them."""
    return _openings(manifests, component, "ingress", "from")


def _openings(manifests: list[Manifest], component: str, way: str, peers: str) -> set[Opening]:
    found = set()
    for each in manifests:
        if each["kind"] == "NetworkPolicy" and selects(each["spec"]["podSelector"], component):
            for rule in each["spec"].get(way, ()):
                found |= {
                    (name, port["port"], port["protocol"])
                    for peer in rule[peers]
                    for name in _names(peer)
                    for port in rule["ports"]
                }
    return found


def selects(selector: Manifest, component: str) -> bool:
    labels = {"app.kubernetes.io/component": component}
    return all(
        labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()
    ) and all(
        each["operator"] == "In" and labels.get(each["key"]) in each["values"]
        for each in selector.get("matchExpressions", ())
    )


def _names(peer: Manifest) -> list[str]:
    """Components, a block of addresses, or ``namespace/label=value``."""
    if "ipBlock" in peer:
        return [str(peer["ipBlock"]["cidr"])]
    namespace = peer.get("namespaceSelector", {}).get("matchLabels", {})
    below = "".join(f"{name}/" for name in namespace.values())
    if "podSelector" not in peer:
        return [below]
    selector = peer["podSelector"]
    found = [
        str(value) for each in selector.get("matchExpressions", ()) for value in each["values"]
    ]
    for key, value in selector.get("matchLabels", {}).items():
        found.append(str(value) if key == "app.kubernetes.io/component" else f"{key}={value}")
    return [f"{below}{name}" for name in found]
