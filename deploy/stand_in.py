"""Make a stand-in for the base image where no image registry is in reach.

    python deploy/stand_in.py FILE.tar

writes a root file system with Debian's Python, from Debian's packages and with this machine's
certificate authorities: ``docker import FILE.tar stand-in``, then ``--build-arg BASE=stand-in``.
Needs root and debootstrap. Exit status 3 when that fails.
"""

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = "python3,python3-venv,ca-certificates"
AUTHORITIES = "etc/ssl/certs/ca-certificates.crt"


class Refused(Exception):  # noqa: N818
    """It cannot be done; the text says why."""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description="Make a stand-in for the base image.")
    parser.add_argument("tar", type=Path)
    try:
        make(parser.parse_args(argv).tar)
    except (OSError, Refused) as error:
        sys.stderr.write(f"stand_in: {error}\n")
        return 3
    return 0


def make(tar: Path) -> None:
    """Write the root file system.

    Raises:
        Refused: something that it takes is missing or fails.
    """
    debootstrap = shutil.which("debootstrap", path=f"{os.environ['PATH']}:/usr/sbin")
    if debootstrap is None or os.geteuid() != 0:
        raise Refused("needs root and debootstrap (apt-get install debootstrap)")
    release = platform.freedesktop_os_release()
    if release["ID"] != "debian":
        raise Refused(f"needs Debian, not {release['ID']}")
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "root"
        _run(debootstrap, "--variant=minbase", f"--include={PACKAGES}",
             release["VERSION_CODENAME"], str(root))  # fmt: skip
        shutil.copy(f"/{AUTHORITIES}", root / AUTHORITIES)
        _run("tar", "-C", str(root), "--exclude=./var/cache/apt", "--exclude=./proc/*",
             "--exclude=./sys/*", "-cf", str(tar.absolute()), ".")  # fmt: skip


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().rpartition("\n")[2]
        raise Refused(f"{Path(command[0]).name} failed: {said}")


if __name__ == "__main__":
    sys.exit(main())
