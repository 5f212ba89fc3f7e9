"""What people do with the web app, played in a real browser against a real server.

Every page in them is watched: nothing leaves the origin, breaks the content security policy or prints an error.
"""

import os
import shutil
import subprocess

import pytest

from tests.browser.conftest import Play
from tests.browser.player import FRONTEND
from tests.servers.recorder import Answer, Recorder

HEADERS = {"content-type": "application/json"}


def test_draw(play: Play, outside: Recorder) -> None:
    """A workflow from nothing: drawn, configured, run, its taken and its dead path."""
    outside.script("/well", Answer(200, HEADERS, b'{"ok": true, "name": "anvil"}', delay_s=1))
    outside.script("/ill", Answer(200, HEADERS, b'{"ok": false, "name": "rope"}'))
    play("draw")


@pytest.mark.parametrize("name", ["starter", "conflict", "session", "keyboard", "share", "slow"])
def test_scenario(play: Play, name: str) -> None:
    """Each holds on a server of its own."""
    play(name)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_accessibility(play: Play, color_scheme: str) -> None:
    """Axe finds nothing serious on any page, on a screen and on a phone, and nothing scrolls sideways."""
    play("accessibility", colorScheme=color_scheme)


@pytest.mark.skipif("WEFT_WEB_DIR" in os.environ, reason="another build is measured where it is made")
def test_first_script_is_within_its_budget() -> None:
    """No page loads more than 250 kB of script at first, gzipped."""
    node = shutil.which("node")
    assert node is not None, "node is missing"
    done = subprocess.run([node, FRONTEND / "scripts" / "size.mjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
