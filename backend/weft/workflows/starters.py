"""Where the starter workflows are: beside the code in a checkout, inside the package when installed."""

from pathlib import Path


def starter_files() -> list[Path]:
    """The starters' files, in the order of their names."""
    installed = Path(__file__).parents[1] / "_examples"
    folder = installed if installed.is_dir() else Path(__file__).parents[3] / "examples"
    return sorted(folder.glob("*.yaml"))
