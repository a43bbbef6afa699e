"""What the documents claim and the code can confirm."""

import re
from pathlib import Path

from notebooks.__main__ import scored
from notebooks.report import markdown as score_table
from runtime.settings import SETTINGS
from tests.integration.fault_table import markdown
from tests.matrix.cell import read_scenarios

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_readme_has_every_setting_as_it_is() -> None:
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else ""
        assert f"| `{setting.name}` | {default} | {setting.meaning} |" in README


def test_the_readme_has_the_table_of_faults_as_it_is_tested() -> None:
    assert markdown().strip() in README


def test_the_readme_has_the_score_of_the_predictions_as_the_data_have_it() -> None:
    names = ("predictions.json", "calibration.parquet", "holdout.parquet")
    assert score_table(*scored(*(ROOT / "notebooks/data" / name for name in names))) in README


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


def under(heading: str) -> list[str]:
    """The lines of the README between a heading and the next."""
    text = README.partition(f"\n### {heading}\n")[2]
    return re.split(r"\n##+ ", text, maxsplit=1)[0].splitlines()


def test_the_table_of_clients_has_the_rows_of_its_scenarios() -> None:
    lines = under("What client libraries do when the gateway misbehaves")
    rows = [line.split("|")[1].strip() for line in lines if line.startswith("|")]
    assert rows[2:] == [scenario.name for scenario in read_scenarios()]


def test_the_readmes_test_of_a_bot_is_one_of_the_suite_and_short() -> None:
    lines = under("A test of your own bot")
    shown = lines[lines.index("```python") + 1 : lines.index("```")]
    tested = (ROOT / "tests/acceptance/test_readme_snippet.py").read_text()
    assert "\n".join(shown).strip() == tested.split('"""\n', 1)[1].strip()
    assert sum(bool(line) for line in shown) <= 15
