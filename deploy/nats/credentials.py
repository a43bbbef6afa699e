"""Make a set of secrets for NATS: an authority, a certificate, a key for each user.

    python deploy/nats/credentials.py DIRECTORY [--host NAME]...

needs openssl on PATH and writes, readable by you only::

    server/       beside nats.conf: tls.crt tls.key ca.crt, and keys.conf with the public keys
    clients/      NATS_CREDS of each user: gateway.nk and so on; and NATS_CA of all: ca.crt
    ca.key        signs further certificates; belongs in a safe, not in the cluster
    kustomization.yaml
                  kubectl apply -k DIRECTORY makes the Secrets nats, gateway and worker of all
                  this, once the files discord-token and database-url are there, too

A user's file holds the seed of an Ed25519 key, as NATS writes it ("nkey"); no server ever sees it.
A directory that exists is left alone: secrets are never overwritten. Exit status 2 for a wrong
argument, 3 when openssl fails.
"""

import argparse
import os
import subprocess
import sys
from base64 import b32encode
from binascii import crc_hqx
from collections.abc import Sequence
from pathlib import Path

USERS = ("system", "gateway", "worker", "simulator", "operator")
PEERS = tuple(f"nats-{ordinal}.nats-peers" for ordinal in range(3))
HOSTS = ("nats", "nats.multipod", "nats.multipod.svc", *PEERS, "localhost")
DAYS = "825"
SEED, PUBLIC = bytes((0x95, 0x00)), bytes((0xA0,))
"""Before the 32 bytes of a user's key; in base32 they read SU and U (nkeys, strkey.go)."""
KUSTOMIZATION = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: multipod
generatorOptions:
  disableNameSuffixHash: true
secretGenerator:
  - name: nats
    files: [server/tls.crt, server/tls.key, server/ca.crt, server/keys.conf]
  - name: gateway
    files: [discord-token, nats.nk=clients/gateway.nk, ca.crt=clients/ca.crt]
  - name: worker
    files: [database-url, nats.nk=clients/worker.nk, ca.crt=clients/ca.crt]
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


def make(directory: Path, hosts: Sequence[str]) -> None:
    """Write the whole set; ``hosts`` are the names and addresses that clients know servers by.

    Raises:
        FileExistsError: the directory exists.
        Refused: openssl fails.
    """
    before = os.umask(0o077)
    try:
        directory.mkdir(parents=True)
        _fill(directory, hosts)
    finally:
        os.umask(before)


def _fill(directory: Path, hosts: Sequence[str]) -> None:
    (directory / ".gitignore").write_text("*\n")
    (directory / "kustomization.yaml").write_text(KUSTOMIZATION)
    for part in ("server", "clients"):
        (directory / part).mkdir()
    _make_certificates(directory, hosts)
    public = {user: _make_key(directory / "clients" / f"{user}.nk") for user in USERS}
    lines = (f'{user.upper()}_KEY: "{key}"\n' for user, key in public.items())
    (directory / "server" / "keys.conf").write_text("".join(lines))


def _make_key(path: Path) -> str:
    """Write the seed of a new key to ``path``; the public key."""
    # Both DER forms of an Ed25519 key end with its 32 bytes (RFC 8410).
    private = _openssl(path.parent, "genpkey", "-algorithm", "ed25519", "-outform", "DER")
    form = ("-inform", "DER", "-outform", "DER")
    public = _openssl(path.parent, "pkey", *form, "-pubout", given=private)
    path.write_text(f"{_spell(SEED + private[-32:])}\n")
    return _spell(PUBLIC + public[-32:])


def _spell(key: bytes) -> str:
    check = crc_hqx(key, 0).to_bytes(2, "little")
    return b32encode(key + check).decode().rstrip("=")


def _make_certificates(directory: Path, hosts: Sequence[str]) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", DAYS)
    names = ",".join(f"{_kind(host)}:{host}" for host in (*hosts, "127.0.0.1"))
    _openssl(
        directory,
        *("req", "-x509", *key, "-subj", "/CN=Multipod NATS"),
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


def _openssl(directory: Path, *arguments: str, given: bytes = b"") -> bytes:
    """What it prints when it gets ``given``. Raises Refused."""
    command = ("openssl", *arguments)
    done = subprocess.run(command, cwd=directory, capture_output=True, input=given, check=False)  # noqa: S603
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise Refused(f"openssl {arguments[0]} failed: {last}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
