"""The README's tour, run as printed against a whole server on a fresh data directory."""

import json
from pathlib import Path
from typing import Any

from tests.docs.pages import ROOT, blocks, run_lines
from tests.server import OWNER, Server


def frames(path: Path) -> list[dict[str, Any]]:
    """The events of a stream that was kept as text."""
    return [json.loads(line[6:]) for line in path.read_text().splitlines() if line.startswith("data: ")]


def test_the_tour_of_the_readme(bare_server: Server, tmp_path: Path) -> None:
    bare_server.start()
    tour = run_lines(ROOT / "README.md", tmp_path, {"WEFT_URL": bare_server.url})
    assert tour.returncode == 0, tour.stdout + tour.stderr
    (folder,) = (path.parent for path in tmp_path.rglob("all.txt"))
    events, rest = frames(folder / "all.txt"), frames(folder / "rest.txt")
    last = len(events)
    assert last > 300
    assert [event["sequence"] for event in events] == list(range(1, last + 1))
    assert (events[0]["type"], events[-1]["type"]) == ("execution.created", "execution.completed")
    assert [event["sequence"] for event in rest] == list(range(11, last + 1))
    assert rest == events[10:]
    assert json.loads((folder / "by-rest.json").read_text()) == events[-1]["data"]["outputs"]
    assert json.loads((folder / "by-cli.json").read_text()) == events[-1]["data"]["outputs"]
    for line in (f"events 1 to {last}, in order", f"events 11 to {last}, each once", "the same outputs"):
        assert line in tour.stdout


def test_the_tour_fails_where_an_event_is_missing(bare_server: Server, tmp_path: Path) -> None:
    """The check in the tour can fail: with a line taken out of the stream, it does."""
    bare_server.start()
    script = "\n".join(blocks(ROOT / "README.md", "sh"))
    assert "sed -n 's/^id: //p' $TOUR/all.txt" in script
    page = tmp_path / "broken.md"
    page.write_text("```sh\n" + script.replace("sed -n 's/^id: //p'", "sed -n '/^id: 7$/d;s/^id: //p'") + "\n```\n")
    broken = run_lines(page, tmp_path, {"WEFT_URL": bare_server.url})
    assert "in order" not in broken.stdout
    assert "each once" in broken.stdout


def test_the_tour_needs_no_other_commands() -> None:
    text = "\n".join(blocks(ROOT / "README.md", "sh"))
    assert not {"jq", "http", "httpie", "node", "docker"} & set(text.split())
    assert max(len(line) for line in text.splitlines()) <= 110


def test_the_tour_goes_on_with_an_account_that_was_made_before(bare_server: Server, tmp_path: Path) -> None:
    """What the page says of that: another path, the account's own email and password, and no name."""
    bare_server.start()
    bare_server.owner().close()
    page = tmp_path / "again.md"
    lines = "\n".join(blocks(ROOT / "README.md", "sh")).partition("WORKFLOW=$(curl")[0]
    lines = lines.replace("/auth/setup", "/auth/login").replace(', "name": "You"', "")
    lines = lines.replace("you@example.com", OWNER["email"])
    page.write_text(f'```sh\n{lines}\ntest -n "$TOKEN"\n```\n')
    tour = run_lines(page, tmp_path, {"WEFT_URL": bare_server.url})
    assert tour.returncode == 0, tour.stdout + tour.stderr
