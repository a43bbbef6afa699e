"""Stand-ins for the official images of compose.yaml, where no image registry is in reach.

Each is the stand-in base with this machine's own nats-server, PostgreSQL or Prometheus, which take
the same arguments and environment. Grafana is in no package: its stand-in only shows over HTTP what
Grafana would be provisioned with.
"""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from loadtests._nats_server import find_binary
from tests.acceptance.engine import Engine, build
from tests.conftest import missing

PATHS = f"{os.environ['PATH']}:/usr/sbin:/sbin"
CONTENT = "content.tar"
LIBRARY = re.compile(r"(/\S+) \(0x")
POSTGRES = """\
#!/bin/sh
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  initdb --username="$POSTGRES_USER" --pwfile=/tmp/password --encoding=UTF8 --locale=C
  echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
  echo "create database $POSTGRES_USER;" | postgres --single postgres
fi
exec postgres -c listen_addresses='*'
"""


def build_nats(engine: Engine, base: str, tag: str, directory: Path) -> str:
    """nats-server, and the wget of its health check."""
    files = [(find_binary().resolve(), "usr/bin/nats-server"), *program("wget")]
    return _build(engine, base, tag, directory, files, ['ENTRYPOINT ["nats-server"]'])


def build_prometheus(engine: Engine, base: str, tag: str, directory: Path) -> str:
    """Prometheus, which keeps its data below its working directory."""
    lines = ["WORKDIR /prometheus", 'ENTRYPOINT ["prometheus"]']
    return _build(engine, base, tag, directory, program("prometheus"), lines)


def build_database(engine: Engine, base: str, tag: str, directory: Path) -> str:
    """PostgreSQL, which makes its database in an empty volume as the official image does."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        missing("no PostgreSQL server: apt-get install postgresql")
    home, share = found[-1], Path("/usr/share/postgresql") / found[-1].parent.name
    directory.mkdir(parents=True)
    script = directory / "entrypoint.sh"
    script.write_text(POSTGRES)
    script.chmod(0o755)
    files = [each for name in sorted(home.iterdir()) for each in program(str(name))]
    files += [*tree(share), *tree(home.parent / "lib", without=("bitcode", "llvm"))]
    lines = [
        f"ENV PATH={home}:/usr/sbin:/usr/bin PGDATA=/var/lib/postgresql/data",
        "RUN useradd --uid 70 postgres && install -d -o postgres -m 700 $PGDATA /run/postgresql",
        "USER postgres",
        'ENTRYPOINT ["/entrypoint.sh"]',
    ]
    return _build(engine, base, tag, directory, [*files, (script, "entrypoint.sh")], lines)


def build_grafana(engine: Engine, base: str, tag: str, directory: Path) -> str:
    """Not Grafana: a page of what it would be given."""
    serve = '["python3", "-m", "http.server", "3000", "-d", "/etc/grafana/provisioning"]'
    lines = [f"ENTRYPOINT {serve}", "STOPSIGNAL SIGINT"]
    return _build(engine, base, tag, directory, [], lines)


Files = Iterable[tuple[Path, str]]
"""Where a file is here, and its place in the image."""


def program(name: str) -> Iterator[tuple[Path, str]]:
    """A program of this machine and the libraries that it loads."""
    found = shutil.which(name, path=PATHS)
    if found is None:
        missing(f"no {name}: apt-get install {name}")
    yield Path(found).resolve(), found.lstrip("/")
    shown = subprocess.run(["ldd", found], capture_output=True, text=True, check=False).stdout
    for library in map(Path, LIBRARY.findall(shown)):
        place = library.parent.resolve() / library.name  # /lib is a link, here and there
        yield library.resolve(), str(place).lstrip("/")


def tree(directory: Path, without: tuple[str, ...] = ()) -> Iterator[tuple[Path, str]]:
    """Every file below a directory, but for those whose path has one of these words."""
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not any(word in str(path) for word in without):
            yield path.resolve(), str(path).lstrip("/")


def _build(
    engine: Engine, base: str, tag: str, directory: Path, files: Files, lines: list[str]
) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    with tarfile.open(directory / CONTENT, "w") as tar:
        for place, path in {place: path for path, place in files}.items():
            tar.add(path, place, recursive=False, filter=_dateless)
    text = "\n".join((f"FROM {base}", f"ADD {CONTENT} /", *lines, ""))
    (directory / "Dockerfile").write_text(text)
    return build(engine, tag, directory)


def _dateless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """The same content is the same file, so that the engine knows it again."""
    member.mtime = member.uid = member.gid = 0
    return member
