"""What every rendered overlay has to keep: schemas, settings, secrets, and who runs how."""

import kubernetes_validate
import pytest

from runtime.core.shards import ShardPlan
from runtime.settings import SETTINGS, Mode, Settings
from tests.unit.deploy.manifests import (
    containers,
    environment,
    kustomizations,
    named,
    pods,
    render,
    secret_keys,
)

MINORS = ("1.37", "1.36", "1.35", "1.32")
"""The newest whose schemas we have, the two before it, and what many clusters still run."""
OURS = ("gateway", "worker")

each = pytest.mark.parametrize("overlay", kustomizations())


@each
@pytest.mark.parametrize("minor", MINORS)
def test_every_object_is_valid_for_kubernetes(overlay: str, minor: str) -> None:
    for manifest in render(overlay):
        if manifest["kind"] not in {"ScaledObject", "TriggerAuthentication"}:  # KEDA's, not theirs
            kubernetes_validate.validate(manifest, minor, strict=True)


@each
def test_every_environment_name_is_a_setting(overlay: str) -> None:
    known = {setting.name for setting in SETTINGS}
    manifests = render(overlay)
    for name, container in containers(manifests):
        if name in OURS:
            assert set(environment(manifests, container)) <= known, name


@each
@pytest.mark.parametrize("name", OURS)
def test_every_value_in_a_manifest_is_taken_by_the_settings(overlay: str, name: str) -> None:
    manifests = render(overlay)
    given = environment(manifests, next(c for n, c in containers(manifests) if n == name))
    settings = Settings.from_env({key: value for key, value in given.items() if value is not None})
    assert settings.bot_mode is Mode(name)
    assert settings.http_host != "127.0.0.1"  # the kubelet could not ask it how it is


@each
def test_only_the_gateway_knows_the_token(overlay: str) -> None:
    for name, pod in pods(render(overlay)):
        knows = {("gateway", "discord-token"), ("gateway", "*")} & secret_keys(pod)
        assert bool(knows) == (name == "gateway"), name


@each
@pytest.mark.parametrize("name", OURS)
def test_a_part_has_its_own_key_for_nats_and_no_other(overlay: str, name: str) -> None:
    pod = dict(pods(render(overlay)))[name]
    assert {owner for owner, key in secret_keys(pod) if key in {"nats.nk", "*"}} == {name}


@pytest.mark.parametrize("name", OURS)
def test_the_key_for_nats_is_where_the_settings_say(name: str) -> None:
    manifests = render("base")
    container = dict(containers(manifests))[name]
    mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    given = environment(manifests, container)
    assert given["NATS_CREDS"] == f"{mounted['nats']}/nats.nk"
    assert given["NATS_CA"] == f"{mounted['nats']}/ca.crt"


@pytest.mark.parametrize("overlay", [name for name in kustomizations() if "shards" not in name])
def test_there_is_one_gateway_and_never_two_at_once(overlay: str) -> None:
    spec = named(render(overlay), "Deployment", "gateway")["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_the_gateways_of_shard_ranges_hold_every_shard_once() -> None:
    manifests = render("overlays/shards")
    gateways = named(manifests, "StatefulSet", "gateway")["spec"]
    shards = environment(manifests, gateways["template"]["spec"]["containers"][0])["SHARDS"]
    ranges = [ShardPlan.parse(shards or "").resolve(1, n) for n in range(gateways["replicas"])]
    assert [number for each in ranges for number in each.numbers] == list(range(64))


@pytest.mark.parametrize("overlay", ["overlays/keda", "overlays/hpa"])
def test_a_scaled_deployment_leaves_its_number_to_the_scaler(overlay: str) -> None:
    assert "replicas" not in named(render(overlay), "Deployment", "worker")["spec"]


@each
@pytest.mark.parametrize("name", OURS)
def test_kubernetes_waits_longer_than_a_process_takes_to_drain(overlay: str, name: str) -> None:
    manifests = render(overlay)
    pod = dict(pods(manifests))[name]
    grace = environment(manifests, pod["containers"][0])["GRACE_PERIOD"] or "25"
    assert pod["terminationGracePeriodSeconds"] >= float(grace) + 10


@each
def test_every_container_says_what_it_needs_and_how_to_see_that_it_lives(overlay: str) -> None:
    for name, container in containers(render(overlay)):
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys(), name
        assert "memory" in container["resources"]["limits"], name
        assert {"readinessProbe", "livenessProbe"} <= container.keys(), name
