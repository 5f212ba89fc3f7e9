"""Takes the pictures of docs/images: `make screenshots`."""

import tempfile
from pathlib import Path

from tests.browser.player import find_chromium, play_script, web_server
from tests.server import running
from tests.servers.background import in_background
from tests.servers.recorder import Answer, Recorder

IMAGES = Path(__file__).parents[2] / "docs" / "images"
LARGEST = 300_000


def main() -> None:
    """Write them all, each under 300 kB."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        running(web_server(Path(directory))) as server,
        in_background(Recorder()) as outside,
    ):
        for at in range(1, 13):
            outside.script(f"/service-{at}", Answer(200, {}, b"up", delay_s=at * 0.25))
        play_script("screenshots", server, find_chromium(), IMAGES, outside=outside.url)
    for picture in sorted(IMAGES.glob("*.png")):
        size = picture.stat().st_size
        print(f"{size / 1000:7.1f} kB  {picture.name}")
        assert size < LARGEST, f"{picture.name} is too large"


if __name__ == "__main__":
    main()
