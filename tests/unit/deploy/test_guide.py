"""Each command of deploy/README.md is one that can be given: its flags, paths and names exist."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from loadtests._cli import main as loadtests
from runtime.settings import SETTINGS
from tests.conftest import missing
from tests.unit.deploy.compose import docker_compose, services
from tests.unit.deploy.manifests import DEPLOY, kustomizations, render
from tests.unit.deploy.test_alerts import RULES

ROOT = DEPLOY.parent
GUIDE = (DEPLOY / "README.md").read_text()
BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPOKEN = re.compile(r"`((?:kubectl|docker|make|python) [^`]+)`")
HOME = "~/multipod-secrets"
KNOWN = {"make", "docker", "kubectl", "python", "printf", "export", "curl"}


def commands() -> Iterator[list[str]]:
    """Every command line, split as a shell does, redirections and ``&`` left out."""
    blocks = "\n".join(BLOCK.findall(GUIDE)).splitlines()
    told = [rule["annotations"]["do"] for rule in RULES.values()]
    spoken = [
        *SPOKEN.findall(GUIDE),
        *re.findall(r"(kubectl [^;.]*|python -m \w+ \w+ \w+)", " ".join(told)),
    ]
    for line in (*blocks, *spoken):
        words = shlex.split(line, comments=True)
        if words:
            yield [word for word in words if word not in {"&", ">"}]


def of(program: str) -> list[list[str]]:
    """The arguments of every command of one program."""
    return [words[1:] for words in commands() if words[0] == program]


@cache
def explained(*command: str) -> str:
    """What a program says about itself."""
    done = subprocess.run(
        [*command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def knows(text: str, flag: str) -> bool:
    """Whether an explanation has this flag."""
    return re.search(rf"(?<![\w-]){re.escape(flag.partition('=')[0])}(?![\w-])", text) is not None


def exists(path: str) -> bool:
    """Whether a path of the guide is in this tree, or one that the guide itself makes."""
    return path.startswith(HOME) or (ROOT / path).exists()


def test_the_guide_uses_only_programs_that_these_tests_look_into() -> None:
    assert {words[0] for words in commands()} == KNOWN


@pytest.mark.parametrize("words", of("make"), ids=" ".join)
def test_make_has_the_target(words: list[str]) -> None:
    assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("words", of("docker"), ids=" ".join)
def test_compose_has_the_file_the_profile_and_the_flags(words: list[str]) -> None:
    if words[0] == "build":
        assert exists(words[words.index("-f") + 1])
        return
    assert words[0] == "compose"
    assert exists(words[words.index("-f") + 1])
    assert words[words.index("--profile") + 1] in services()["simulator"]["profiles"]
    asked = explained(*docker_compose(), "up")
    for word in words[words.index("up") + 1 :]:
        assert word.partition("=")[0] in services() or knows(asked, word), word


def verb(words: list[str]) -> tuple[list[str], list[str]]:
    """kubectl's own flags before the verb are taken off; verb and the rest."""
    if words[0] == "-n":
        assert words[1] == "multipod"
        words = words[2:]
    length = 2 if words[0] == "rollout" else 1
    return words[:length], words[length:]


@pytest.mark.parametrize("words", of("kubectl"), ids=" ".join)
def test_kubectl_has_the_flags_and_the_manifests_the_objects(words: list[str]) -> None:
    if shutil.which("kubectl") is None:
        missing("no kubectl: apt-get install kubernetes-client")
    did, rest = verb(words)
    asked = explained("kubectl", *did)
    objects = {
        f"{each['kind'].lower()}/{each['metadata']['name']}"
        for overlay in kustomizations()
        for each in render(overlay)
    }
    for flag, word in zip(["", *rest], rest, strict=False):
        if word.startswith("-"):
            assert knows(asked, word), word
        elif flag in {"-f", "-k"}:
            assert exists(word), word
        elif "/" in word:
            assert word in objects, word


@pytest.mark.parametrize("words", of("kubectl"), ids=" ".join)
def test_every_command_names_the_namespace(words: list[str]) -> None:
    assert words[:2] == ["-n", "multipod"] or words[0] == "apply"


@pytest.mark.parametrize("words", of("python"), ids=" ".join)
def test_python_has_the_program_and_it_the_flags(words: list[str]) -> None:
    length = 1 if words[0].endswith(".py") else 4 if words[2:3] == ["dead"] else 3
    text = explained(sys.executable, *words[:length])
    for word in words[length:]:
        if word.startswith("-"):
            assert knows(text, word), word


def test_the_plan_that_the_guide_asks_for_can_be_made(tmp_path: Path) -> None:
    (words,) = [words for words in of("python") if words[1:3] == ["loadtests", "plan"]]
    assert words[-2:] == ["--out", "plan.json"]
    assert loadtests([*words[2:-1], str(tmp_path / "plan.json")]) == 0


def test_every_setting_that_it_names_is_one() -> None:
    ours = {setting.name for setting in SETTINGS}
    others = {"DOCKER_COMPOSE", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"}
    named = set(re.findall(r"\b[A-Z]{3,}_[A-Z_]+\b", GUIDE))
    streams = {name for name in named if name.startswith("DISCORD_")} - ours
    assert streams == {
        "DISCORD_EVENTS", "DISCORD_INTERACTIONS", "DISCORD_DEAD", "DISCORD_ADVISORIES",
    }  # fmt: skip
    assert named - streams - others <= ours


def test_every_file_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:[\w-]+/)*[\w-]+\.(?:py|yaml|yml|json|conf))`", GUIDE))
    assert named
    places = [path for path in DEPLOY.rglob("*") if path.is_file()]
    for name in named:
        found = [path for path in places if str(path).endswith(f"/{name.removeprefix('deploy/')}")]
        assert found, name


def test_the_first_deploy_takes_one_file_to_edit() -> None:
    edited = yaml.safe_load(
        (DEPLOY / "kubernetes/overlays/production/kustomization.yaml").read_text()
    )
    assert edited["images"][0].keys() == {"name", "newName", "newTag"}
    assert edited["configMapGenerator"][0]["literals"] == ["BOT_APP=bot:bot"]
    step = GUIDE.partition("## First deploy")[2].partition("\n2. ")[0]
    assert "kubernetes/overlays/production/kustomization.yaml" in step
    assert "Nothing else has to be edited" in step
