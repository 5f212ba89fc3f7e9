"""Plays scripts of `scenarios/` with node, in Chromium, on a server."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.cost import Late
from tests.server import OWNER, Server

HERE = Path(__file__).parent
FRONTEND = HERE.parents[1] / "frontend"
LIMIT_S = 240


def find_chromium() -> str:
    """The browser that `ensure_chromium.sh` finds. Raises AssertionError with what it says."""
    found = subprocess.run([HERE / "ensure_chromium.sh"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return found.stdout.strip().splitlines()[-1]


def web_server(data_dir: Path) -> Server:
    """A Weft that serves the built web app, not started; WEFT_WEB_DIR names another build."""
    out = Path(os.environ.get("WEFT_WEB_DIR", FRONTEND / "out"))
    assert (out / "index.html").is_file(), "build the web app first: make web"
    return Server(data_dir, environment={"WEFT_WEB_DIR": str(out), "WEFT_ALLOW_PRIVATE_HOSTS": "127.0.0.1"})


def play_script(name: str, server: Server, chromium: str, artifacts: Path, **more: Any) -> None:
    """Play `scenarios/<name>.mjs`. Raises AssertionError with the steps so far, and the server's log."""
    node = shutil.which("node")
    assert node is not None, "node is missing"
    given = {"base": server.url, "chromium": chromium, "artifacts": str(artifacts), "owner": OWNER, **more}
    script = HERE / "scenarios" / f"{name}.mjs"
    done = subprocess.run(
        [node, script], input=json.dumps(given), capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    pictures = ", ".join(str(path) for path in artifacts.glob("failed-*.png"))
    if done.returncode != 0:
        failure = Late if re.search("never came|Timeout", done.stderr) else AssertionError
        raise failure(f"{done.stdout}\n{done.stderr}\npictures: {pictures}\n{server.log()[-2000:]}")
