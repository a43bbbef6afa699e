"""Who reaches whom in a cluster: what is listed here, and nothing else."""

import pytest

from tests.unit.deploy.manifests import (
    Opening,
    egress,
    ingress,
    kustomizations,
    named,
    pods,
    render,
)

NAMES = {
    ("kube-system/k8s-app=kube-dns", 53, "UDP"),
    ("kube-system/k8s-app=kube-dns", 53, "TCP"),
}
DISCORD = ("0.0.0.0/0", 443, "TCP")
NATS = ("nats", 4222, "TCP")
ROUTES = ("nats", 6222, "TCP")
DATABASE = ("database", 5432, "TCP")
OUT: dict[str, set[Opening]] = {
    "gateway": NAMES | {DISCORD, NATS},
    "worker": NAMES | {DISCORD, NATS, DATABASE},
    "nats": NAMES | {ROUTES},
    "simulator": NAMES,
}
SCRAPED = ("monitoring/", 8080, "TCP")
IN: dict[str, set[Opening]] = {
    "gateway": {SCRAPED},
    "worker": {SCRAPED},
    "nats": {
        ("gateway", 4222, "TCP"),
        ("worker", 4222, "TCP"),
        ROUTES,
        ("monitoring/", 8222, "TCP"),
    },
    "simulator": {("gateway", 8900, "TCP"), ("worker", 8900, "TCP")},
}
TO_SIMULATOR = ("simulator", 8900, "TCP")
CASES = [(overlay, name) for overlay in kustomizations() for name, _ in pods(render(overlay))]


@pytest.mark.parametrize(("overlay", "name"), CASES)
def test_a_part_reaches_what_it_needs_and_nothing_else(overlay: str, name: str) -> None:
    played = overlay.endswith("sandbox") and name in {"gateway", "worker"}
    assert egress(render(overlay), name) == OUT[name] | ({TO_SIMULATOR} if played else set())


@pytest.mark.parametrize(("overlay", "name"), CASES)
def test_a_part_is_reached_by_who_needs_it_and_nobody_else(overlay: str, name: str) -> None:
    assert ingress(render(overlay), name) == IN[name]


@pytest.mark.parametrize("overlay", kustomizations())
def test_what_no_policy_names_reaches_nothing(overlay: str) -> None:
    spec = named(render(overlay), "NetworkPolicy", "nothing")["spec"]
    assert spec == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize("overlay", kustomizations())
def test_private_addresses_are_not_discord(overlay: str) -> None:
    block = named(render(overlay), "NetworkPolicy", "discord")["spec"]["egress"][0]["to"][0]
    assert {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"} <= set(
        block["ipBlock"]["except"]
    )
