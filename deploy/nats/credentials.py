"""Make a set of secrets for NATS: a certificate authority, the servers' certificate, passwords.

    python deploy/nats/credentials.py DIRECTORY [--host NAME]...

needs openssl on PATH and writes, readable by you only::

    server/       beside nats.conf: tls.crt tls.key ca.crt passwords.conf
    clients/      one file per user with the NATS_URL that it connects with, and ca.crt
    ca.key        signs further certificates; belongs in a safe, not in the cluster
    kustomization.yaml
                  kubectl apply -k DIRECTORY makes the Secrets nats, gateway and worker of all
                  this, once the files discord-token and database-url are there, too

A directory that exists is left alone: secrets are never overwritten. Exit status 2 for a wrong
argument, 3 when openssl fails.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

USERS = ("system", "gateway", "worker", "simulator", "operator")
PEERS = tuple(f"nats-{ordinal}.nats-peers" for ordinal in range(3))
HOSTS = ("nats", "nats.multipod", "nats.multipod.svc", *PEERS, "localhost")
AUTHORITY = "Multipod NATS"
"""The subject of the authority. The manifests mount its certificate under the hash of this name,
which is how OpenSSL finds it (``openssl x509 -subject_hash``)."""
DAYS = "825"
KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: multipod
generatorOptions:
  disableNameSuffixHash: true
secretGenerator:
  - name: nats
    files: [server/tls.crt, server/tls.key, server/ca.crt, server/passwords.conf]
  - name: gateway
    files: [discord-token, nats-url=clients/gateway, ca.crt=clients/ca.crt]
  - name: worker
    files: [database-url, nats-url=clients/worker, ca.crt=clients/ca.crt]
"""


class Refused(Exception):  # noqa: N818
    """It cannot be done; the text says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    given = _parse(argv)
    try:
        make(given.directory, (*HOSTS, *given.host))
    except FileExistsError:
        return _say(f"{given.directory} exists: secrets are not overwritten", 2)
    except (OSError, Refused) as error:
        return _say(str(error), 3)
    sys.stdout.write(f"{given.directory}: secrets for {', '.join(USERS)}\n")
    return 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make a set of secrets for NATS.")
    parser.add_argument("directory", type=Path, help="made, must not exist")
    parser.add_argument(
        "--host", action="append", default=[], help="a further name that clients know a server by"
    )
    return parser.parse_args(argv)


def _say(line: str, status: int) -> int:
    sys.stderr.write(f"credentials: {line}\n")
    return status


def make(directory: Path, hosts: Sequence[str], server: str = "tls://{}@nats:4222") -> None:
    """Write the whole set. ``server`` is the URL for clients, ``{}`` where the user belongs.

    Raises:
        FileExistsError: the directory exists.
        Refused: openssl fails.
    """
    before = os.umask(0o077)
    try:
        directory.mkdir(parents=True)
        _fill(directory, hosts, server)
    finally:
        os.umask(before)


def _fill(directory: Path, hosts: Sequence[str], server: str) -> None:
    (directory / ".gitignore").write_text("*\n")
    (directory / "kustomization.yaml").write_text(KUSTOMIZATION)
    for part in ("server", "clients"):
        (directory / part).mkdir()
    _make_certificates(directory, hosts)
    # A letter first: nats-server would read 1e10 as a number.
    passwords = {user: f"p{secrets.token_hex(20)}" for user in USERS}
    lines = (f'{user.upper()}_PASSWORD: "{text}"\n' for user, text in passwords.items())
    (directory / "server" / "passwords.conf").write_text("".join(lines))
    for user, password in passwords.items():
        (directory / "clients" / user).write_text(server.format(f"{user}:{password}"))


def _make_certificates(directory: Path, hosts: Sequence[str]) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", DAYS)
    names = ",".join(f"{_kind(host)}:{host}" for host in (*hosts, "127.0.0.1"))
    _openssl(
        directory,
        *("req", "-x509", *key, "-subj", f"/CN={AUTHORITY}"),
        *("-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign"),
        *("-keyout", "ca.key", "-out", "server/ca.crt"),
    )
    _openssl(
        directory,
        *("req", "-x509", *key, "-subj", "/CN=nats", "-CA", "server/ca.crt", "-CAkey", "ca.key"),
        *("-addext", "basicConstraints=critical,CA:FALSE"),
        *("-addext", "extendedKeyUsage=serverAuth,clientAuth"),
        *("-addext", f"subjectAltName={names}"),
        *("-keyout", "server/tls.key", "-out", "server/tls.crt"),
    )
    (directory / "clients" / "ca.crt").write_bytes((directory / "server" / "ca.crt").read_bytes())


def _kind(host: str) -> str:
    return "IP" if host.replace(".", "").isdecimal() else "DNS"


def _openssl(directory: Path, *arguments: str) -> None:
    command = ("openssl", *arguments)
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        last = done.stderr.strip().rpartition("\n")[2]
        raise Refused(f"openssl {arguments[0]} failed: {last}")


if __name__ == "__main__":
    sys.exit(main())
