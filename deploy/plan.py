"""Take a capacity plan into the overlays.

    python -m loadtests plan --rate 1000 --slo-p99 0.5 --out plan.json
    python deploy/plan.py plan.json [--overlays DIRECTORY]

writes replicas, resource requests and the scalers' bounds and threshold into ``production``,
``keda`` and ``hpa`` below the overlays, in place; comments and all else stay. Run again, it changes
nothing. Exit status 2, and no file changed, when the plan or an overlay is not as it should be.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

OVERLAYS = Path(__file__).parent / "kubernetes" / "overlays"
IN_FLIGHT = 64
"""Messages that a worker holds without being behind; fewer per worker would never scale down."""
CPU = re.compile(r"[1-9]\d{0,5}m")
MEMORY = re.compile(r"[1-9]\d{0,5}Mi")


class Refused(Exception):  # noqa: N818
    """It cannot be done; the text says why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deployment takes from a plan: Kubernetes' own units."""

    replicas: int
    cpu: str
    memory: str
    threshold: int

    @property
    def most(self) -> int:
        """Twice what the busiest hour takes: the scalers' upper bound."""
        return self.replicas * 2

    @property
    def memory_limit(self) -> str:
        """What a worker may have at most, in MiB: room for what the measurement did not see."""
        return f"{max(512, int(self.memory.removesuffix('Mi')) * 2)}Mi"


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(description="Take a capacity plan into the overlays.")
    parser.add_argument("plan", type=Path, help="written by python -m loadtests plan --out")
    parser.add_argument("--overlays", type=Path, default=OVERLAYS, help=f"({OVERLAYS})")
    given = parser.parse_args(argv)
    try:
        plan = read(given.plan)
        changed = {path: edit(path, values) for path, values in edits(given.overlays, plan)}
        for path, text in changed.items():
            path.write_text(text)
    except (OSError, Refused) as error:
        sys.stderr.write(f"plan: {error}\n")
        return 2
    sys.stdout.write(
        f"{given.overlays}: {plan.replicas} workers of {plan.cpu} and {plan.memory}, "
        f"scaled above {plan.threshold} messages each, to {plan.most} at most\n"
    )
    return 0


def read(path: Path) -> Plan:
    """The plan of a file.

    Raises:
        OSError: it cannot be read.
        Refused: it is no plan.
    """
    try:
        found = json.loads(path.read_bytes())
        requests = found["resources"]["requests"]
        plan = Plan(
            replicas=int(found["replicas"]),
            cpu=str(requests["cpu"]),
            memory=str(requests["memory"]),
            threshold=max(IN_FLIGHT + 1, int(found["scaler"]["lagThreshold"])),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise Refused(f"{path} is not what python -m loadtests plan writes: {error!r}") from None
    if not (
        0 < plan.replicas < 10_000 and CPU.fullmatch(plan.cpu) and MEMORY.fullmatch(plan.memory)
    ):
        raise Refused(f"{path} asks for {plan.replicas} replicas of {plan.cpu} and {plan.memory}")
    return plan


Values = tuple[tuple[str, str], ...]
"""Keys below each other, a dot between, and what each is to be."""


def edits(overlays: Path, plan: Plan) -> Iterator[tuple[Path, Values]]:
    """Every file and what is to stand in it."""
    replicas, most = str(plan.replicas), str(plan.most)
    at_least = str(min(2, plan.replicas))
    container = "spec.template.spec.containers.resources"
    yield (
        overlays / "production" / "capacity.yaml",
        (
            ("spec.replicas", replicas),
            (f"{container}.requests.cpu", plan.cpu),
            (f"{container}.requests.memory", plan.memory),
            (f"{container}.limits.memory", plan.memory_limit),
        ),
    )
    yield (
        overlays / "keda" / "scaler.yaml",
        (
            ("spec.minReplicaCount", at_least),
            ("spec.maxReplicaCount", most),
            ("spec.fallback.replicas", replicas),
            ("spec.triggers.metadata.threshold", f'"{plan.threshold}"'),
        ),
    )
    scaler = (("spec.minReplicas", at_least), ("spec.maxReplicas", most))
    yield overlays / "hpa" / "scaler.yaml", scaler


def edit(path: Path, values: Values) -> str:
    """The text of a YAML file in block style with these values; comments and order stay.

    Raises:
        OSError: it cannot be read.
        Refused: a key is not in it, or more than once.
    """
    lines = path.read_text().splitlines()
    places: dict[str, list[int]] = {}
    for number, key in keys(lines):
        places.setdefault(key, []).append(number)
    for key, value in values:
        found = places.get(key, [])
        if len(found) != 1:
            raise Refused(f"{path} has {len(found)} times {key}, not once")
        head, _, _ = lines[found[0]].partition(":")
        lines[found[0]] = f"{head}: {value}"
    return "\n".join(lines) + "\n"


KEY = re.compile(r"^(?P<indent>[ -]*)(?P<key>[\w./-]+):(?: |$)")


def keys(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Number and dotted path of every line that has a key; items of lists count as one."""
    above: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        match = KEY.match(line)
        if match is None:
            continue
        indent = len(match["indent"])
        above = [each for each in above if each[0] < indent]
        above.append((indent, match["key"]))
        yield number, ".".join(key for _, key in above)


if __name__ == "__main__":
    sys.exit(main())
