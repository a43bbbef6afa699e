"""Every notebook runs on the checked-in data, and is itself checked in without output."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("[0-9]*.ipynb"))
read: Any = nbformat.read
QUIET = "ignore:.*:DeprecationWarning"


def test_there_are_notebooks() -> None:
    assert [path.name[0] for path in NOTEBOOKS] == [str(n + 1) for n in range(len(NOTEBOOKS))]
    assert len(NOTEBOOKS) >= 4


@pytest.mark.filterwarnings(QUIET)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom(path: Path) -> None:
    notebook = read(path, as_version=4)
    NotebookClient(notebook, timeout=90, resources={"metadata": {"path": path.parent}}).execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_checked_in_without_output(path: Path) -> None:
    cells = read(path, as_version=4).cells
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
