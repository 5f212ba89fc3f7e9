"""The starter workflows, which are the library of templates: beside the code in a checkout, inside the package when
installed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from weft.workflows.text import WorkflowFile, load_workflow_file


def starter_files() -> list[Path]:
    """The starters' files, in the order of their names."""
    installed = Path(__file__).parents[1] / "_examples"
    folder = installed if installed.is_dir() else Path(__file__).parents[3] / "examples"
    return sorted(folder.glob("*.yaml"))


@cache
def starters() -> Mapping[str, WorkflowFile]:
    """Each starter under its file's name without the ending, in the order of the names. Read once; never change
    them. They are read from the disk: call it in a thread."""
    files = {path.stem: load_workflow_file(path.read_bytes(), path.name) for path in starter_files()}
    return MappingProxyType(files)
