"""The code blocks of the documentation, and how its shell lines are run."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of `page` in `language`, in order, as they are printed."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def run_lines(page: Path, folder: Path, environment: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run all `sh` blocks of `page` as one script, in the checkout, with temporary files in `folder`."""
    lines = blocks(page, "sh")
    assert lines, f"{page.name} has no lines to run"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
    settings = {"TMPDIR": str(folder), "WEFT_DATA_DIR": str(folder / "data"), **environment}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        capture_output=True, text=True, cwd=ROOT, env={**clean, **settings}, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
