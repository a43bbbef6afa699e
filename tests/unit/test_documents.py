"""What the documents claim and the code can confirm."""

from pathlib import Path

from runtime.settings import SETTINGS
from tests.integration.fault_table import markdown

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_has_every_setting_as_it_is() -> None:
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else ""
        assert f"| `{setting.name}` | {default} | {setting.meaning} |" in README


def test_the_readme_has_the_table_of_faults_as_it_is_tested() -> None:
    assert markdown().strip() in README


def test_every_make_target_has_a_line_of_help() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = next(line for line in lines if line.startswith(".PHONY:")).split()[2:]
    explained = {line.partition(":")[0] for line in lines if ": " in line and "## " in line}
    assert set(targets) <= explained


def test_contributing_is_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 120


def test_the_lock_names_versions_and_no_place_to_get_them_from() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = [line for line in lock.splitlines() if line and not line.startswith("#")]
    assert all("==" in pin for pin in pins)
    assert "://" not in lock


def test_every_file_that_the_map_names_exists() -> None:
    design = (ROOT / "DESIGN.md").read_text().partition("## Decisions")[0]
    names = {word for word in design.replace(",", " ").split() if word.endswith(".py")} - {
        "discord.py"
    }
    known = {path.name for path in ROOT.glob("*/**/*.py") if ".venv" not in path.parts}
    assert names
    assert {Path(name).name for name in names} <= known
