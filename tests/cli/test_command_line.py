"""`weft` at a shell: what it prints, where a file is wrong, how it ends, and what a bad setting is called."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.server import Server

Weft = Callable[..., "subprocess.CompletedProcess[str]"]
GOOD = """\
weft: 1
name: Good
graph:
  nodes:
    - id: start
      type: start
      config: {inputs_schema: {type: object, required: [n]}}
    - id: end
      type: end
      config: {outputs: {n: "{{ input.n }}"}}
  edges:
    - {source: start, target: end}
"""
BAD = """\
weft: 1
name: Bad
graph:
  nodes:
    - id: start
      type: start
    - id: call
      type: http_request
      config:
        method: GET
        url: "{{ nope.x }}"
    - {id: odd, type: odd_type}
  edges:
    - {source: start, target: call}
    - {source: call, target: nowhere}
"""
PASSWORD = "correct horse battery\n"
BARE = '{"nodes": [{"id": "start", "type": "start"},\n {"id": "q", "type": "odd_type"}],\n "edges": []}'


@pytest.fixture
def weft(tmp_path: Path) -> Weft:
    """Run the command in an empty folder; nothing of the caller's settings leaks in."""

    def run(*arguments: str, stdin: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("WEFT_")}
        environment |= {"WEFT_DATA_DIR": str(tmp_path / "data"), **settings}
        command = [sys.executable, "-m", "weft.cli", *arguments]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, input=stdin, capture_output=True, text=True, timeout=60
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def test_outputs_go_to_stdout_and_progress_to_stderr(weft: Weft, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "inputs.json").write_text('{"n": 5}')
    done = weft("run", "good.yaml", "--input", '{"n": 1}')
    assert (done.returncode, json.loads(done.stdout)) == (0, {"n": 1})
    assert "start" in done.stderr
    assert json.loads(weft("run", "good.yaml", "--input", "@inputs.json").stdout) == {"n": 5}
    missing = weft("run", "good.yaml")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert "/inputs/n" in missing.stderr


@pytest.mark.parametrize("command", ["run", "validate"])
def test_each_error_in_a_graph_has_its_line(weft: Weft, tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    (tmp_path / "bare.json").write_text(BARE)
    done = weft(command, "bad.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    for told in ("/graph/nodes/1/config/url: Line 11: call: ", "/graph/nodes/2/type: Line 12: odd: ",
                 "/graph/edges/1/target: Line 15: "):  # fmt: skip
        assert f"error: {told}" in done.stderr
    assert "error: /graph/nodes/1/type: Line 2: q: " in weft(command, "bare.json").stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [("a: [\nb", "Line 2: this is not YAML"), ("", "Line 1: there is nothing in it"),
     ("'a'\nb", "Line 2: this is not YAML: expected '<document start>', but found '<scalar>' (column 1)"),
     ("weft: 2\ngraph: {nodes: [], edges: []}", "/weft: Line 1: "), ("name: x\n", "Line 1: A workflow file has")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_by_its_line(weft: Weft, tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "file.yaml").write_text(text)
    done = weft("validate", "file.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ('{"n": 1,\n', "--input: This is not JSON: unexpected end of data (line 2, column 1)."),
        ('{"n": 1, "n": 2}', "--input: The key 'n' stands twice in one object."),
        ('{"n": "a\\u0000b"}', "/inputs/n: A text must not hold the NUL character."),
        (f'{{"n": {"[" * 100}{"]" * 100}}}', "--input: The JSON is more than 100 levels deep."),
    ],
)
def test_inputs_are_read_as_the_api_reads_them(weft: Weft, tmp_path: Path, inputs: str, told: str) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    done = weft("run", "good.yaml", "--input", inputs)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"error: {told}\n")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WEFT_DATABASE_URL", "mysql://x", "must begin with"),
        ("WEFT_DATABASE_URL", "postgresql+asyncpg://u:p@localhost:port/x", "must look like"),
        ("WEFT_DATABASE_URL", "postgresql+asyncpg://localhost/x?bogus=1", "'bogus'"),
        ("WEFT_DATABASE_URL", "sqlite+aiosqlite:///", "must name a file"),
        ("WEFT_DATABASE_URL", "sqlite+aiosqlite:///:memory:", "must name a file"),
        ("WEFT_DATABASE_URL", "sqlite+aiosqlite:////tmp/weft.db?timeout=5", "must name a file, without options"),
        ("WEFT_ALLOWED_HOSTS", "http://weft.example.com", "must list host names"),
        ("WEFT_LOGIN_LIMIT", "often", "must look like"),
        ("WEFT_LOGIN_LIMIT", "0", "must look like"),
        ("WEFT_RATE_LIMIT", "0/minute", "must look like"),
        ("WEFT_RATE_LIMIT", "100/minute;5/second", "must look like"),
        ("WEFT_DRAIN_S", "inf", "less than or equal to 86400"),
        ("WEFT_LIMITS_MAX_DURATION_S", "inf", "finite number"),
        ("WEFT_LIMITS_MAX_COST_USD", "inf", "finite number"),
        ("WEFT_EXPRESSION_ENV", "HOME PATH", "must list names"),
        ("WEFT_SECRET_KEY", "short", "at least 32"),
        ("WEFT_PUBLIC_URL", "weft", "must look like"),
        ("WEFT_PUBLIC_URL", "https://weft.example.com:99999", "must look like"),
        ("WEFT_CORS_ORIGINS", "https://app:8000:9000", "must list origins"),
        ("WEFT_ROLE", "worker", "must be 'all'"),
    ],
)
def test_a_bad_setting_stops_the_start_with_one_line(weft: Weft, name: str, value: str, told: str) -> None:
    done = weft("serve", "--port", "0", **{name: value})
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: {name}: ")
    assert told in done.stderr


def test_good_settings_in_their_short_forms(weft: Weft) -> None:
    hosts = "*.example.com, weft.internal,[::1],10.0.0.1"
    assert weft("migrate", WEFT_LOGIN_LIMIT="5", WEFT_ALLOWED_HOSTS=hosts).returncode == 0
    assert weft("migrate", WEFT_ALLOWED_HOSTS="*").returncode == 0


def test_an_old_schema_stops_the_start_where_it_may_not_be_changed(weft: Weft) -> None:
    done = weft("serve", "--port", "0", WEFT_AUTO_MIGRATE="false")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "weft migrate" in done.stderr


def test_a_database_that_is_away_is_told_with_what_to_do(weft: Weft) -> None:
    away = {"WEFT_DATABASE_URL": "postgresql+asyncpg://weft:secret-word@127.0.0.1:1/weft"}
    for command in ("serve", "migrate", "doctor"):
        done = weft(command, **away)
        assert done.returncode != 0
        assert "the database does not answer" in done.stderr
        assert "correct WEFT_DATABASE_URL" in done.stderr
        assert "secret-word" not in done.stderr + done.stdout


def test_a_data_directory_that_cannot_be_made_names_its_setting(weft: Weft) -> None:
    done = weft("serve", "--port", "0", WEFT_DATA_DIR="/dev/null/weft")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "WEFT_DATA_DIR" in done.stderr


def test_an_account_needs_an_address_that_may_sign_in(weft: Weft) -> None:
    refused = weft("user", "create", "notmail", stdin=PASSWORD)
    assert (refused.returncode, refused.stderr) == (2, "error: EMAIL: 'notmail' is not an email address.\n")
    made = weft("user", "create", "some@example.com", stdin=PASSWORD)
    assert (made.returncode, made.stdout) == (0, "some@example.com may sign in.\n")


@pytest.mark.parametrize("name", ["n" * 201, "two\nlines", "  "])
def test_an_account_needs_a_name_that_can_be_kept(weft: Weft, name: str) -> None:
    refused = weft("user", "create", "some@example.com", "--name", name, stdin=PASSWORD)
    told = "error: --name: A name is one line of 1 to 200 printable characters.\n"
    assert (refused.returncode, refused.stderr) == (2, told)


@pytest.mark.parametrize("command", ["validate", "run"])
def test_what_is_wrong_in_a_pipe_has_its_line_too(weft: Weft, command: str) -> None:
    done = weft(command, "/dev/stdin", stdin=BAD)
    assert done.returncode == 2
    assert "Line 11: call: " in done.stderr


def test_an_import_tells_of_what_is_wrong_only(weft: Weft, tmp_path: Path) -> None:
    assert weft("user", "create", "some@example.com", stdin=PASSWORD).returncode == 0
    (tmp_path / "good.yaml").write_text(GOOD)
    assert weft("import", "good.yaml").stderr == ""
    (tmp_path / "bad.yaml").write_text(GOOD.replace("{{ input.n }}", "{{ nobody.n }}"))
    told = weft("import", "bad.yaml").stderr
    assert told.startswith("error: ")
    assert "nobody" in told


def test_a_workflow_s_id_is_the_text_that_the_api_gives(weft: Weft, tmp_path: Path) -> None:
    known = "01890a5d-ac96-774b-bcce-b302099a8057"
    text = GOOD.replace("name: Good", f"id: {known}\nname: Good")
    (tmp_path / "good.yaml").write_text(text.replace("{{ input.n }}", "{{ execution.workflow.id }}, {{ input.n }}"))
    assert json.loads(weft("run", "good.yaml", "--input", '{"n": 1}').stdout) == {"n": f"{known}, 1"}


def test_large_inputs_are_checked_with_the_patience_of_the_api(weft: Weft, tmp_path: Path) -> None:
    rows = "{type: object, required: [n], properties: {n: {items: {anyOf: [{type: string}, {type: integer}]}}}}"
    (tmp_path / "good.yaml").write_text(GOOD.replace("{type: object, required: [n]}", rows))
    (tmp_path / "inputs.json").write_text(json.dumps({"n": list(range(30_000))}))
    done = weft("run", "good.yaml", "--input", "@inputs.json")
    assert (done.returncode, len(json.loads(done.stdout)["n"])) == (0, 30_000)


def test_an_export_is_utf_8_whatever_the_shell_says(weft: Weft, tmp_path: Path) -> None:
    assert weft("user", "create", "some@example.com", stdin=PASSWORD).returncode == 0
    (tmp_path / "good.yaml").write_text(GOOD.replace("name: Good", "name: Größe"), "utf-8")
    known = weft("import", "good.yaml").stdout.strip()
    assert "Größe" in weft("export", known, PYTHONIOENCODING="ascii").stdout


def test_doctor_is_content_with_a_fresh_installation(weft: Weft) -> None:
    assert weft("migrate").returncode == 0
    done = weft("doctor")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ("data directory", "secret key", "database", "schema", "javascript", "python"):
        assert part in done.stdout


IDLE = {"WEFT_REDIS_URL": "redis://:SEKRET@127.0.0.1:1/0", "WEFT_STORAGE_URL": "s3://bucket"}


def test_settings_without_effect_are_said(weft: Weft, tmp_path: Path) -> None:
    assert weft("migrate").returncode == 0
    done = weft("doctor", **IDLE)
    assert done.returncode == 0
    assert "WEFT_REDIS_URL has no effect: this version has no Redis" in done.stdout
    assert "WEFT_STORAGE_URL has no effect" in done.stdout
    (tmp_path / "good.yaml").write_text(GOOD)
    ran = weft("run", "good.yaml", "--input", '{"n": 1}', **IDLE)
    assert (ran.returncode, json.loads(ran.stdout)) == (0, {"n": 1})
    assert ran.stderr.count("has no effect") == 2
    assert "SEKRET" not in done.stdout + done.stderr + ran.stderr


def test_a_server_says_them_once_and_is_ready(bare_server: Server) -> None:
    bare_server.environment = IDLE
    bare_server.start()
    with httpx.Client(base_url=bare_server.url) as client:
        ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["parts"]["settings"] == "2 without effect; `weft doctor` names them"
    told = [line for line in bare_server.log().splitlines() if "without effect" in line]
    assert len(told) == 1
    assert (
        json.loads(told[0])["WEFT_STORAGE_URL"] == "this version has no files, and keeps large values in the database"
    )
    assert "SEKRET" not in bare_server.log()


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["run", "good.yaml", "--input", '{"n": 1}']])
def test_a_cap_that_there_is_not_stops_the_start(weft: Weft, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    done = weft(*command, WEFT_LIMITS_MAX_COST="1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "WEFT_LIMITS_MAX_COST: there is no such cap" in done.stderr
    assert weft("doctor", WEFT_LIMITS_MAX_COST="1").returncode == 1


def test_a_run_from_a_file_stays_within_the_caps(weft: Weft, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    done = weft("run", "good.yaml", "--input", '{"n": 1}', WEFT_LIMITS_MAX_NODE_RUNS="1")
    assert done.returncode == 1
    assert "limit_exceeded" in done.stderr


def _writing_to(stdout: int, folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    (folder / "good.yaml").write_text(GOOD)
    environment = {**os.environ, "WEFT_DATA_DIR": str(folder / "data")}
    command = [sys.executable, "-m", "weft.cli", *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("arguments", [("doctor",), ("run", "good.yaml", "--input", '{"n": 1}')])
def test_a_reader_that_has_read_enough_is_no_error(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = _writing_to(writing, tmp_path, *arguments)
    os.close(writing)
    assert done.returncode == 1
    assert "error" not in done.stderr
    assert "Exception" not in done.stderr


def test_outputs_that_cannot_be_written_are_told_in_a_line(tmp_path: Path) -> None:
    large = json.dumps({"n": "x" * 100_000})
    with Path("/dev/full").open("w") as full:
        done = _writing_to(full.fileno(), tmp_path, "run", "good.yaml", "--input", large)
    assert done.returncode == 2
    assert "error: the output cannot be written: No space left on device\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_token_of_the_set_up_is_told_until_it_was_used(bare_server: Server) -> None:
    told = "The first owner's set-up asks for this token: "
    bare_server.environment = {"WEFT_PUBLIC_URL": "https://weft.example.com"}
    bare_server.start()
    token = bare_server.log().split(told)[1].split()[0]
    owner = {"email": "you@example.com", "password": PASSWORD.strip(), "name": "You", "setup_token": token}
    with bare_server.client() as client:
        assert client.post("/auth/setup", json=owner).status_code == 201
    bare_server.stop()
    bare_server.start()
    with bare_server.client() as client:
        assert client.post("/auth/setup", json=owner).json()["code"] == "already_set_up"
    assert bare_server.log().count(told) == 1
