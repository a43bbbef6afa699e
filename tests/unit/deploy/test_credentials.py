"""The script that makes keys and certificates."""

import stat
import subprocess
from pathlib import Path

import kubernetes_validate
import nkeys  # type: ignore[import-untyped]
import pytest

from tests.unit.deploy.manifests import kustomize, pods, render, secret_keys
from tests.unit.deploy.secured import load_credentials

credentials = load_credentials()
ROLES = ("gateway", "worker")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("credentials") / "set"
    assert credentials.main([str(made)]) == 0
    return made


def test_nobody_else_can_read_what_it_writes(directory: Path) -> None:
    for path in directory.rglob("*"):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_it_never_overwrites_secrets(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (directory / "server" / "keys.conf").read_text()
    assert credentials.main([str(directory)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert (directory / "server" / "keys.conf").read_text() == before


def test_git_does_not_see_what_it_writes(directory: Path) -> None:
    assert (directory / ".gitignore").read_text() == "*\n"


def test_the_server_knows_the_public_key_of_every_users_seed(directory: Path) -> None:
    known = (directory / "server" / "keys.conf").read_text()
    for user in credentials.USERS:
        seed = (directory / "clients" / f"{user}.nk").read_bytes().strip()
        public = nkeys.from_seed(bytearray(seed)).public_key.decode()
        assert f'{user.upper()}_KEY: "{public}"\n' in known
        assert nkeys.from_seed(bytearray(seed)).seed.decode() not in known


def test_a_seed_is_spelled_as_nats_spells_it(directory: Path) -> None:
    written = (directory / "clients" / "worker.nk").read_bytes().strip()
    prefix, key = nkeys.decode_seed(written)
    assert prefix == nkeys.PREFIX_BYTE_USER
    assert nkeys.encode_seed(key, prefix) == written


def test_the_certificate_names_every_server_of_the_cluster(directory: Path) -> None:
    shown = openssl(directory, "-ext", "subjectAltName")
    for host in ("nats", "nats-0.nats-peers", "nats-2.nats-peers", "localhost"):
        assert f"DNS:{host}" in shown


def test_the_secrets_render_and_are_those_that_the_pods_ask_for(directory: Path) -> None:
    (directory / "discord-token").write_text("token")
    (directory / "database-url").write_text("postgresql+asyncpg://frolf@database/frolf")
    made = {each["metadata"]["name"]: each for each in kustomize(directory)}
    for secret in made.values():
        kubernetes_validate.validate(secret, "1.37", strict=True)
    for _, pod in pods(render("base")):
        for name, key in secret_keys(pod):
            assert key == "*" or key in made[name]["data"]


def openssl(directory: Path, *arguments: str, path: str = "server/tls.crt") -> str:
    """What openssl says about a certificate."""
    command = ["openssl", "x509", "-noout", "-in", str(directory / path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
