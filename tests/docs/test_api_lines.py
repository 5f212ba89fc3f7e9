"""docs/api.md: its lines run as printed, and its tables say what the code says."""

import re
from pathlib import Path

from tests.docs.pages import ROOT, run_lines
from tests.server import Server
from weft.credentials.domain import TYPES
from weft.gateways.problems import CODES
from weft.gateways.rest import FEATURES

PAGE = ROOT / "docs" / "api.md"


def test_the_lines_of_the_api_page(bare_server: Server, tmp_path: Path) -> None:
    bare_server.start()
    ended = run_lines(PAGE, tmp_path, {"WEFT_URL": bare_server.url})
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert '"setup_required": true' in ended.stdout
    assert '["executions:read", "workflows:read", "workflows:run"]' in ended.stdout
    assert '"path": "/nme"' in ended.stdout
    lines = ended.stdout.splitlines()
    greeted = lines.index("Hello Ada")
    assert lines[greeted + 1] == "completed"
    execution = lines[greeted + 2]
    assert lines.count(execution) == 2
    cursor = lines.index("4")
    assert lines[cursor + 1] == "id: 4"
    assert lines[cursor + 2 :][0].startswith("id: 5")
    assert "3 days" in lines
    assert '["api.example.com"]' in lines
    assert '["starter", "data"]' in lines
    shared = lines.index("not_found")
    assert lines[shared - 1] == "Hello"


def test_the_codes_of_problems_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `(\w+)`", PAGE.read_text(), re.MULTILINE)
    beside = re.findall(r"(\d{3}) `(\w+)`", PAGE.read_text())
    told = {int(status): code for status, code in rows + beside if code != "csrf"}
    expected = {status: code for status, code in CODES.items() if status != 500}
    assert {status: told.get(status) for status in expected} == expected


def test_the_routes_on_the_page_exist() -> None:
    known = {
        (method, re.sub(r"{\w+}", "{}", route.path))
        for feature in FEATURES
        for route in feature.routes
        for method in getattr(route, "methods", ())
    }
    told = re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[\w/{}-]+)", PAGE.read_text())
    assert len(told) > 10
    assert {(method, re.sub(r"{\w+}", "{}", path)) for method, path in told} <= known


def test_the_types_of_credentials_are_all_told() -> None:
    sentence = PAGE.read_text().split("Types: ")[1].split(". It is sent")[0]
    assert set(re.findall(r"`(\w+)`", sentence)) == set(TYPES)


def test_every_code_on_the_page_is_one_that_the_code_gives() -> None:
    rows = re.findall(r"^\| \d{3} \| (.+?) \|", PAGE.read_text(), re.MULTILINE)
    told = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    given = "\n".join(path.read_text() for path in (ROOT / "backend" / "weft").rglob("*.py"))
    assert {code for code in told if f'"{code}"' not in given} == set()
