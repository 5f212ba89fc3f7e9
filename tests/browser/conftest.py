"""A whole Weft with its web app, and a service outside that its workflows call."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.player import find_chromium, play_script, web_server
from tests.server import running
from tests.servers.background import in_background
from tests.servers.recorder import Recorder

Play = Callable[..., None]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    return find_chromium()


@pytest.fixture
def outside() -> Iterator[Recorder]:
    """A service on the network that workflows call."""
    with in_background(Recorder()) as server:
        yield server


@pytest.fixture
def play(chromium: str, outside: Recorder, tmp_path: Path) -> Iterator[Play]:
    """Play one script of `scenarios/` on a Weft of this test's own."""
    with running(web_server(tmp_path / "weft")) as server:

        def run(name: str, **more: Any) -> None:
            play_script(name, server, chromium, tmp_path, outside=outside.url, **more)

        yield run
